"""What people are told of a command on its way: asked for, approved, rejected, sent."""

from datetime import datetime

from sqlmodel import Session

from inventory.access import Permission
from inventory.assets.models import Asset
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.notices.telling import Notice, tell


def asked(db: Session, command: DeviceCommand, *, now: datetime) -> None:
    """Somebody must approve it. Of a batch the batch's own notice tells."""
    if command.batch_id is None:
        _tell(
            db, command, "command.requested", "A command waits for approval",
            f"{command.requested_by} asks for it: {command.reason}", now,
        )  # fmt: skip


def approved(db: Session, command: DeviceCommand, who: str, *, now: datetime) -> None:
    """The last approval was given. What needed none is nobody's news."""
    if command.batch_id is None and command.approvals_needed and not command.break_glass:
        wait = f" It waits {command.cool_off_minutes} minutes." if command.cool_off_minutes else ""
        _tell(
            db, command, "command.approved", "A command was approved",
            f"{who} gave the last approval.{wait} It can still be called off.", now,
        )  # fmt: skip


def rejected(db: Session, command: DeviceCommand, who: str, why: str, *, now: datetime) -> None:
    """Somebody said no."""
    _tell(db, command, "command.rejected", "A command was rejected", f"{who}: {why}", now)


def dispatched(db: Session, command: DeviceCommand, *, now: datetime) -> None:
    """The vendor has it: only of what destroys, or every locked tablet would make a mail."""
    if command.effect.destructive:
        _tell(
            db, command, "command.dispatched", "A destructive command was sent",
            f"{command.vendor} has taken it. {command.requested_by} asked for it.", now,
        )  # fmt: skip


def batch_ended(
    db: Session, batch: CommandBatch, state: str, who: str, why: str, *, now: datetime
) -> None:
    """A batch was approved, rejected or called off as a whole."""
    text = f"{who}: {batch.action.value} of {batch.count} devices is {state}. {why}".strip()
    tell(
        db,
        Notice(
            f"batch.{state}", f"A batch was {state}", text, Permission.COMMAND_APPROVE,
            subject_type="command_batch", subject_id=batch.id,
        ),
        now=now,
    )  # fmt: skip


def _tell(
    db: Session, command: DeviceCommand, kind: str, title: str, text: str, now: datetime
) -> None:
    asset = db.get(Asset, command.asset_id)
    about = f"Command {command.id} ({command.action.value}) on {asset.tag if asset else 'a device'}"
    tell(
        db,
        Notice(
            kind, title, f"{about}: {text}", Permission.COMMAND_APPROVE,
            site_id=asset.site_id if asset else None, subject_id=command.id,
        ),
        now=now,
    )  # fmt: skip
