"""What the vendor's answer, or its absence, makes of a command that was sent."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.commands import announcing
from inventory.commands.effects import deadline_of
from inventory.commands.models import CommandSend, DeviceCommand
from inventory.commands.moving import DELIVERY, locked, move
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import CommandState
from inventory.commands.surroundings import Surroundings
from mdm.capabilities import Confirmation
from mdm.records import receipt_to_json
from mdm.types import Receipt

log = logging.getLogger(__name__)

_S = CommandState
FIRST_LOOK = timedelta(seconds=15)
PATIENCE = (15, 60, 300, 900)
"""Seconds until a command is tried again that the vendor surely did not take, by attempts."""


class Kind(StrEnum):
    """What is known after a call."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good, and surely not carried out
    LATER = "later"  # surely not carried out, and may be tried again
    LOST = "lost"  # it may have been carried out


@dataclass(frozen=True, slots=True)
class Answer:
    """`wait`: seconds that the vendor asked for."""

    kind: Kind
    reason: str = ""
    receipt: Receipt | None = None
    wait: float | None = None


def write(around: Surroundings, command_id: int, lease: str, answer: Answer) -> bool:
    """Write the answer if the lease is still ours; whether it was.

    A late answer changes nothing but the record of its sending: the command was looked after by
    somebody else meanwhile.
    """
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        counted = "refused" if answer.kind in {Kind.REFUSED, Kind.LATER} else answer.kind.value
        db.execute(
            sa.update(CommandSend)
            .where(col(CommandSend.lease_token) == lease, col(CommandSend.answer) == "")
            .values(answer=counted, answered_at=now, note=answer.reason[:500])
        )
        if command.state is not _S.DISPATCHING or command.lease_token != lease:
            log.warning("an answer for command %d came after its lease", command_id)
            return False
        _settle(db, command, answer, now)
        return True


def _settle(db: Session, command: DeviceCommand, answer: Answer, now: datetime) -> None:
    told = {"attempt": command.attempt, "answer": answer.kind}
    if answer.kind is Kind.ACCEPTED and answer.receipt is not None:
        accepted(db, command, answer.receipt, event="dispatched", now=now)
    elif answer.kind is Kind.LATER:
        pause = PATIENCE[min(command.attempt - 1, len(PATIENCE) - 1)]
        due = now + timedelta(seconds=max(answer.wait or 0, pause))
        move(
            db, command, _S.READY, actor=DELIVERY, now=now, event="put_off", told=told,
            due_at=due, note=answer.reason[:500],
        )  # fmt: skip
    elif answer.kind is Kind.REFUSED:
        move(
            db, command, _S.FAILED, actor=DELIVERY, now=now, event="refused", told=told,
            note=answer.reason[:500],
        )  # fmt: skip
    else:
        lost(db, command, answer.reason, now=now)


def accepted(
    db: Session,
    command: DeviceCommand,
    receipt: Receipt,
    *,
    event: str,
    note: str = "",
    now: datetime,
) -> None:
    """The vendor has it: from here it is followed until its deadline."""
    days = policy_in_force(db).sent_days
    confirmed_by = Confirmation(command.confirmed_by)
    sent_at = command.sent_at or now
    move(
        db, command, _S.DISPATCHED, actor=DELIVERY, now=now, event=event,
        told={"vendor_command": receipt.command_id}, receipt=receipt_to_json(receipt), looks=0,
        due_at=now + FIRST_LOOK, note=note[:500], sent_at=sent_at,
        expires_at=sent_at + deadline_of(command.effect_class, confirmed_by, days),
    )  # fmt: skip
    announcing.dispatched(db, command, now=now)


def lost(db: Session, command: DeviceCommand, why: str, *, now: datetime) -> None:
    """Nobody knows whether it left: wait until the vendor must have made up its mind."""
    settle = timedelta(seconds=policy_in_force(db).settle_seconds)
    move(
        db, command, _S.UNCERTAIN, actor=DELIVERY, now=now, event="answer_lost",
        told={"attempt": command.attempt}, due_at=now + settle, expires_at=None, looks=0,
        note=why[:500],
    )  # fmt: skip


def lease_over(around: Surroundings, command_id: int) -> None:
    """An intent whose sender is not heard of any more: it may have left."""
    now = around.clock()
    with around.database.unit() as db:
        command = locked(db, command_id)
        if command.state is not _S.DISPATCHING:
            return
        if command.lease_until is not None and command.lease_until > now:
            return
        db.execute(
            sa.update(CommandSend)
            .where(
                col(CommandSend.lease_token) == command.lease_token, col(CommandSend.answer) == ""
            )
            .values(answer="lost", answered_at=now, note="the sender was not heard of again")
        )
        lost(db, command, "the program ended while it was sent", now=now)
