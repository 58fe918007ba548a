"""What stops a command, rule by rule: each test breaks one rule and sees that nothing leaves."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.commands import breaker, delivery, escrow, planning, service, watching
from inventory.commands.anchor import Mark
from inventory.commands.guard_models import BreakerEvent
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import locked, move
from inventory.commands.policy import DEFAULTS
from inventory.commands.states import CommandState as S, Held
from inventory.errors import Conflict
from inventory.fleet.models import MdmDevice
from mdm.capabilities import Need
from mdm.types import Action, Platform
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.world import OPERATOR, World
from tests.mdm.fakes.http import Call, Fault


def freeze(world: World, asset: int) -> None:
    with world.database.unit() as db:
        holds.raise_hold(
            db, world.person("other"), asset, kind=HoldKind.LEGAL, reason="a case",
            now=world.clock(),
        )  # fmt: skip


def book(world: World, number: int = 0) -> int:
    return world.assets(Platform.CHROMEOS)[number]


def ready(world: World, asset: int) -> DeviceCommand:
    command = world.wiped(world.person("asker"), world.person("other"), asset)
    world.clock.forward(minutes=command.cool_off_minutes)
    return command


def why_open(world: World) -> list[str]:
    with world.database.unit(write=False) as db:
        assert breaker.is_open(db)
        return list(db.exec(select(BreakerEvent.cause)).all())


def set_device(world: World, asset: int, **values: object) -> None:
    with world.database.unit() as db:
        db.execute(sa.update(MdmDevice).where(MdmDevice.asset_id == asset).values(**values))


@pytest.mark.parametrize("state", [S.REQUESTED, S.COOLING_OFF, S.READY])
def test_a_hold_stops_a_wipe_that_was_asked_for_before(world: World, state: S) -> None:
    world.minute()
    asset = book(world)
    command = world.ask(world.person("asker"), asset)
    if state is not S.REQUESTED:
        command = world.approve(world.person("other"), command)
    if state is S.READY:
        world.clock.forward(minutes=command.cool_off_minutes)
        delivery.end_cool_off(world.around, command.id)
        command = world.read_back(command)
    assert command.state is state
    freeze(world, asset)
    if state is S.REQUESTED:
        with pytest.raises(Conflict, match="a hold is in force"):
            world.approve(world.person("other"), command)
    world.minute(minutes=20)
    command = world.read_back(command)
    if state is S.REQUESTED:
        assert command.state is S.REQUESTED
    else:
        assert (command.state, command.held_reason) == (S.HELD, Held.HOLD)
    assert world.fake.effects == []


def test_a_hold_that_is_raised_while_the_vendor_is_asked_counts(world: World) -> None:
    asset = book(world)
    command = ready(world, asset)

    def meanwhile(record: object) -> object:
        world.fake.spoil = None
        freeze(world, asset)
        return record

    world.fake.spoil = meanwhile
    command = world.drive(command)
    assert (command.state, command.held_reason) == (S.HELD, Held.HOLD)
    assert world.fake.effects == []


def test_old_data_holds_a_wipe_that_nobody_confirmed(world: World) -> None:
    asset = book(world)
    long_ago = world.clock() - timedelta(days=DEFAULTS.stale_days + 1)
    command = ready(world, asset)
    set_device(world, asset, last_check_in=long_ago)
    record = world.fake.record(world.device_id(asset))
    for name in [n for n in record if n in {"lastSync", "lastPolicySyncTime"}]:
        record[name] = f"{long_ago:%Y-%m-%dT%H:%M:%S.000Z}"
    command = world.drive(command)
    assert (command.state, command.held_reason) == (S.HELD, Held.STALE)
    assert command.held_codes == ["stale"]
    with world.database.unit() as db:
        service.release(
            db, world.person("other"), command.id, step_up=world.step_up(command.binding),
            reason="it lies before me", now=world.clock(),
        )  # fmt: skip
    assert world.drive(command).state is S.DISPATCHED


def test_the_kill_switch_keeps_everything_destructive_here(world: World) -> None:
    command = ready(world, book(world))
    off = replace(world.around, enabled=False)
    delivery.drive(off, command.id)
    command = world.read_back(command)
    assert (command.state, world.fake.effects) == (S.READY, [])
    assert "switched off" in command.note
    lock = world.ask(world.person("asker"), book(world, 1), Action.DISABLE)
    delivery.drive(off, lock.id)
    assert world.read_back(lock).state is S.DISPATCHED
    world.clock.forward(minutes=6)
    assert world.drive(command).state is S.DISPATCHED


def test_after_a_restore_nothing_leaves_until_a_person_says_so(world: World) -> None:
    world.minute()
    command = ready(world, book(world))
    world.around.anchor.write(Mark(99_999, "of the database before"), now=world.clock())
    for _ in range(3):
        world.minute(minutes=20)
    command = world.read_back(command)
    assert (command.state, command.held_reason) == (S.HELD, Held.RESTORE)
    assert why_open(world) == ["restore"]
    assert world.fake.effects == []
    with pytest.raises(Conflict, match="for good"), world.database.unit() as db:
        service.release(
            db, world.person("other"), command.id, step_up=world.step_up(command.binding),
            reason="x", now=world.clock(),
        )  # fmt: skip


def _foreign(world: World) -> None:
    world.clock.forward(days=1)
    for number in range(DEFAULTS.breaker_foreign_wipes_day):
        set_device(world, book(world, number + 3), state="WIPING")


def _chain(world: World) -> None:
    with world.database.unit() as db:
        db.connection().exec_driver_sql("UPDATE audit_head SET digest = 'forged' WHERE id = 1")


def _jump(world: World) -> None:
    world.clocks.monotonic = lambda: 0.0
    world.clock.forward(hours=1)


CAUSES = {"foreign_wipes": _foreign, "audit": _chain, "clock": _jump}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_breaker_opens_by_itself(world: World, cause: str) -> None:
    world.minute()
    command = ready(world, book(world))
    world.clocks.jump(world.clock())
    CAUSES[cause](world)
    watching.watch(world.database, world.clocks, now=world.clock())
    assert cause in why_open(world)
    command = world.drive(command)
    assert (command.state, command.held_reason) == (S.HELD, Held.BREAKER)
    assert world.fake.effects == []
    assert "breaker.opened" in world.events()


@pytest.mark.parametrize(("failed", "opens"), [(1, False), (2, True)])
def test_more_than_a_fifth_of_failures_opens_it(world: World, failed: int, opens: bool) -> None:
    world.minute()
    for number in range(DEFAULTS.breaker_failed_least):
        command = world.sent(book(world, number))
        with world.database.unit() as db:
            move(
                db, locked(db, command.id), S.FAILED if number < failed else S.VERIFIED,
                actor=OPERATOR, now=world.clock(), event="ended",
            )  # fmt: skip
    world.minute()
    with world.database.unit(write=False) as db:
        assert breaker.is_open(db) is opens


def lockable(world: World) -> int:
    for asset in world.assets():
        with world.database.unit(write=False) as db:
            plan = planning.plan(db, OPERATOR, asset, Action.LOCK, now=world.clock())
        if plan.possible and Need.PIN in plan.needs:
            return asset
    raise AssertionError("no device takes a PIN")


def test_a_pin_never_begins_with_zero() -> None:
    """Meraki takes a PIN as a number."""
    assert {escrow.new_pin()[0] for _ in range(400)} <= set("123456789")


def test_a_pin_is_kept_before_it_leaves_and_never_overwritten(furnish: Furnish) -> None:
    world = furnish(40, "jamf_pro")
    asset, asker = lockable(world), world.person("asker")
    kept: list[str] = []

    def pins(command_id: int) -> list[str]:
        with world.database.unit() as db:
            return [p.pin for p in escrow.reveal_pins(db, asker, command_id, now=world.clock())]

    command = world.ask(asker, asset, Action.LOCK)

    def while_it_leaves(call: Call) -> bool:
        if world.fake.is_acting(call):
            kept.extend(pins(command.id))
        return world.fake.is_acting(call)

    world.fake.fail(Fault.ERROR_AFTER, on=while_it_leaves)
    assert world.drive(command).state is S.UNCERTAIN
    assert len(kept) == 1, "sealed and committed when the vendor was called"
    for _ in range(4):
        world.minute(minutes=5)
    assert pins(command.id) == kept, "the same PIN for every attempt"
    with world.database.unit() as db:
        escrow.keep_pin(db, command, "4711", escrow.VENDOR, now=world.clock())
    assert sorted(pins(command.id)) == sorted(["4711", *kept]), "beside it, not in its place"


def test_what_nobody_approves_or_sends_runs_out(world: World) -> None:
    world.minute()
    asked = world.ask(world.person("asker"), book(world))
    world.minute(hours=DEFAULTS.requested_hours + 1)
    assert world.read_back(asked).state is S.EXPIRED
    command = ready(world, book(world, 1))
    world.clock.forward(hours=DEFAULTS.approved_hours + 1)
    assert world.drive(command).state is S.EXPIRED
    assert world.fake.effects == []


def test_what_its_device_does_not_carry_out_is_called_off_at_the_vendor(furnish: Furnish) -> None:
    world = furnish(40, "android_management")
    world.minute()
    asset = next(a for a in world.assets() if can_call_off(world, a))
    command = world.sent(asset)
    assert command.state is S.DISPATCHED
    world.clock.forward(days=DEFAULTS.sent_days)
    for _ in range(4):
        world.minute(minutes=10)
    assert world.read_back(command).state is S.EXPIRED
    assert any(call.path.endswith(":cancel") for call in world.fake.calls)


def can_call_off(world: World, asset: int) -> bool:
    with world.database.unit(write=False) as db:
        plan = planning.plan(db, OPERATOR, asset, Action.WIPE, now=world.clock())
    return plan.possible and plan.capability is not None and plan.capability.cancellable
