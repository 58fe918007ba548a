"""Reconciling a command that a restored database held: the vendor is asked, then a person says."""

from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import holds
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import breaker
from inventory.commands.deciding import for_decision, require_second_person, was_sent
from inventory.commands.devices import connection_of
from inventory.commands.following import receipt_of
from inventory.commands.looking import AGAIN, SEEN, ask
from inventory.commands.models import DeviceCommand
from inventory.commands.moving import DELIVERY, locked, move, touch
from inventory.commands.onward import go_on, set_off
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import CommandState, Held
from inventory.commands.step_up import StepUp, require_person
from inventory.commands.surroundings import Surroundings
from inventory.errors import Conflict, HomeroomError
from mdm import errors
from mdm.records import receipt_to_json

_S = CommandState
MAX_REASON = 1000


def look(around: Surroundings, command_id: int) -> None:
    """Ask the vendor once. What it shows is followed; what it does not show waits for a person."""
    with around.database.unit(write=False) as db:
        command = db.get(DeviceCommand, command_id)
        if command is None or not _waits(command):
            return
        connection = connection_of(db, command.connection_uid)
        try:
            reader = around.opener.reader(db, connection) if connection else None
        except (HomeroomError, errors.MdmError):
            reader = None
    receipt = receipt_of(command)
    outcome, why = ask(reader, receipt)
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        if not _waits(command):
            return
        if outcome is None:
            touch(db, command, now=now, due_at=now + 5 * AGAIN, note=why[:500])
        elif outcome.state in SEEN:
            days = policy_in_force(db).sent_days
            move(
                db, command, _S.DISPATCHED, actor=DELIVERY, now=now, event="reconciled",
                told={"by": "vendor"}, receipt=receipt_to_json(receipt),
                sent_at=command.sent_at or command.requested_at,
                expires_at=now + timedelta(days=days), note="the vendor shows the command",
            )  # fmt: skip
        else:
            told = f"the vendor does not show it: {outcome.reason}"
            touch(db, command, now=now, due_at=None, note=told[:500])


def reconcile(
    db: Session,
    actor: Actor,
    command_id: int,
    *,
    sent: bool,
    step_up: StepUp | None,
    reason: str,
    now: datetime,
) -> DeviceCommand:
    """A person who could have approved it says whether it was sent before the restore.

    Sent: it is followed. Not sent, and not even on its way in the backup: it goes on where it was;
    else it ends, and who wants it asks anew.
    """
    asset, command = for_decision(db, actor, command_id, Permission.COMMAND_APPROVE, None)
    require_person(actor, "reconciling")
    if not _waits(command):
        raise Conflict(f"this command is {command.state.value}")
    why = entered(reason, "reason", MAX_REASON, lines=True)
    if not why:
        raise wrong("reason", "must say how you know")
    require_second_person(
        db, actor, command.requested_by_id, command.requested_session_id, command.binding,
        step_up=step_up, now=now,
    )  # fmt: skip
    audit.record(
        db, actor, "command.reconciled", now=now, subject_type="command", subject_id=command.id,
        site_id=asset.site_id, after={"sent": sent}, reason=why,
    )  # fmt: skip
    if sent:
        days = policy_in_force(db).sent_days
        return move(
            db, command, _S.DISPATCHED, actor=actor, now=now, event="settled", reason=why,
            sent_at=command.sent_at or command.requested_at,
            expires_at=now + timedelta(days=days), note=f"{actor.name}: {why}"[:500],
        )  # fmt: skip
    return _not_sent(db, actor, command, why, now)


def _not_sent(
    db: Session, actor: Actor, command: DeviceCommand, why: str, now: datetime
) -> DeviceCommand:
    if was_sent(command):
        return move(
            db, command, _S.CANCELLED, actor=actor, now=now, event="cancelled", reason=why,
            note="on its way when the backup was made: ask anew",
        )  # fmt: skip
    if command.expires_at is not None and command.expires_at <= now:
        return move(
            db, command, _S.EXPIRED, actor=actor, now=now, event="expired", reason=why,
            note="it was not sent in time",
        )  # fmt: skip
    if command.approved_at is None:
        move(db, command, _S.REQUESTED, actor=actor, now=now, event="settled", reason=why)
        return go_on(db, command, actor=actor, now=now)
    if command.effect.destructive:
        holds.require_free(db, command.asset_id, "erased or retired")
        if breaker.is_open(db):
            raise Conflict("destructive commands are stopped: close the breaker first")
    return set_off(db, command, actor=actor, now=now)


def _waits(command: DeviceCommand) -> bool:
    return command.state is _S.HELD and command.held_reason is Held.RESTORE
