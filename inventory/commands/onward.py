"""How a command goes on by itself once everybody has agreed, and how its job is queued."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.commands import announcing, breaker
from inventory.commands.models import Approval, DeviceCommand
from inventory.commands.moving import hold, move
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import CommandState, Held
from inventory.engine import enqueue

KIND = "command.deliver"


def approvers_of(db: Session, command: DeviceCommand) -> list[Approval]:
    """The approvals that count for a command: its own, or its batch's."""
    mine = (
        Approval.command_id == command.id
        if command.batch_id is None
        else Approval.batch_id == command.batch_id
    )
    query = select(Approval).where(mine).order_by(col(Approval.id))
    return list(db.exec(query).all())


def agreed(db: Session, command: DeviceCommand) -> bool:
    """Whether enough different persons have approved."""
    if command.break_glass or command.approvals_needed == 0:
        return True
    mine = (
        Approval.command_id == command.id
        if command.batch_id is None
        else Approval.batch_id == command.batch_id
    )
    count = select(sa.func.count(sa.distinct(col(Approval.approver_id)))).where(mine)
    return int(db.exec(count).one()) >= command.approvals_needed


def go_on(db: Session, command: DeviceCommand, *, actor: Actor, now: datetime) -> DeviceCommand:
    """Move a request that has all its approvals on: to its cool-off, to ready, or to held."""
    if command.state is not CommandState.REQUESTED or not agreed(db, command):
        return command
    policy = policy_in_force(db)
    cool_off = timedelta(minutes=command.cool_off_minutes)
    expires = now + cool_off + timedelta(hours=policy.approved_hours)
    move(
        db, command, CommandState.APPROVED, actor=actor, now=now, event="approved",
        approved_at=now, ready_at=now + cool_off, expires_at=expires,
    )  # fmt: skip
    announcing.approved(db, command, actor.name, now=now)
    if command.effect.destructive and not command.break_glass and breaker.is_open(db):
        return hold(
            db, command, Held.BREAKER, "destructive commands are stopped", actor=actor, now=now
        )
    return set_off(db, command, actor=actor, now=now)


def set_off(
    db: Session, command: DeviceCommand, *, actor: Actor, now: datetime, event: str = ""
) -> DeviceCommand:
    """Into what is left of the cool-off, else ready; the job is queued in this transaction."""
    ready_at = command.ready_at or now
    if ready_at > now:
        return move(
            db, command, CommandState.COOLING_OFF, actor=actor, now=now,
            event=event or "cooling_off", due_at=ready_at,
        )  # fmt: skip
    move(db, command, CommandState.READY, actor=actor, now=now, event=event or "ready")
    queue(db, command)
    return command


def queue(db: Session, command: DeviceCommand, *, again: str = "") -> None:
    """Queue the job that looks at this command as it is now; `again` makes it another one."""
    key = f"{command.id}.{command.version}{again}"
    enqueue(db, KIND, {"command": command.id}, key=key)
