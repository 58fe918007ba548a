"""Following a command that the vendor has, to its end: by asking, and by what is seen later."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from inventory.commands import escrow, evidence
from inventory.commands.devices import connection_of
from inventory.commands.looking import ask, ask_a_person, receipt_by_hand
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import DELIVERY, locked, move, touch
from inventory.commands.states import SENT, CommandState
from inventory.commands.surroundings import Surroundings
from inventory.errors import HomeroomError
from mdm import errors
from mdm.capabilities import Confirmation
from mdm.connector import Cancels, Connector
from mdm.records import receipt_from_json
from mdm.types import Outcome, OutcomeState as Told, Receipt

_S = CommandState
PAUSES = (15, 30, 60, 120, 300, 900, 1800, 3600)
"""Seconds between two questions, by how often nothing new was told."""

ENDS = {
    Told.VERIFIED: _S.VERIFIED, Told.FAILED: _S.FAILED, Told.EXPIRED: _S.EXPIRED,
    Told.CANCELLED: _S.CANCELLED,
}  # fmt: skip
STILL_THERE = frozenset({Told.VERIFIED, Told.ACKNOWLEDGED, Told.FAILED})
"""What a command that was called off in time does not come to."""


def follow(around: Surroundings, command_id: int) -> None:
    """Ask once what has become of it, and write that down."""
    opened = _open(around, command_id)
    if opened is None:
        return
    command, receipt, reader = opened
    outcome, why = ask(reader, receipt)
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        if command.state not in SENT:
            return
        if outcome is not None:
            _keep_finds(db, command, outcome, now)
        _write(db, command, outcome, why, now)


def call_off(around: Surroundings, command_id: int) -> None:
    """Call a command off at its vendor; asking twice does no harm there."""
    now = around.clock()
    with around.database.unit(write=False) as db:
        command = db.get(DeviceCommand, command_id)
        if command is None or command.state is not _S.CANCEL_PENDING:
            return
        if command.due_at is not None and command.due_at > now:
            return
        connection = connection_of(db, command.connection_uid)
        try:
            sender = around.opener.actor(db, connection) if connection else None
        except (HomeroomError, errors.MdmError):
            sender = None
    called = _call_off(sender, receipt_of(command))
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        if command.state is _S.CANCEL_PENDING:
            _write_called(db, command, called, now)


def receipt_of(command: DeviceCommand) -> Receipt:
    """The vendor's receipt, or one by hand where there never was one."""
    return receipt_from_json(command.receipt) if command.receipt else receipt_by_hand(command)


def _open(
    around: Surroundings, command_id: int
) -> tuple[DeviceCommand, Receipt, Connector | None] | None:
    with around.database.unit(write=False) as db:
        command = db.get(DeviceCommand, command_id)
        if command is None or command.state not in SENT:
            return None
        connection = connection_of(db, command.connection_uid)
        try:
            reader = around.opener.reader(db, connection) if connection else None
        except (HomeroomError, errors.MdmError):
            reader = None
    return command, receipt_of(command), reader


def _keep_finds(db: Session, command: DeviceCommand, outcome: Outcome, now: datetime) -> None:
    if outcome.pin:
        escrow.keep_pin(db, command, outcome.pin, escrow.VENDOR, now=now)
    if outcome.place is not None:
        escrow.keep_place(db, command, outcome.place, now=now)


def _write(
    db: Session, command: DeviceCommand, outcome: Outcome | None, why: str, now: datetime
) -> None:
    told = outcome.state if outcome is not None else None
    words: dict[str, Any] = {"note": (outcome.reason if outcome else why)[:500]}
    if outcome is not None:
        words["vendor_state"] = outcome.state.value
    end = ENDS.get(told) if told is not None else None
    if end is _S.FAILED and command.effect.destructive:
        words["note"] = f"the vendor says failed; do not rely on it: {words['note']}"[:500]
    if end is not None:
        move(db, command, end, actor=DELIVERY, now=now, event=end.value, **words)
        return
    shown = evidence.of(db, command)
    if shown is not None:
        words["note"] = shown
        move(db, command, _S.VERIFIED, actor=DELIVERY, now=now, event="verified", **words)
        return
    known = told is Told.ACKNOWLEDGED or command.confirmed_by == Confirmation.NEVER.value
    if known and command.state is _S.DISPATCHED:
        move(
            db, command, _S.ACKNOWLEDGED, actor=DELIVERY, now=now, event="acknowledged", looks=0,
            due_at=_next(command, 0, now), **words,
        )  # fmt: skip
        return
    if command.expires_at is not None and command.expires_at <= now:
        _overdue(db, command, words, now)
        return
    touch(
        db, command, now=now, looks=command.looks + 1,
        due_at=_next(command, command.looks, now), **words,
    )  # fmt: skip


def _next(command: DeviceCommand, looks: int, now: datetime) -> datetime:
    due = now + timedelta(seconds=PAUSES[min(looks, len(PAUSES) - 1)])
    return min(due, command.expires_at) if command.expires_at else due


def _overdue(db: Session, command: DeviceCommand, words: dict[str, Any], now: datetime) -> None:
    """Its time is over: a command that is carried out late hits the device's next user."""
    if command.state is _S.CANCEL_PENDING:
        touch(db, command, now=now, due_at=now + timedelta(minutes=5), expires_at=None)
    elif command.cancellable:
        move(
            db, command, _S.CANCEL_PENDING, actor=DELIVERY, now=now, event="overdue", looks=0,
            cancel_by="", expires_at=None, **words,
        )  # fmt: skip
    elif command.effect.destructive:
        why = "its device did not carry it out in time, and the vendor cannot call it off: it "
        ask_a_person(db, command, why + "may still happen", now)
    else:
        move(db, command, _S.EXPIRED, actor=DELIVERY, now=now, event="expired", **words)


def _call_off(sender: Connector | None, receipt: Receipt) -> Outcome | str | None:
    """The outcome after calling off, why it was refused, or None where nobody could be asked."""
    if sender is None:
        return None
    if not isinstance(sender, Cancels):
        return "the connector cannot call anything off"
    try:
        return sender.cancel(receipt)
    except errors.Permanent as refused:
        return refused.reason
    except errors.MdmError:
        return None


def _write_called(
    db: Session, command: DeviceCommand, called: Outcome | str | None, now: datetime
) -> None:
    if called is None:
        pause = timedelta(seconds=PAUSES[min(command.looks + 2, len(PAUSES) - 1)])
        touch(db, command, now=now, due_at=now + pause, looks=command.looks + 1)
    elif isinstance(called, Outcome) and called.state not in STILL_THERE:
        end = _S.CANCELLED if command.cancel_by else _S.EXPIRED
        move(
            db, command, end, actor=DELIVERY, now=now, event="called_off",
            note="called off at the vendor",
        )  # fmt: skip
    elif isinstance(called, Outcome) or command.cancel_by:
        note = called if isinstance(called, str) else "too late: the device has it already"
        move(
            db, command, _S.DISPATCHED, actor=DELIVERY, now=now, event="too_late", note=note[:500],
            cancellable=False, expires_at=now + timedelta(days=1),
        )  # fmt: skip
    else:
        ask_a_person(db, command, f"it is overdue and could not be called off: {called}", now)
