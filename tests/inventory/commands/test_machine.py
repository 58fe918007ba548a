"""Any order of asking, approving, holding, changing, failing and waiting: what must hold, holds.

Longer: HOMEROOM_MACHINE_EXAMPLES=500 pytest tests/inventory/commands/test_machine.py
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, col, select

from inventory.access import Role
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.audit import service as audit
from inventory.commands import devices, escrow, planning, service
from inventory.commands.models import Approval, CommandSend, DeviceCommand
from inventory.commands.policy import DEFAULTS
from inventory.commands.states import TERMINAL, CommandState
from inventory.errors import HomeroomError
from mdm.capabilities import Need
from mdm.types import Action, Ownership
from tests.inventory.commands.conftest import Furnish
from tests.inventory.commands.world import World
from tests.mdm.fakes.http import Fault

NUMBER = st.integers(0, 7)
PEOPLE = st.sampled_from(["ann", "bob", "cem", "new", "tech"])
ACTIONS = st.sampled_from([Action.WIPE, Action.WIPE, Action.RETIRE, Action.LOCK, Action.RESTART])
FAULTS = st.sampled_from(
    [Fault.ERROR, Fault.ERROR_AFTER, Fault.DROP, Fault.DROP_AFTER, Fault.THROTTLE]
)
HARSH = {Action.WIPE, Action.RETIRE}


class Commands(RuleBasedStateMachine):
    """Every rule may be refused; the invariants are looked at after each."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        world = self.world
        world.fake.heal()
        world.clock.forward(days=2)
        self.base = len(world.fake.effects)
        self.held_at: dict[str, int] = {}
        self.ended: dict[int, CommandState] = {}
        for name in ("ann", "bob", "cem"):
            world.person(name)
        world.person("tech", Role.TECHNICIAN)
        world.person("new", age=timedelta())

    @rule(who=PEOPLE, number=NUMBER, action=ACTIONS)
    def ask(self, who: str, number: int, action: Action) -> None:
        try:
            self.world.ask(self.world.person(who), self.asset(number), action)
        except HomeroomError:
            return

    @rule(who=PEOPLE, number=NUMBER)
    def approve(self, who: str, number: int) -> None:
        self.decide(number, lambda command: self.world.approve(self.world.person(who), command))

    @rule(who=PEOPLE, number=NUMBER)
    def cancel(self, who: str, number: int) -> None:
        def call_off(command: DeviceCommand) -> None:
            with self.world.database.unit() as db:
                service.cancel(db, self.world.person(who), command.id, now=self.world.clock())

        self.decide(number, call_off)

    @rule(number=st.integers(0, 1))
    def freeze(self, number: int) -> None:
        asset = self.asset(number)
        device = self.world.device_id(asset)
        try:
            with self.world.database.unit() as db:
                holds.raise_hold(
                    db, self.world.person("ann"), asset, kind=HoldKind.LEGAL, reason="a case",
                    now=self.world.clock(),
                )  # fmt: skip
        except HomeroomError:
            return
        self.held_at.setdefault(device, len(self.world.fake.effects))

    @rule(fault=FAULTS)
    def fail(self, fault: Fault) -> None:
        self.world.fake.fail(fault, on=self.world.fake.is_acting)

    @rule(minutes=st.sampled_from([1, 5, 16, 90]))
    def wait(self, minutes: int) -> None:
        self.world.minute(minutes=minutes)

    def asset(self, number: int) -> int:
        return self.world.assets()[number]

    def decide(self, number: int, how: Callable[[DeviceCommand], object]) -> None:
        with self.world.database.unit(write=False) as db:
            query = select(DeviceCommand).where(col(DeviceCommand.state).not_in(TERMINAL))
            waiting = db.exec(query.order_by(col(DeviceCommand.id))).all()
        if waiting:
            try:
                how(waiting[number % len(waiting)])
            except HomeroomError:
                return

    @invariant()
    def what_was_done_was_agreed_and_once(self) -> None:
        done = Counter(self.world.fake.effects)
        with self.world.database.unit(write=False) as db:
            for command in db.exec(select(DeviceCommand)).all():
                given = select(Approval).where(Approval.command_id == command.id)
                people = {a.approver_id for a in db.exec(given)} - {command.requested_by_id}
                if command.sent_at is not None:
                    assert len(people) >= command.approvals_needed
                before = self.ended.setdefault(command.id, command.state)
                assert before not in TERMINAL or before is command.state
                self.ended[command.id] = command.state
            sends = db.exec(select(CommandSend)).all()
            ids = {c.id: c.vendor_id for c in db.exec(select(DeviceCommand)).all()}
        tried = Counter((ids[s.command_id], s.action) for s in sends if s.answer != "refused")
        commands = Counter({(ids[s.command_id], s.action): 0 for s in sends})
        for key in {(s.command_id, s.action) for s in sends if s.answer != "refused"}:
            commands[ids[key[0]], key[1]] += 1
        for key, count in done.items():
            assert count <= (commands[key] if key[1] is Action.WIPE else tried[key]), key

    @invariant()
    def nothing_forbidden_was_done(self) -> None:
        for device, since in self.held_at.items():
            later = self.world.fake.effects[since:]
            assert not [e for e in later if e[0] == device and e[1] in HARSH]
        with self.world.database.unit(write=False) as db:
            for command in db.exec(select(DeviceCommand).where(DeviceCommand.action == "wipe")):
                assert command.ownership != Ownership.PERSONAL

    @invariant()
    def the_budget_holds_and_the_log_is_whole(self) -> None:
        hour = self.world.clock() - timedelta(hours=1)
        with self.world.database.unit(write=False) as db:
            lately = select(CommandSend.requester).where(
                col(CommandSend.destructive), col(CommandSend.at) > hour,
                CommandSend.answer != "refused",
            )  # fmt: skip
            mine = Counter(db.exec(lately).all())
            assert audit.verify(db).broken_at is None
        assert all(count <= DEFAULTS.budget_actor_hour for count in mine.values())

    @invariant()
    def every_pin_is_kept(self) -> None:
        with self.world.database.unit() as db:
            query = select(DeviceCommand).where(
                DeviceCommand.action == "lock", col(DeviceCommand.sent_at).is_not(None)
            )
            for command in db.exec(query).all():
                kept = escrow.has(db, [command.id], now=self.world.clock())[0]
                assert kept == {command.id} or Need.PIN not in self.needs(db, command)

    def needs(self, db: Session, command: DeviceCommand) -> frozenset[Need]:
        found = devices.target_named(db, command.connection_uid, command.vendor_id)
        capability = planning.capability_of(found, command.action) if found else None
        return capability.needs if capability else frozenset()


def test_any_order_of_what_people_and_vendors_do(furnish: Furnish) -> None:
    world = furnish(8, "intune")
    world.minute()
    examples = int(os.environ.get("HOMEROOM_MACHINE_EXAMPLES", "12"))
    Commands.world = world
    profile = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Commands, settings=profile)
    assert world.fake.effects
