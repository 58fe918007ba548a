"""After a lost answer: look at the vendor before anything is done about it.

Found there: it is ours, and is followed. Not found: what does no harm twice is sent once more;
a wipe is not, and waits for a person, unless the vendor is known to list every command at once.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import Permission
from inventory.commands import answering
from inventory.commands.binding import ref_of
from inventory.commands.devices import connection_of
from inventory.commands.effects import AFTER_LOSS, AfterLoss
from inventory.commands.models import CommandSend, DeviceCommand
from inventory.commands.moving import DELIVERY, locked, move, touch
from inventory.commands.states import CommandState
from inventory.commands.surroundings import Surroundings
from inventory.errors import HomeroomError
from inventory.notices.telling import Notice, tell
from mdm import errors
from mdm.connector import Connector
from mdm.types import Outcome, OutcomeState, Receipt

_S = CommandState
SKEW = timedelta(seconds=60)
"""By which a vendor's clock may be behind ours."""

AGAIN = timedelta(minutes=1)
RESEND_WITHIN = timedelta(hours=1)
SEEN = frozenset(OutcomeState) - {OutcomeState.UNKNOWN}


def look(around: Surroundings, command_id: int) -> None:
    """Find out what became of a command whose answer was lost."""
    now = around.clock()
    with around.database.unit(write=False) as db:
        command = db.get(DeviceCommand, command_id)
        if command is None or command.state is not _S.UNCERTAIN:
            return
        if command.due_at is not None and command.due_at > now:
            return
        connection = connection_of(db, command.connection_uid)
        try:
            reader = around.opener.reader(db, connection) if connection else None
        except (HomeroomError, errors.MdmError):
            reader = None
    receipt = receipt_by_hand(command)
    outcome, why = ask(reader, receipt)
    with around.database.unit() as db:
        command = locked(db, command_id)
        if command.state is not _S.UNCERTAIN:
            return
        if outcome is None:
            touch(db, command, now=now, due_at=now + AGAIN, note=why[:500])
        elif outcome.state in SEEN and not _another_may_be_meant(db, command):
            answering.accepted(
                db, command, receipt, event="found", now=now,
                note="the answer was lost; the vendor shows the command",
            )  # fmt: skip
        elif outcome.state in SEEN:
            ask_a_person(db, command, "the vendor shows such a command, perhaps another one", now)
        else:
            _not_found(db, command, around.lists, outcome.reason, now)


def ask(reader: Connector | None, receipt: Receipt) -> tuple[Outcome | None, str]:
    """What the vendor tells of a command; None and why where it could not be asked."""
    if reader is None:
        return None, "the connection does not open"
    try:
        return reader.outcome(receipt), ""
    except errors.MdmError as away:
        return None, f"the vendor could not be asked: {away.reason}"


def receipt_by_hand(command: DeviceCommand) -> Receipt:
    """A receipt to ask with after a command whose own was never received."""
    sent_at = command.sent_at or command.requested_at
    return Receipt(command.vendor, ref_of(command), command.action, sent_at - SKEW)


def _another_may_be_meant(db: Session, command: DeviceCommand) -> bool:
    """Whether we sent the same to this device by another command at about the same time."""
    since = (command.sent_at or command.requested_at) - SKEW
    query = select(CommandSend.id).where(
        CommandSend.device_key == command.device_key,
        CommandSend.action == command.action,
        CommandSend.command_id != command.id,
        col(CommandSend.at) >= since,
        CommandSend.answer != "refused",
    )
    return db.exec(query.limit(1)).first() is not None


def _not_found(
    db: Session, command: DeviceCommand, lists: frozenset[str], told: str, now: datetime
) -> None:
    then = AFTER_LOSS[command.effect]
    if then is AfterLoss.HUMAN and command.vendor in lists:
        then = AfterLoss.RESEND
    if then is AfterLoss.RESEND and not command.resent:
        move(
            db, command, _S.READY, actor=DELIVERY, now=now, event="sent_again", resent=True,
            expires_at=now + RESEND_WITHIN, note="the answer was lost; it is sent once more",
        )  # fmt: skip
    elif then is AfterLoss.GIVE_UP:
        move(
            db, command, _S.FAILED, actor=DELIVERY, now=now, event="given_up",
            note="the answer was lost: it may have been carried out, or not",
        )  # fmt: skip
    else:
        told = f" ({told})" if told else ""
        ask_a_person(db, command, f"the answer was lost, and the vendor cannot tell{told}", now)


def ask_a_person(db: Session, command: DeviceCommand, why: str, now: datetime) -> None:
    """Nothing more happens by itself, and whoever may approve is told until it is settled."""
    move(
        db, command, _S.NEEDS_HUMAN, actor=DELIVERY, now=now, event="needs_human", reason=why,
        expires_at=None, note=why[:500],
    )  # fmt: skip
    text = f"Command {command.id} ({command.action.value}) is unclear: {why}"
    tell(db, Notice("command.needs_human", "A command needs a person", text,
                    Permission.COMMAND_APPROVE, subject_id=command.id,
                    urgent=command.effect.destructive), now=now)  # fmt: skip
