"""One wipe from the plan to its end, and what each person and each state may do on the way."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from inventory.access import Role
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.commands import service
from inventory.commands.models import DeviceCommand
from inventory.commands.states import MOVES, TERMINAL, CommandState as S, Held
from inventory.errors import Conflict, Duplicate, Forbidden, HomeroomError, InvalidInput
from mdm.records import receipt_from_json
from mdm.types import Action, OutcomeState, Platform
from tests.inventory.commands.world import World


def test_a_wipe_from_the_plan_to_its_end(world: World) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    technician, boss = world.person("tech", Role.TECHNICIAN), world.person("boss")
    with world.database.unit(write=False) as db:
        plan = service.plan(db, technician, asset, Action.WIPE, now=world.clock())
    assert plan.possible
    assert (plan.rules.approvals, plan.rules.cool_off.total_seconds()) == (1, 900)
    assert "cannot be undone" in plan.effect_words
    command = world.ask(technician, asset)
    assert (command.state, command.approvals_needed) == (S.REQUESTED, 1)
    command = world.approve(boss, command)
    assert command.state is S.COOLING_OFF
    assert world.drive(command).state is S.COOLING_OFF
    world.clock.forward(minutes=15)
    command = world.drive(command)
    assert command.state is S.DISPATCHED
    assert world.fake.effects == [(world.device_id(asset), Action.WIPE)]
    receipt = receipt_from_json(command.receipt)
    for told, state in ((OutcomeState.ACKNOWLEDGED, S.ACKNOWLEDGED), (OutcomeState.VERIFIED,
                                                                      S.VERIFIED)):  # fmt: skip
        world.fake.settle(receipt, told)
        world.minute()
        assert world.read_back(command).state is state
    with world.database.unit(write=False) as db:
        steps, sent = service.timeline(db, technician, command.id)
    assert [step.action for step in steps] == [
        "requested", "approval_given", "approved", "cooling_off", "ready", "dispatching",
        "dispatched", "acknowledged", "verified",
    ]  # fmt: skip
    assert [(each.attempt, each.answer) for each in sent] == [(1, "accepted")]


def test_the_requester_cannot_approve(world: World) -> None:
    boss = world.person("boss")
    command = world.ask(boss, world.assets(Platform.CHROMEOS)[0])
    with pytest.raises(Forbidden, match="another person"):
        world.approve(boss, command)
    assert world.read_back(command).state is S.REQUESTED


def test_the_database_itself_refuses_an_approval_by_the_requester(world: World) -> None:
    boss = world.person("boss")
    command = world.ask(boss, world.assets(Platform.CHROMEOS)[0])
    with pytest.raises(Conflict, match="another_person"), world.database.unit() as db:
        db.connection().exec_driver_sql(
            "INSERT INTO command_approval (command_id, requester_id, approver, approver_id, "
            f"method, binding, at) VALUES ({command.id}, {boss.id}, 'boss', {boss.id}, '', '', "
            "'2026-09-01 12:00:00+00')"
        )


def test_an_ended_command_stays_ended_whoever_writes(world: World) -> None:
    boss = world.person("boss")
    command = world.ask(boss, world.assets(Platform.CHROMEOS)[0])
    with world.database.unit() as db:
        service.cancel(db, boss, command.id, now=world.clock())
    for change in (
        f"UPDATE device_command SET state = 'ready' WHERE id = {command.id}",
        f"DELETE FROM device_command WHERE id = {command.id}",
    ):
        with (
            pytest.raises((DBAPIError, HomeroomError)),
            world.database.unit() as db,
        ):
            db.connection().exec_driver_sql(change)
    assert world.read_back(command).state is S.CANCELLED


def test_only_what_is_ready_is_sent(world: World) -> None:
    command = world.ask(world.person("boss"), world.assets(Platform.CHROMEOS)[0])
    with pytest.raises((DBAPIError, HomeroomError)), world.database.unit() as db:
        db.connection().exec_driver_sql(
            "UPDATE device_command SET state = 'dispatching', lease_token = 'x' "
            f"WHERE id = {command.id}"
        )


def test_one_open_command_of_a_kind_per_device(world: World) -> None:
    boss, asset = world.person("boss"), world.assets(Platform.CHROMEOS)[0]
    world.ask(boss, asset, Action.RESTART)
    with pytest.raises(Duplicate):
        world.ask(boss, asset, Action.RESTART)
    wipe = world.ask(boss, asset)
    with pytest.raises(Duplicate):
        world.ask(boss, asset, Action.CLEAR_USERS)
    with pytest.raises(Conflict, match="cancel it first"):
        world.ask(boss, asset, Action.DISABLE)
    with world.database.unit() as db:
        service.cancel(db, boss, wipe.id, now=world.clock())
    assert world.ask(boss, asset, Action.DISABLE).state is S.READY
    # A device that waits to be locked may still be wiped.
    assert world.ask(boss, asset).state is S.REQUESTED


def test_the_database_itself_refuses_a_second_open_command(world: World) -> None:
    boss, asset = world.person("boss"), world.assets(Platform.CHROMEOS)[0]
    first = world.ask(boss, asset)
    with pytest.raises(Duplicate), world.database.unit() as db:
        values = first.model_dump(exclude={"id", "uid"})
        db.add(DeviceCommand(**values))


def test_a_hold_stops_it_at_every_step(world: World) -> None:
    boss, other = world.person("boss"), world.person("other")
    first, second, third = world.assets(Platform.CHROMEOS)[:3]

    def freeze(asset: int) -> None:
        with world.database.unit() as db:
            holds.raise_hold(
                db, other, asset, kind=HoldKind.LEGAL, reason="a case", now=world.clock()
            )

    freeze(first)
    with pytest.raises(Conflict, match="hold"):
        world.ask(boss, first)
    command = world.ask(boss, second)
    freeze(second)
    with pytest.raises(Conflict, match="hold"):
        world.approve(other, command)
    command = world.wiped(boss, other, third)
    world.clock.forward(minutes=15)
    freeze(third)
    command = world.drive(command)
    assert (command.state, command.held_reason) == (S.HELD, Held.HOLD)
    assert world.fake.effects == []
    # A lock destroys nothing, and is not forbidden.
    assert world.drive(world.ask(boss, first, Action.DISABLE)).state is S.DISPATCHED


def test_what_a_person_must_say(world: World) -> None:
    boss, asset = world.person("boss"), world.assets(Platform.CHROMEOS)[0]
    wrong = {
        "reason": {"reason": " "},
        "typed_tag": {"typed_tag": "X-1"},
        "backup": {"backup": ""},
        "skip_cool_off": {"skip_cool_off": True},
    }
    for field, more in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            world.ask(boss, asset, **more)
        assert list(refused.value.fields) == [field]
    with world.database.unit(write=False) as db:
        assert db.exec(select(DeviceCommand)).all() == []


def test_it_is_not_sent_when_the_device_is_another_one(world: World) -> None:
    boss, other = world.person("boss"), world.person("other")
    changes = {"serialNumber": "OTHER", "lastEnrollmentTime": "2026-08-30T00:00:00.000Z"}
    for asset, (name, value) in zip(world.assets(Platform.CHROMEOS), changes.items(), strict=False):
        command = world.wiped(boss, other, asset)
        world.clock.forward(minutes=15)
        world.fake.record(world.device_id(asset))[name] = value
        command = world.drive(command)
        assert (command.state, command.held_reason) == (S.HELD, Held.IDENTITY), name
        with pytest.raises(Conflict, match="for good"), world.database.unit() as db:
            service.release(
                db, other, command.id, step_up=world.step_up(command.binding), reason="x",
                now=world.clock(),
            )  # fmt: skip
    asset = world.assets(Platform.CHROMEOS)[2]
    command = world.wiped(boss, other, asset)
    world.clock.forward(minutes=15)
    world.fake.forget(world.device_id(asset))
    assert world.drive(command).held_reason is Held.IDENTITY
    assert world.fake.effects == []


def test_the_table_of_moves_is_whole() -> None:
    assert set(MOVES) == set(S)
    assert all(MOVES[state] == frozenset() for state in TERMINAL)
    assert all(MOVES[state] for state in set(S) - TERMINAL)
    reached, edge = {S.REQUESTED}, {S.REQUESTED}
    while edge:
        edge = {to for state in edge for to in MOVES[state]} - reached
        reached |= edge
    assert reached == set(S)
    assert {state for state, to in MOVES.items() if S.DISPATCHING in to} == {S.READY}
