"""Any order of asking, approving, holding, changing, failing and waiting: what must hold, holds.

Longer, and with a failure made short: HOMEROOM_MACHINE_EXAMPLES=500 pytest test_machine.py
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings, strategies as st
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
from mdm.types import Action, Ownership, Platform
from tests.inventory.commands.conftest import Fresh
from tests.mdm.fakes.http import Fault

FEW, MANY = 12, 8
NUMBER = st.integers(0, 11)
PEOPLE = st.sampled_from(["ann", "bob", "pup", "new", "tech"])
PAIRS = st.sampled_from([
    ("tech", "ann"), ("ann", "bob"), ("bob", "ann"), ("pup", "ann"), ("pup", "bob"),
    ("ann", "ann"), ("bob", "new"),
])  # fmt: skip
THEN = st.sampled_from(["wait", "death", "hold", "nothing"])
MADE = {"pup": "ann"}
"""Who made whose account: the maker must not be the second person."""

ACTIONS = st.sampled_from([Action.WIPE, Action.WIPE, Action.RETIRE, Action.LOCK, Action.RESTART])
FAULTS = st.sampled_from(
    [Fault.ERROR, Fault.ERROR_AFTER, Fault.DROP, Fault.DROP_AFTER, Fault.THROTTLE]
)
HARSH = {Action.WIPE, Action.RETIRE}


class Killed(BaseException):
    """The program ends here."""


class Commands(RuleBasedStateMachine):
    """Every rule may be refused; the invariants are looked at after each."""

    fresh: Fresh
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world = self.stack.enter_context(self.fresh(30, "intune"))
        self.world.fake.slowness = 0
        self.held_at: dict[str, int] = {}
        self.ended: dict[int, CommandState] = {}
        self.harsh: list[datetime] = []
        for name in ("ann", "bob", "cem"):
            self.world.person(name)
        self.world.person("pup", by=self.world.person("ann"))
        self.world.person("tech", Role.TECHNICIAN)
        self.world.person("new", age=timedelta())
        mixed, erasable = self.world.assets(), self.world.assets(Platform.WINDOWS)
        self.assets = [*erasable[:MANY], *[a for a in mixed if a not in erasable][:4]]

    def teardown(self) -> None:
        self.tally["examples"] += 1
        self.tally["effects"] += len(self.world.fake.effects)
        self.stack.close()

    @rule(who=PEOPLE, number=NUMBER, action=ACTIONS)
    def ask(self, who: str, number: int, action: Action) -> None:
        self.may(lambda: self.world.ask(self.world.person(who), self.assets[number], action))

    @rule(who=PEOPLE, number=NUMBER)
    def approve(self, who: str, number: int) -> None:
        self.decide(number, lambda command: self.world.approve(self.world.person(who), command))

    @rule(pair=PAIRS, many=st.sampled_from([MANY, 3, 1]), then=THEN, number=NUMBER)
    def wipe(self, pair: tuple[str, str], many: int, then: str, number: int) -> None:
        """One, some or most devices, with all that is needed for it; what comes `then`."""
        asker, approver = pair
        first = 0 if many == MANY else number
        for asset in (self.assets[first:] + self.assets[:first])[:many]:
            self.may(lambda asset=asset: self.agree(asker, [approver, "cem"], asset))
        if then == "hold":
            self.freeze(number=first)
        if then == "death":
            self.die(minutes=16, statement=20 * many)
        if then != "nothing":
            self.wait(minutes=16)

    def agree(self, asker: str, approvers: list[str], asset: int) -> None:
        command = self.world.ask(self.world.person(asker), asset)
        for name in approvers[: command.approvals_needed]:
            self.world.approve(self.world.person(name), command)

    @rule(who=PEOPLE, number=NUMBER)
    def cancel(self, who: str, number: int) -> None:
        def call_off(command: DeviceCommand) -> None:
            with self.world.database.unit() as db:
                service.cancel(db, self.world.person(who), command.id, now=self.world.clock())

        self.decide(number, call_off)

    @rule(number=NUMBER)
    def freeze(self, number: int) -> None:
        asset = self.assets[number]
        with self.world.database.unit() as db:
            holds.raise_hold(
                db, self.world.person("ann"), asset, kind=HoldKind.LEGAL, reason="a case",
                now=self.world.clock(),
            )  # fmt: skip
        device = self.world.device_id(asset)
        self.held_at.setdefault(device, len(self.world.fake.effects))

    @rule(fault=FAULTS)
    def fail(self, fault: Fault) -> None:
        self.world.fake.fail(fault, on=self.world.fake.is_acting)

    @rule(minutes=st.sampled_from([1, 5, 16, 16, 90]))
    def wait(self, minutes: int) -> None:
        self.world.minute(minutes=minutes)

    @rule(minutes=st.sampled_from([5, 16]), statement=st.integers(0, 150))
    def die(self, minutes: int, statement: int) -> None:
        """The worker ends at some statement or commit, and what it had not committed is gone."""
        left = statement

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        engine = self.world.database.engine
        for event in ("before_cursor_execute", "commit"):
            sa.event.listen(engine, event, count)
        try:
            self.world.minute(minutes=minutes)
        except Killed:
            self.tally["killed"] += 1
        finally:
            for event in ("before_cursor_execute", "commit"):
                sa.event.remove(engine, event, count)

    def may(self, act: Callable[[], object]) -> None:
        try:
            act()
        except HomeroomError:
            self.tally["refused"] += 1

    def decide(self, number: int, how: Callable[[DeviceCommand], object]) -> None:
        with self.world.database.unit(write=False) as db:
            query = select(DeviceCommand).where(col(DeviceCommand.state).not_in(TERMINAL))
            waiting = db.exec(query.order_by(col(DeviceCommand.id))).all()
        if waiting:
            self.may(lambda: how(waiting[number % len(waiting)]))

    @invariant()
    def who_agreed_was_somebody_else(self) -> None:
        names = {number: name for name, number in self.world.people.items()}
        with self.world.database.unit(write=False) as db:
            for given in db.exec(select(Approval)).all():
                asker, approver = names[given.requester_id or 0], names[given.approver_id]
                assert approver not in {asker, MADE.get(asker), "new"}, (asker, approver)
            for command in db.exec(select(DeviceCommand)).all():
                given = select(Approval).where(Approval.command_id == command.id)
                people = {a.approver_id for a in db.exec(given)} - {command.requested_by_id}
                if command.sent_at is not None:
                    least = 1 if command.action in HARSH else 0
                    assert len(people) >= max(least, command.approvals_needed)
                before = self.ended.setdefault(command.id, command.state)
                assert before not in TERMINAL or before is command.state
                self.ended[command.id] = command.state

    @invariant()
    def what_was_done_was_meant_and_done_once(self) -> None:
        with self.world.database.unit(write=False) as db:
            ids = {c.id: c.vendor_id for c in db.exec(select(DeviceCommand)).all()}
            sends = [s for s in db.exec(select(CommandSend)).all() if s.answer != "refused"]
        tried = Counter((ids[s.command_id], s.action) for s in sends)
        meant = Counter(
            (ids[id], action) for id, action in {(s.command_id, s.action) for s in sends}
        )
        for key, count in Counter(self.world.fake.effects).items():
            assert count <= (meant[key] if key[1] is Action.WIPE else tried[key]), key

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
        now = self.world.clock()
        done = sum(effect[1] in HARSH for effect in self.world.fake.effects)
        self.harsh += [now] * (done - len(self.harsh))
        day = [at for at in self.harsh if at > now - timedelta(days=1)]
        assert len(day) <= DEFAULTS.budget_fleet_least, "erased in a day"
        with self.world.database.unit(write=False) as db:
            assert audit.verify(db).broken_at is None

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


def test_any_order_of_what_people_and_vendors_do(fresh: Fresh) -> None:
    examples = int(os.environ.get("HOMEROOM_MACHINE_EXAMPLES", str(FEW)))
    Commands.fresh, Commands.tally = staticmethod(fresh), Counter()
    profile = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if examples <= FEW else list(Phase),  # looking for less takes long
    )  # fmt: skip
    run_state_machine_as_test(Commands, settings=profile)
    print(dict(Commands.tally))
    assert Commands.tally["effects"] >= examples // 2, "little was done: a proof of nothing"
