"""Remote commands in the browser: what is said before, who decides, and what everybody sees."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from inventory.commands import breaker, planning
from inventory.commands.devices import targets_of
from inventory.commands.models import DeviceCommand
from inventory.commands.states import CommandState
from inventory.fleet.models import MdmDevice
from mdm.types import Action, Ownership, Platform
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.world import World
from tests.inventory.confirming import confirm
from tests.inventory.conftest import Caller, MakeCaller

HOSTILE = "<script>alert(1)</script> \"'"


@pytest.fixture
def known(world: World, browser: MakeCaller) -> Callable[..., Caller]:
    """`known("jane")`: a coordinator who is here for long, signed in this minute."""

    def make(name: str) -> Caller:
        actor = world.person(name)
        assert actor.id is not None
        return browser(account=actor.id)

    return make


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_can_be_done_is_said_first(world: World, known: Callable[..., Caller]) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    jane = known("jane")
    page = plain(jane.get(f"/assets/{asset}/commands/new").text)
    assert "Wipe Erases everything on the device. It cannot be undone." in page
    assert page.index("Disable") < page.index("Wipe"), "the gravest comes last"
    told = plain(jane.get(f"/assets/{asset}/commands/new?action=wipe").text)
    for words in ("What happens", "1 other person must approve", "15 minutes", "Your budget"):
        assert words in told, words
    refused = plain(jane.get(f"/assets/{asset}/commands/new?action=clear_passcode").text)
    assert "This cannot be asked for now." in refused
    assert "Possible here:" in refused
    assert jane.get(f"/assets/{asset}/commands/new?action=explode").status_code == 422


def test_a_personal_device_is_only_retired(world: World, known: Callable[..., Caller]) -> None:
    asset = world.assets()[0]
    with world.database.unit() as db:
        db.execute(
            sa.update(MdmDevice).where(MdmDevice.asset_id == asset)
            .values(ownership=Ownership.PERSONAL)
        )  # fmt: skip
    page = plain(known("jane").get(f"/assets/{asset}/commands/new?action=wipe").text)
    assert "This cannot be asked for now." in page
    assert "belongs to a person" in page


def test_a_lock_goes_and_shows_its_pin(furnish: Furnish, browser: MakeCaller) -> None:
    world = furnish(vendor="intune")
    asset = next(a for a in world.assets() if _can(world, a, Action.LOCK))
    jane = browser(account=world.person("jane").id)
    answer = jane.post(
        f"/assets/{asset}/commands/new",
        data={"action": "lock", "reason": "it was left on the bus", "message": "Call us",
              "acknowledged": ["stale"]},
    )  # fmt: skip
    assert answer.status_code == 303, plain(answer.text)
    command = world.drive(_only(world))
    page = jane.get(f"/commands/{command.id}").text
    assert "it was left on the bus" in page
    assert "Command taken by the vendor" in plain(page)


def test_mistakes_keep_what_was_typed(world: World, known: Callable[..., Caller]) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    jane = _confirmed(world, known("jane"), asset, Action.WIPE)
    answer = jane.post(
        f"/assets/{asset}/commands/new",
        data={"action": "wipe", "reason": HOSTILE, "typed_tag": "WRONG", "backup": "waived"},
    )
    assert answer.status_code == 422
    assert "must be the tag of the device" in plain(answer.text)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    with world.database.unit(write=False) as db:
        assert db.exec(select(DeviceCommand)).all() == []


def test_two_persons_wipe_a_device(world: World, known: Callable[..., Caller]) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    command = world.ask(world.person("jane"), asset)
    jane, other = known("jane"), known("other")
    own = jane.get(f"/commands/{command.id}").text
    assert f"/commands/{command.id}/approve" not in own
    assert f"/commands/{command.id}/cancel" in own
    inbox = other.get("/commands").text
    assert f'href="/commands/{command.id}"' in inbox
    _confirm(world, other, command.binding)
    page = other.get(f"/commands/{command.id}").text
    assert f'action="/commands/{command.id}/approve"' in page
    stale = other.post(f"/commands/{command.id}/approve", data={"seen": command.version + 7})
    assert stale.status_code == 409
    done = other.post(f"/commands/{command.id}/approve", data={"seen": command.version})
    assert done.status_code == 303, plain(done.text)
    assert world.read_back(command).state is CommandState.COOLING_OFF
    assert "other" in plain(other.get(f"/commands/{command.id}").text)


def test_a_no_needs_a_reason(world: World, known: Callable[..., Caller]) -> None:
    command = world.ask(world.person("jane"), world.assets(Platform.CHROMEOS)[0])
    other = known("other")
    assert other.post(f"/commands/{command.id}/reject", data={"reason": " "}).status_code == 422
    answer = other.post(f"/commands/{command.id}/reject", data={"reason": "not the one"})
    assert answer.status_code == 303
    assert world.read_back(command).state is CommandState.REJECTED


def test_who_is_too_new_is_told_why(
    world: World, known: Callable[..., Caller], browser: MakeCaller
) -> None:
    command = world.ask(world.person("jane"), world.assets(Platform.CHROMEOS)[0])
    fresh = world.person("fresh", age=timedelta(days=1))
    caller = browser(account=fresh.id)
    _confirm(world, caller, command.binding)
    answer = caller.post(f"/commands/{command.id}/approve", data={"seen": command.version})
    assert answer.status_code == 409
    assert "younger than 7 days" in plain(answer.text)
    assert world.read_back(command).state is CommandState.REQUESTED


def test_a_stop_stands_on_every_page_until_two_let_go(
    world: World, known: Callable[..., Caller]
) -> None:
    jane, other = known("jane"), known("other")
    assert "stopped in the whole district" not in jane.get("/assets").text
    with world.database.unit() as db:
        breaker.open_breaker(db, "failures", "7 of 10 failed", now=world.clock())
    for path in ("/assets", "/commands", "/me"):
        assert "stopped in the whole district" in jane.get(path).text, path
    assert "7 of 10 failed" in jane.get("/breaker").text
    assert jane.post("/breaker/ask-close", data={"reason": ""}).status_code == 422
    assert jane.post("/breaker/ask-close", data={"reason": "a broken proxy"}).status_code == 303
    assert 'action="/breaker/close"' not in jane.get("/breaker").text, "not by the same person"
    with world.database.unit(write=False) as db:
        binding = breaker.binding_of_closing(breaker.breaker(db))
    _confirm(world, other, binding)
    assert 'action="/breaker/close"' in other.get("/breaker").text
    assert other.post("/breaker/close").status_code == 303
    assert "stopped in the whole district" not in jane.get("/assets").text


def test_rules_get_weaker_by_two_persons_only(world: World, known: Callable[..., Caller]) -> None:
    jane = known("jane")
    stricter = {"name": "budget_district_day", "value": 10, "reason": "holidays"}
    assert jane.post("/command-rules", data=stricter).status_code == 303
    weaker = {"name": "budget_district_day", "value": 60, "reason": "the year ends"}
    assert jane.post("/command-rules", data=weaker).status_code == 303
    page = plain(jane.get("/command-rules").text)
    assert "Wait for a second person" in page
    assert "10 → 60" in page
    beyond = {**weaker, "name": "wipe_approvals", "value": 0}
    assert jane.post("/command-rules", data=beyond).status_code == 422
    assert jane.post("/command-rules/1/confirm").status_code in {404, 409}
    assert jane.post("/command-rules/2/confirm").status_code == 409, "not by the one who asked"


def test_the_asset_shows_its_state_and_open_commands(
    world: World, known: Callable[..., Caller]
) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    with world.database.unit() as db:
        db.execute(
            sa.update(MdmDevice).where(MdmDevice.asset_id == asset)
            .values(name=HOSTILE, assigned_user=HOSTILE)
        )  # fmt: skip
    world.ask(world.person("jane"), asset)
    page = known("jane").get(f"/assets/{asset}/mdm").text
    assert "<script>alert" not in page
    assert "Wipe: Waits for approval" in plain(page)
    assert "ChromeOS" in page


def test_holds_are_raised_by_one_and_released_by_two(
    world: World, known: Callable[..., Caller]
) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    jane, other = known("jane"), known("other")
    where = f"/assets/{asset}/holds"
    assert jane.post(where, data={"kind": "legal", "reason": ""}).status_code == 422
    given = {"kind": "legal", "reason": HOSTILE, "case_number": "24-7"}
    assert jane.post(where, data=given).status_code == 303
    page = jane.get(where).text
    assert "<script>alert" not in page
    assert "24-7" in page
    told = plain(jane.get(f"/assets/{asset}/commands/new?action=wipe").text)
    assert "A hold is in force" in told
    asked = jane.post("/holds/1/ask-release", data={"version": 1, "reason": "over"})
    assert asked.status_code == 303
    assert 'action="/holds/1/release"' not in jane.get(where).text
    assert 'action="/holds/1/release"' in other.get(where).text
    assert other.post("/holds/1/release", data={"version": 2}).status_code == 303
    assert "over" in plain(other.get(where).text)


def _confirm(world: World, caller: Caller, binding: str) -> None:
    """The person confirms who they are, for this."""
    confirm(world.database, caller, binding, now=world.clock())


def _confirmed(world: World, caller: Caller, asset: int, action: Action) -> Caller:
    with world.database.unit(write=False) as db:
        actor = world.person("jane")
        purpose = planning.plan(db, actor, asset, action, now=world.clock()).purpose
    _confirm(world, caller, purpose)
    return caller


def _can(world: World, asset: int, action: Action) -> bool:
    with world.database.unit(write=False) as db:
        return planning.capability_of(targets_of(db, asset)[0], action) is not None


def _only(world: World) -> DeviceCommand:
    with world.database.unit(write=False) as db:
        return db.exec(select(DeviceCommand)).one()


def test_a_reason_may_have_several_lines(world: World, known: Callable[..., Caller]) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    given = {"action": "restart", "reason": "one\r\ntwo", "acknowledged": ["stale"]}
    answer = known("jane").post(f"/assets/{asset}/commands/new", data=given)
    assert answer.status_code == 303, plain(answer.text)
    assert _only(world).reason == "one\ntwo"
