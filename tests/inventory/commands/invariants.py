"""What must hold whatever people, vendors and the worker do; the rules are in test_machine.py.

| must hold                                        | looked at by                                  |
|--------------------------------------------------|-----------------------------------------------|
| nothing leaves without enough other persons      | who_agreed_was_somebody_else                  |
| who made the asker's account, or is new: no      | who_agreed_was_somebody_else                  |
| an ended command stays ended                     | an_end_is_an_end_and_one_is_open              |
| one open command of a kind on a device           | an_end_is_an_end_and_one_is_open              |
| a command is carried out once                    | what_was_done_was_meant_and_done_once         |
| on the very device that was meant                | the_device_was_the_one_that_was_meant         |
| not by old news that nobody knew of              | the_device_was_the_one_that_was_meant         |
| not before the cool-off is over                  | the_wait_was_kept                             |
| nothing is erased under a hold                   | nothing_forbidden_was_done                    |
| nor by us what is somebody's own                 | nothing_forbidden_was_done                    |
| nor while the breaker is open; two close it      | nothing_leaves_while_all_is_stopped           |
| the budget is never exceeded                     | the_budget_holds_and_the_log_is_whole         |
| the audit chain verifies                         | the_budget_holds_and_the_log_is_whole         |
| every PIN that left is kept, and opens           | every_pin_is_kept                             |
"""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis.stateful import invariant
from sqlmodel import Session, col, select

from inventory.audit import service as audit
from inventory.commands import devices, escrow, planning
from inventory.commands.guard_models import Breaker, BreakerEvent
from inventory.commands.models import Approval, CommandSend, DeviceCommand
from inventory.commands.policy import DEFAULTS
from inventory.commands.states import TERMINAL, CommandState
from mdm.capabilities import Need
from mdm.types import Action, Ownership
from tests.inventory.commands.world import World

MADE = {"pup": "ann"}
"""Who made whose account: the maker must not be the second person."""

HARSH = {Action.WIPE, Action.RETIRE}
COOL_OFF = {Action.WIPE: timedelta(minutes=15), Action.RETIRE: timedelta(minutes=5)}


class Invariants:
    """Looked at after every rule. What the rules write down for it:

    held_at   devices under a hold, and how many effects there were when it was raised
    serials   which device the vendor says now that it is
    silent    devices that the vendor has not heard of for weeks
    stopped   while the breaker is open: how often it was closed before, and how many were erased
    """

    world: World
    held_at: dict[str, int]
    serials: dict[str, str]
    silent: set[str]
    stopped: tuple[int, int] | None

    def __init__(self) -> None:
        super().__init__()
        self.held_at, self.serials, self.silent, self.stopped = {}, {}, set(), None
        self.ended: dict[int, CommandState] = {}
        self.harsh: list[datetime] = []
        self.seen = 0
        self.opened: set[int] = set()

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

    @invariant()
    def an_end_is_an_end_and_one_is_open(self) -> None:
        with self.world.database.unit(write=False) as db:
            commands = db.exec(select(DeviceCommand)).all()
        for command in commands:
            before = self.ended.setdefault(command.id, command.state)
            assert before not in TERMINAL or before is command.state
            self.ended[command.id] = command.state
        open_ = [(c.device_key, c.effect_class) for c in commands if c.state not in TERMINAL]
        assert len(open_) == len(set(open_)), "two open commands of a kind on a device"

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
    def the_device_was_the_one_that_was_meant(self) -> None:
        fresh = self.world.fake.effects[self.seen :]
        self.seen += len(fresh)
        for device, action in fresh:
            with self.world.database.unit(write=False) as db:
                of_it = select(DeviceCommand).where(
                    DeviceCommand.vendor_id == device, DeviceCommand.action == action,
                    col(DeviceCommand.sent_at).is_not(None),
                )  # fmt: skip
                latest = db.exec(of_it.order_by(col(DeviceCommand.sent_at).desc())).first()
            assert latest is not None, "nobody ordered it"
            assert latest.serial == self.serials[device], f"{action} of another device"
            if action in HARSH and device in self.silent:
                assert "stale" in latest.warnings, f"{action} by old news"

    @invariant()
    def the_wait_was_kept(self) -> None:
        with self.world.database.unit(write=False) as db:
            for send in db.exec(select(CommandSend).where(CommandSend.attempt == 1)).all():
                given = select(Approval.at).where(Approval.command_id == send.command_id)
                agreed = max(db.exec(given).all(), default=send.at)
                assert send.at - agreed >= COOL_OFF.get(send.action, timedelta())

    @invariant()
    def nothing_forbidden_was_done(self) -> None:
        for device, since in self.held_at.items():
            later = self.world.fake.effects[since:]
            assert not [e for e in later if e[0] == device and e[1] in HARSH]
        with self.world.database.unit(write=False) as db:
            for command in db.exec(select(DeviceCommand).where(DeviceCommand.action == "wipe")):
                assert command.ownership != Ownership.PERSONAL

    def stop_is(self) -> tuple[int, int]:
        """How often the breaker was closed so far, and how many harsh effects there are."""
        with self.world.database.unit(write=False) as db:
            closed = db.exec(select(BreakerEvent).where(BreakerEvent.what == "closed")).all()
        return len(closed), sum(effect[1] in HARSH for effect in self.world.fake.effects)

    @invariant()
    def nothing_leaves_while_all_is_stopped(self) -> None:
        closings, harsh = self.stop_is()
        if self.stopped is not None and self.stopped[0] == closings:
            assert harsh == self.stopped[1], "erased while the breaker is open"
        with self.world.database.unit(write=False) as db:
            row = db.exec(select(Breaker)).first()
        self.stopped = (closings, harsh) if row is not None and row.open else None
        if row is not None and row.closed_by_id is not None:
            names = {number: name for name, number in self.world.people.items()}
            asker, closer = names[row.close_asked_by_id or 0], names[row.closed_by_id]
            assert closer not in {asker, MADE.get(asker), "new"}
            assert row.tripped_by_id not in {row.close_asked_by_id, row.closed_by_id}

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
        """Each is opened once, in a unit that is rolled back: looking would be recorded."""
        looker, now = self.world.person("ann"), self.world.clock()
        with self.world.database.unit(write=False) as db:
            sent = select(DeviceCommand).where(col(DeviceCommand.sent_at).is_not(None))
            for command in db.exec(sent).all():
                if command.id in self.opened or Need.PIN not in self.needs(db, command):
                    continue
                found = escrow.reveal_pins(db, looker, command.id, now=now)
                mine = [each for each in found if each.command_id == command.id]
                assert [each.source for each in mine].count(escrow.GENERATED) == 1
                assert all(each.pin.isdigit() for each in mine)
                self.opened.add(command.id)

    def needs(self, db: Session, command: DeviceCommand) -> frozenset[Need]:
        found = devices.target_named(db, command.connection_uid, command.vendor_id)
        capability = planning.capability_of(found, command.action) if found else None
        return capability.needs if capability else frozenset()
