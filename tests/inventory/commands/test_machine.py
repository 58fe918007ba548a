"""Any order of asking, approving, holding, changing, failing and waiting: what must hold, holds.

The invariants and what each proves are in invariants.py. Longer, and with a failure made short:
HOMEROOM_MACHINE_EXAMPLES=500 pytest test_machine.py --timeout=0
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from inventory.access import Role
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.commands import breaker, service
from inventory.commands.models import DeviceCommand
from inventory.commands.states import TERMINAL
from inventory.errors import HomeroomError
from mdm.types import Action, Platform
from tests.inventory.commands.conftest import Fresh
from tests.inventory.commands.invariants import Invariants
from tests.mdm.fakes.http import Fault

FEW = {("intune", "sqlite"): 10, ("jamf_pro", "sqlite"): 4,
       ("intune", "postgresql"): 3, ("jamf_pro", "postgresql"): 2}  # fmt: skip
"""Examples: the rules are the same Python on both databases, which are told apart elsewhere."""

MANY, MORE = 8, 4
NUMBER = st.integers(0, MANY + 2 * MORE - 1)
PEOPLE = st.sampled_from(["ann", "bob", "pup", "new", "tech"])
PAIRS = st.sampled_from([
    ("tech", "ann"), ("ann", "bob"), ("bob", "ann"), ("pup", "ann"), ("pup", "bob"),
    ("ann", "ann"), ("bob", "new"),
])  # fmt: skip
THEN = st.sampled_from(["wait", "death", "hold", "swap", "silence", "stop", "soon", "nothing"])
IN_THE_WAY = st.permutations([
    (("tech", "ann"), "hold"), (("tech", "ann"), "swap"), (("tech", "ann"), "silence"),
    (("tech", "ann"), "stop"), (("tech", "ann"), "soon"), (("ann", "ann"), "wait"),
    (("pup", "ann"), "wait"), (("bob", "new"), "wait"),
])  # fmt: skip
"""Wipes that nothing may come of; "soon": looked after before the cool-off is over."""

ACTIONS = st.sampled_from([Action.WIPE, Action.WIPE, Action.RETIRE, Action.LOCK, Action.RESTART])
FAULTS = st.sampled_from(
    [Fault.ERROR, Fault.ERROR_AFTER, Fault.DROP, Fault.DROP_AFTER, Fault.THROTTLE]
)
ERASABLE = {"intune": Platform.WINDOWS, "jamf_pro": Platform.MACOS}
LONG_AGO = "2026-07-01T08:00:00Z"


def new_serial(record: dict[str, Any], serial: str) -> None:
    """Another device stands behind the vendor's record."""
    record.get("hardware", record)["serialNumber"] = serial


def not_heard_of(record: dict[str, Any]) -> None:
    """The device has not reported since the holidays began."""
    if "general" in record:
        record["general"] |= dict.fromkeys(("lastCheckIn", "lastContact"), LONG_AGO)
    else:
        record["lastSyncDateTime"] = LONG_AGO


class Killed(BaseException):
    """The program ends here."""


