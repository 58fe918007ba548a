"""Sending a command: look at the device, commit the intent, call the vendor, write the answer.

No transaction is open during a call. The intent is committed before the call, under a lease; only
the holder of the lease may write what the vendor said, and whoever finds an intent without an
answer knows that the command may have left.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from inventory.commands import answering, checking, escrow
from inventory.commands.anchor import mark_of
from inventory.commands.answering import Answer, Kind
from inventory.commands.binding import ref_of
from inventory.commands.budgets import requester_of
from inventory.commands.checking import Found
from inventory.commands.devices import connection_of
from inventory.commands.models import CommandSend, DeviceCommand
from inventory.commands.moving import DELIVERY, locked, locked_asset, move, touch
from inventory.commands.planning import capability_of
from inventory.commands.states import CommandState
from inventory.commands.surroundings import Surroundings
from inventory.db import new_uid
from inventory.errors import HomeroomError
from inventory.fleet.models import MdmConnection
from mdm import errors
from mdm.capabilities import Need
from mdm.connector import Connector, ReadsDevice
from mdm.types import Command

log = logging.getLogger(__name__)

SWITCHED_OFF = timedelta(minutes=5)
PATIENCE = (15, 60, 300, 900)
"""Seconds until a vendor that could not be asked is asked again, by how often it could not."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A committed intent: the lease, and what is to be sent."""

    lease: str
    command: Command


def dispatch(around: Surroundings, command_id: int) -> None:
    """Send a command that is ready, once. What stands in its way holds or postpones it."""
    opened = _open(around, command_id)
    if opened is None:
        return
    command, reader, sender = opened
    try:
        found = look_at(reader, command)
    except errors.MdmError as away:
        postpone(around, command_id, f"the device could not be looked at: {away.reason}")
        return
    intent = _commit(around, command_id, found, dry=sender is None)
    if intent is None or sender is None:
        return
    mark_before_sending(around)
    answer = _send(sender, intent.command)
    answering.write(around, command_id, intent.lease, answer)


def _open(
    around: Surroundings, command_id: int
) -> tuple[DeviceCommand, Connector, Connector | None] | None:
    """The command and its connectors; the second is None where nothing is really sent."""
    now = around.clock()
    with around.database.unit(write=False) as db:
        command = db.get(DeviceCommand, command_id)
        if command is None or command.state is not CommandState.READY:
            return None
        if command.due_at is not None and command.due_at > now:
            return None
        connection = connection_of(db, command.connection_uid)
        problem = _problem(around, command, connection)
        if problem is None and connection is not None:
            try:
                reader = around.opener.reader(db, connection)
                live = checking.is_live(connection)
                return command, reader, around.opener.actor(db, connection) if live else None
            except (HomeroomError, errors.MdmError) as refused:
                problem = f"the connection does not open: {refused}"
    postpone(around, command_id, problem or "the connection is gone", SWITCHED_OFF)
    return None


def _problem(
    around: Surroundings, command: DeviceCommand, connection: MdmConnection | None
) -> str | None:
    if connection is None:
        return "its connection was deleted"
    if not connection.enabled:
        return "its connection is switched off"
    if command.effect.destructive and not around.enabled:
        return "destructive commands are switched off on this worker (destructive_enabled)"
    return None


def look_at(reader: Connector, command: DeviceCommand) -> Found:
    """The device as the vendor tells of it now. Raises `MdmError` where it cannot be asked."""
    if not isinstance(reader, ReadsDevice):
        return Found(asked=False)
    try:
        return Found(asked=True, device=reader.device(ref_of(command)))
    except errors.Gone:
        return Found(asked=True)


def _commit(around: Surroundings, command_id: int, found: Found, *, dry: bool) -> Intent | None:
    """The transaction of sending: whatever forbids it is looked at inside, under locks."""
    now = around.clock()
    with around.database.unit() as db:
        asset_id = db.exec(
            select(DeviceCommand.asset_id).where(DeviceCommand.id == command_id)
        ).one()
        locked_asset(db, asset_id)
        command = locked(db, command_id)
        if command.state is not CommandState.READY:
            return None
        if command.due_at is not None and command.due_at > now:
            return None
        if not checking.may_leave(db, command, found, dry=dry, now=now):
            return None
        if dry:
            _write_down(db, command, now)
            return None
        return _intend(db, command, around.lease, now)


def _intend(db: Session, command: DeviceCommand, lease: timedelta, now: datetime) -> Intent:
    token = new_uid()
    move(
        db, command, CommandState.DISPATCHING, actor=DELIVERY, now=now, event="dispatching",
        told={"attempt": command.attempt + 1}, lease_token=token, lease_until=now + lease,
        due_at=now + lease, attempt=command.attempt + 1, sent_at=now, looks=0,
    )  # fmt: skip
    db.add(
        CommandSend(
            command_id=command.id, attempt=command.attempt, at=now,
            requester=requester_of(command), device_key=command.device_key,
            action=command.action, destructive=command.effect.destructive,
            break_glass=command.break_glass, lease_token=token,
        )
    )  # fmt: skip
    db.flush()
    return Intent(token, _outgoing(db, command, now))


def _outgoing(db: Session, command: DeviceCommand, now: datetime) -> Command:
    target = checking.target_of(db, command)
    capability = capability_of(target, command.action) if target else None
    needs_pin = capability is not None and Need.PIN in capability.needs
    return Command(
        action=command.action,
        device=ref_of(command),
        key=command.uid,
        pin=escrow.pin_to_send(db, command, now=now) if needs_pin else None,
        message=command.message or None,
        phone=command.phone or None,
        keep_data_plan=command.keep_data_plan,
    )


def _write_down(db: Session, command: DeviceCommand, now: datetime) -> None:
    """What a connection that is tried out does in the place of sending."""
    move(
        db, command, CommandState.CANCELLED, actor=DELIVERY, now=now, event="dry_run",
        told={"would_have_sent": command.action, "serial": command.serial}, dry_run=True,
        note="tried out only: everything was checked and nothing was sent",
    )  # fmt: skip


def mark_before_sending(around: Surroundings) -> None:
    """Mark outside the database that this intent exists, before the vendor is called."""
    with around.database.unit(write=False) as db:
        mark = mark_of(db)
    around.anchor.write(mark, now=around.clock())


def _send(sender: Connector, command: Command) -> Answer:
    """Call the vendor once. Whatever is not surely a refusal may have been carried out."""
    try:
        return Answer(Kind.ACCEPTED, receipt=sender.send(command))
    except errors.RetryLater as later:
        return Answer(Kind.LATER, later.reason, wait=later.retry_after)
    except (errors.CredentialError, errors.LicenceRequired) as barred:
        return Answer(Kind.LATER, barred.reason, wait=SWITCHED_OFF.total_seconds())
    except errors.Permanent as refused:
        return Answer(Kind.REFUSED, refused.reason)
    except errors.MdmError as lost:
        return Answer(Kind.LOST, lost.reason)
    except Exception as unexpected:
        log.exception("sending failed unexpectedly")
        return Answer(Kind.LOST, f"unexpected {type(unexpected).__name__}")


def postpone(
    around: Surroundings, command_id: int, why: str, wait: timedelta | None = None
) -> None:
    """Look at the command again later; it stays where it is."""
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        if command.state is not CommandState.READY:
            return
        pause = wait or timedelta(seconds=PATIENCE[min(command.looks, len(PATIENCE) - 1)])
        touch(db, command, now=now, due_at=now + pause, looks=command.looks + 1, note=why[:500])
