"""What a sealed code does not open: beyond twice the budget, and what is on hold."""

import pyotp
import pytest

from inventory.access import Actor
from inventory.assets.models import Asset
from inventory.commands import break_glass, service
from inventory.commands.models import DeviceCommand
from inventory.commands.policy import DEFAULTS
from inventory.commands.states import CommandState as S, Held
from inventory.errors import Conflict, Forbidden, HomeroomError, InvalidInput
from mdm.types import Platform
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.test_rules import book, freeze, why_open
from tests.inventory.commands.world import OPERATOR, World
from tests.inventory.conftest import Caller


def glass(world: World, actor: Actor, code: str, asset: int) -> DeviceCommand:
    draft = world.draft(asset)
    with world.database.unit() as db:
        plan = break_glass.glass_plan(
            db, actor, db.get_one(Asset, asset), draft.action, now=world.clock()
        )
        step_up = world.step_up(break_glass.binding_of_glass(plan))
        return break_glass.break_glass(db, actor, code, draft, step_up=step_up, now=world.clock())


def test_break_glass_goes_beyond_the_budget_but_not_twice_and_never_beyond_a_hold(
    furnish: Furnish,
) -> None:
    world = furnish(60)
    with pytest.raises(Forbidden), world.database.unit() as db:  # only on the machine itself
        service.make_codes(db, world.person("boss"), 1, now=world.clock())
    asker, books = world.person("asker"), world.assets(Platform.CHROMEOS)
    with world.database.unit() as db:
        codes = service.make_codes(db, OPERATOR, 15, now=world.clock())
    world.clock.forward(hours=24)
    freeze(world, books[0])
    with pytest.raises(Conflict, match="hold"):
        glass(world, asker, codes[0], books[0])
    used = []
    for code, asset in zip(codes, books[1:13], strict=False):
        try:
            used.append(world.drive(glass(world, asker, code, asset)))
        except HomeroomError:
            break
    sent = [command for command in used if command.state is S.DISPATCHED]
    assert len(sent) == 2 * DEFAULTS.budget_actor_hour == len(world.fake.effects)
    assert why_open(world) == ["budget"]
    assert "break_glass" in world.events()
    with pytest.raises(InvalidInput, match="used"):
        glass(world, asker, codes[0], books[20])


def test_a_hold_after_break_glass_still_stops_it(world: World) -> None:
    asker, asset = world.person("asker"), book(world)
    with world.database.unit() as db:
        (code,) = service.make_codes(db, OPERATOR, 1, now=world.clock())
    world.clock.forward(hours=24)
    command = glass(world, asker, code, asset)
    freeze(world, asset)
    assert world.drive(command).held_reason is Held.HOLD
    assert world.fake.effects == []


def test_the_api_takes_a_code_once_the_person_is_confirmed(
    world: World, jane: Caller, app_of: pyotp.TOTP, codes: list[str]
) -> None:
    asset = book(world)
    plan = jane.get(f"/api/v1/assets/{asset}/commands/plan", query_string={"action": "wipe"}).json
    body = {"asset_id": asset, "code": codes[0], "action": "wipe", "reason": "stolen",
            "typed_tag": world.draft(asset).typed_tag, "backup": "waived",
            "acknowledged": ["stale"]}  # fmt: skip
    assert jane.post("/api/v1/break-glass", json=body).status_code == 403, "nobody confirmed"
    jane.post(
        "/confirm", query_string={"binding": f"break-glass:{plan['purpose']}"},
        data={"code": app_of.at(world.clock())},
    )  # fmt: skip
    assert jane.post("/api/v1/break-glass", json={**body, "code": "A" * 32}).status_code == 422
    used = jane.post("/api/v1/break-glass", json=body)
    assert (used.status_code, used.json["state"]) == (201, "ready")
    ended = jane.post("/api/v1/break-glass/end", json={"reason": "a drill"})
    assert ended.json == {"ended": 2}