class Commands(Invariants, RuleBasedStateMachine):
    """Every rule may be refused; the invariants are looked at after each."""

    fresh: Fresh
    vendor: str
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world = self.stack.enter_context(self.fresh(48, self.vendor))
        self.world.fake.slowness = 0
        for name in ("ann", "bob", "cem"):
            self.world.person(name)
        self.world.person("pup", by=self.world.person("ann"))
        self.world.person("tech", Role.TECHNICIAN)
        self.world.person("new", age=timedelta())
        mixed, erasable = self.world.assets(), self.world.assets(ERASABLE[self.vendor])
        others = [asset for asset in mixed if asset not in erasable]
        self.assets = [*erasable[: MANY + MORE], *others[:MORE]]
        assert len(self.assets) == MANY + 2 * MORE
        for row in self.world.rows():
            self.serials[row.vendor_id] = row.serial

    def teardown(self) -> None:
        self.tally["examples"] += 1
        self.tally["effects"] += len(self.world.fake.effects)
        self.tally["pins"] += len(self.opened)
        self.stack.close()

    @initialize(first=IN_THE_WAY, many=st.booleans(), listed=st.booleans())
    def begin(self, first: list[tuple[tuple[str, str], str]], many: bool, listed: bool) -> None:
        """Each example has some of them, in any order, while nothing else has happened yet.

        listed  the vendor's list is trusted: what it lacks was not carried out, and is sent again
        """
        self.world.lists = frozenset({self.vendor}) if listed else frozenset()
        for number, (pair, then) in enumerate(first[:MORE], start=MANY):
            self.wipe(pair=pair, many=1, then=then, number=number)
            if then == "stop":
                self.wipe(pair=("tech", "ann"), many=1, then="wait", number=0)
                self.nothing_leaves_while_all_is_stopped()
                for closers in (("ann", "ann"), ("pup", "ann"), ("bob", "new"), ("ann", "bob")):
                    self.close(pair=closers)
        self.fail(fault=Fault.DROP_AFTER)
        self.wipe(pair=("bob", "ann"), many=1, then="wait", number=1)
        for _ in range(3):
            self.wait(minutes=5)
        if many:
            self.wipe(pair=("tech", "ann"), many=MANY, then="wait", number=0)

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
        if then == "swap":
            self.swap(number=first)
        if then == "silence":
            self.fall_silent(number=first)
        if then == "stop":
            self.stop()
        if then == "death":
            self.die(minutes=16, statement=20 * many)
        if then != "nothing":
            self.wait(minutes=1 if then == "soon" else 16)

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

    def swap(self, number: int) -> None:
        device = self.world.device_id(self.assets[number])
        self.serials[device] = f"SWAP{self.tally['swaps']:08d}"
        self.tally["swaps"] += 1
        new_serial(self.world.fake.record(device), self.serials[device])

    def fall_silent(self, number: int) -> None:
        device = self.world.device_id(self.assets[number])
        self.silent.add(device)
        not_heard_of(self.world.fake.record(device))

    def stop(self) -> None:
        with self.world.database.unit() as db:
            breaker.open_breaker(db, "foreign_wipes", "a test", now=self.world.clock())
        self.stopped = self.stop_is()

    @rule(pair=PAIRS)
    def close(self, pair: tuple[str, str]) -> None:
        asker, closer = map(self.world.person, pair)
        now = self.world.clock()

        def both() -> None:
            with self.world.database.unit() as db:
                binding = breaker.binding_of_closing(
                    breaker.ask_close(db, asker, reason="all is well", now=now)
                )
            with self.world.database.unit() as db:
                breaker.close(db, closer, step_up=self.world.step_up(binding), now=now)

        self.may(both)

    @rule(who=PEOPLE, number=NUMBER)
    def release(self, who: str, number: int) -> None:
        def let_go(command: DeviceCommand) -> None:
            with self.world.database.unit() as db:
                service.release(
                    db, self.world.person(who), command.id, reason="it is the right one",
                    step_up=self.world.step_up(command.binding), now=self.world.clock(),
                )  # fmt: skip

        self.decide(number, let_go)

    @rule()
    def synchronise(self) -> None:
        self.world.synchronise()

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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("vendor", ERASABLE)
def test_any_order_of_what_people_and_vendors_do(fresh: Fresh, backend: str, vendor: str) -> None:
    few = FEW[vendor, backend]
    examples = int(os.environ.get("HOMEROOM_MACHINE_EXAMPLES", few))
    Commands.fresh, Commands.vendor, Commands.tally = staticmethod(fresh), vendor, Counter()
    profile = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if examples <= few else list(Phase),  # looking for less takes long
    )  # fmt: skip
    run_state_machine_as_test(Commands, settings=profile)
    print(dict(Commands.tally))
    assert Commands.tally["effects"] >= examples // 2, "little was done: a proof of nothing"
    assert vendor != "jamf_pro" or Commands.tally["pins"], "no PIN was sent"
