"""Sealed codes: used by a person in their session only, once, after a rest; wrong ones counted."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from inventory.access import Actor, Role
from inventory.accounts.models import Account
from inventory.assets.models import Asset
from inventory.audit.models import AuditEvent
from inventory.commands import break_glass, breaker
from inventory.commands.guard_models import BreakGlassCode
from inventory.commands.models import DeviceCommand
from inventory.commands.states import CommandState
from inventory.errors import Forbidden
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.inventory.commands.batch_forms import HOSTILE, books, plain
from tests.inventory.commands.world import OPERATOR, World
from tests.inventory.conftest import Caller, MakeCaller

PAGE = "/break-glass"


def about(world: World, asset: int, **more: object) -> dict[str, object]:
    """The form about a device, as a person fills it in."""
    draft = world.draft(asset)
    return {"step": "look", "tag": draft.typed_tag, "action": "wipe", "reason": "it is stolen",
            "typed_tag": draft.typed_tag, "backup": "waived", "acknowledged": ["stale"],
            **more}  # fmt: skip


def prove(world: World, caller: Caller, app: pyotp.TOTP, given: dict[str, object]) -> str:
    """The step that confirms the person; the page that asks for the code."""
    answer = caller.post(PAGE, data={**given, "step": "prove", "code": app.at(world.clock())})
    assert answer.status_code == 200, plain(answer.text)
    assert "The code out of the envelope" in answer.text
    return answer.text


def use(caller: Caller, given: dict[str, object], code: str) -> Any:
    return caller.post(PAGE, data={**given, "step": "use", "sealed_code": code})


def commands(world: World) -> list[DeviceCommand]:
    with world.database.unit(write=False) as db:
        return list(db.exec(select(DeviceCommand).order_by(col(DeviceCommand.id))).all())


def audited(world: World, action: str) -> list[AuditEvent]:
    with world.database.unit(write=False) as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action)).all())


def test_a_person_uses_a_code(
    world: World, jane: Caller, app_of: pyotp.TOTP, codes: list[str]
) -> None:
    (asset,) = books(world, 1)
    assert f'href="/break-glass?asset_id={asset}"' in jane.get(f"/assets/{asset}/commands/new").text
    tag = world.draft(asset).typed_tag
    assert f'value="{tag}"' in jane.get(PAGE, query_string={"asset_id": asset}).text
    with world.database.unit() as db:
        breaker.open_breaker(db, "failures", "7 of 10 failed", now=world.clock())
    given = about(world, asset)
    shown = jane.post(PAGE, data=given).text
    for words in ("Erases everything on the device.", "What has not left within 24 hours ends",
                  "another person reviews it within 24 hours", "2 times the budget"):  # fmt: skip
        assert words in plain(shown), words
    assert "envelope" not in shown.split("<main", 1)[1], "it stays closed until then"
    prove(world, jane, app_of, given)
    spelled = f" {codes[0].lower().replace('-', ' ')} "
    answer = use(jane, given, spelled)
    assert answer.status_code == 303, plain(answer.text)
    (command,) = commands(world)
    assert answer.headers["Location"] == f"/commands/{command.id}"
    assert (command.state, command.break_glass) == (CommandState.READY, True)
    assert command.requested_by_id == jane.account_id
    assert world.events().count("break_glass") == 2, "made, and used"
    (told,) = audited(world, "break_glass.used")
    assert told.actor_id == jane.account_id
    bare = codes[0].replace("-", "")
    with world.database.unit(write=False) as db:
        for event in db.exec(select(AuditEvent)).all():
            assert bare not in repr(event).replace("-", ""), event.action
    assert world.drive(command).state is CommandState.DISPATCHED


def test_a_code_opens_once(
    world: World, jane: Caller, app_of: pyotp.TOTP, codes: list[str]
) -> None:
    first, second = books(world, 2)
    given = about(world, first)
    prove(world, jane, app_of, given)
    one, two = use(jane, given, codes[0]), use(jane, given, codes[0])
    assert one.status_code == two.status_code == 303, "two clicks"
    assert one.headers["Location"] == two.headers["Location"]
    world.clock.forward(seconds=60)
    other = about(world, second)
    prove(world, jane, app_of, other)
    refused = use(jane, other, codes[0])
    assert refused.status_code == 422
    assert "is unknown, used or ended" in plain(refused.text)
    assert codes[0] not in refused.text
    assert "it is stolen" in refused.text
    assert len(commands(world)) == 1


def test_wrong_codes_are_counted_and_slips_are_not(
    world: World, jane: Caller, app_of: pyotp.TOTP, codes: list[str]
) -> None:
    given = about(world, *books(world, 1))
    prove(world, jane, app_of, given)
    slip = use(jane, given, codes[0][:-1])
    assert slip.status_code == 422
    assert "must have 32 letters and digits; these are 31" in plain(slip.text)
    assert audited(world, "break_glass.failed") == []
    for _ in range(5):
        assert use(jane, given, "A" * 32).status_code == 422
    assert len(audited(world, "break_glass.failed")) == 5
    locked = use(jane, given, codes[0])
    assert locked.status_code in {409, 429}
    assert commands(world) == []
    with world.database.unit(write=False) as db:
        assert db.get_one(Account, jane.account_id).locked_until is not None


def _young(world: World) -> None:
    _made(world, world.clock() - timedelta(hours=23))


def _old(world: World) -> None:
    _made(world, world.clock() - break_glass.GOOD_FOR)


def _ended(world: World) -> None:
    with world.database.unit() as db:
        break_glass.end_codes(db, world.person("boss"), reason="whose?", now=world.clock())


def _by_herself(world: World) -> None:
    with world.database.unit() as db:
        db.execute(sa.update(BreakGlassCode).values(made_by="command line (Jane)"))


def _made(world: World, at: object) -> None:
    with world.database.unit() as db:
        db.execute(sa.update(BreakGlassCode).values(made_at=at))


REFUSED = {
    "young": (_young, 409, "rest for 24 hours"),
    "old": (_old, 422, "is unknown, used or ended"),
    "ended": (_ended, 422, "is unknown, used or ended"),
    "by the maker": (_by_herself, 409, "another person than the one who made the codes"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_codes_that_open_nothing(
    world: World, jane: Caller, app_of: pyotp.TOTP, codes: list[str], why: str
) -> None:
    change, status, told = REFUSED[why]
    change(world)
    given = about(world, *books(world, 1))
    prove(world, jane, app_of, given)
    answer = use(jane, given, codes[0])
    assert answer.status_code == status
    assert told in plain(answer.text)
    assert commands(world) == []


def test_the_shell_alone_opens_nothing(world: World, codes: list[str]) -> None:
    (asset,) = books(world, 1)
    outside = Actor("account", world.person("jane").id, "jane", world.person("jane").grants)
    for actor in (OPERATOR, outside):
        with pytest.raises(Forbidden, match="person who is signed in"), world.database.unit() as db:
            break_glass.break_glass(
                db, actor, codes[0], world.draft(asset), step_up=world.step_up("x"),
                now=world.clock(),
            )  # fmt: skip


def test_a_password_or_a_fresh_account_is_not_enough(
    world: World, browser: MakeCaller, codes: list[str]
) -> None:
    (asset,) = books(world, 1)
    jane = world.person("jane")
    with world.database.unit(write=False) as db:
        plan = break_glass.glass_plan(
            db, jane, db.get_one(Asset, asset), world.draft(asset).action, now=world.clock()
        )
    binding = break_glass.binding_of_glass(plan)
    password = world.step_up(binding, method="password")
    for actor, step_up in ((jane, password), (jane, None), (jane, world.step_up(plan.purpose))):
        with pytest.raises(Forbidden), world.database.unit() as db:
            break_glass.break_glass(
                db, actor, codes[0], world.draft(asset), step_up=step_up, now=world.clock()
            )
    fresh = browser(account=world.person("fresh", age=timedelta(days=1)).id)
    assert "younger than 7 days" in plain(fresh.get(PAGE).text), (
        "told before the envelope is opened"
    )


def test_mistakes_come_before_the_code_and_lose_nothing(
    world: World, jane: Caller, app_of: pyotp.TOTP, codes: list[str]
) -> None:
    (asset,) = books(world, 1)
    given = about(world, asset, reason=f"one\r\ntwo {HOSTILE}")
    code = app_of.at(world.clock())
    wrong = jane.post(PAGE, data={**given, "step": "prove", "typed_tag": "X", "code": code})
    assert wrong.status_code == 422
    assert "must be the tag of the device" in plain(wrong.text)
    assert "<script>alert" not in wrong.text
    assert code not in wrong.text
    prove(world, jane, app_of, given)
    for bad in ({"tag": "NO-SUCH"}, {"action": "explode"}, {"reason": " "}, {"device_id": "x"}):
        answer = jane.post(PAGE, data={**given, **bad})
        assert answer.status_code in {404, 422}, bad
    assert use(jane, {**given, "backup": ""}, codes[0]).status_code == 422
    assert use(jane, given, codes[0]).status_code == 303


def test_another_school_is_not_there(world: World, browser: MakeCaller, codes: list[str]) -> None:
    (asset,) = books(world, 1)
    with world.database.unit() as db:
        school = sites.create(
            db, OPERATOR, kind=SiteKind.SCHOOL, name="Lincoln", parent_id=world.site,
            now=world.clock(),
        ).id  # fmt: skip
    tim = browser(Role.TECHNICIAN, school)
    answer = tim.post(PAGE, data=about(world, asset))
    assert answer.status_code in {404, 422}
    assert "there is no asset with the tag" in plain(answer.text)
    assert tim.get(PAGE, query_string={"asset_id": asset}).status_code == 404
    assert browser(Role.HELPDESK).get(PAGE).status_code == 403
    assert use(tim, about(world, asset), codes[0]).status_code in {404, 422}
    assert commands(world) == []


def test_whoever_is_told_can_end_them(world: World, browser: MakeCaller, codes: list[str]) -> None:
    assert len(codes) == 3
    jane = browser(account=world.person("jane").id)
    page = jane.get("/breaker").text
    assert "3 unused codes, made" in plain(page)
    assert jane.post("/break-glass/end", data={"reason": " "}).status_code == 422
    tim = browser(Role.TECHNICIAN)
    assert tim.post("/break-glass/end", data={"reason": "x"}).status_code == 403
    assert jane.post("/break-glass/end", data={"reason": "nobody knows why"}).status_code == 303
    assert "There are none now." in plain(jane.get("/breaker").text)
    assert jane.post("/break-glass/end", data={"reason": "x"}).status_code == 409
    (told,) = audited(world, "break_glass.ended")
    assert told.reason == "nobody knows why"
    assert world.events().count("break_glass") == 2, "made, and ended"
