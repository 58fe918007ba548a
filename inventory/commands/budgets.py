"""How much may be destroyed in a time, counted from what left or may have left.

The count and the row that it decides about are written in one transaction under the breaker's
lock: a crash cannot refund, and two workers cannot both take the last one.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.commands.devices import fleet_size
from inventory.commands.models import CommandSend, DeviceCommand
from inventory.commands.policy import Policy, fleet_share
from mdm.capabilities import Effect

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BREAK_GLASS = 2
"""So many times the budget may be used with a code out of the sealed envelope."""


def requester_of(command: DeviceCommand) -> str:
    """Whose budget a command takes from; a token takes from its owner's."""
    if command.requested_by_id is not None:
        return f"account:{command.requested_by_id}"
    return f"{command.requested_kind}:{command.requested_by}"[:80]


def key_of(actor: Actor) -> str:
    """The same for somebody who is about to ask."""
    return f"account:{actor.id}" if actor.id is not None else f"{actor.kind}:{actor.name}"[:80]


def excess(db: Session, command: DeviceCommand, policy: Policy, *, now: datetime) -> str | None:
    """Which budget one more such command would exceed, None where there is room.

    The caller holds the breaker's row locked.
    """
    factor = BREAK_GLASS if command.break_glass else 1
    who = requester_of(command)
    mine = _sent(db, now - HOUR, col(CommandSend.requester) == who)
    if mine >= factor * policy.budget_actor_hour:
        return f"{command.requested_by} has used the budget of {policy.budget_actor_hour} an hour"
    if _sent(db, now - HOUR) >= factor * policy.budget_district_hour:
        return f"the district's budget of {policy.budget_district_hour} an hour is used"
    day = fleet_share(policy, fleet_size(db))
    if _sent(db, now - DAY) >= factor * day:
        return f"the district's budget of {day} in 24 hours is used"
    return None


def left_for(db: Session, actor: Actor, policy: Policy, *, now: datetime) -> int:
    """How many destructive commands this requester could have sent now."""
    mine = _sent(db, now - HOUR, col(CommandSend.requester) == key_of(actor))
    hour, day = _sent(db, now - HOUR), _sent(db, now - DAY)
    return max(
        0,
        min(
            policy.budget_actor_hour - mine,
            policy.budget_district_hour - hour,
            fleet_share(policy, fleet_size(db)) - day,
        ),
    )


def free_locks(db: Session, actor: Actor, *, now: datetime) -> tuple[int, int]:
    """Locks of the last hour that went without approval: the actor's, and the district's."""
    query = (
        select(sa.func.count())
        .select_from(DeviceCommand)
        .where(
            DeviceCommand.effect == Effect.LOCKS,
            DeviceCommand.approvals_needed == 0,
            col(DeviceCommand.requested_at) > now - HOUR,
        )
    )
    mine = query.where(DeviceCommand.requested_by_id == actor.id)
    return int(db.exec(mine).one()), int(db.exec(query).one())


def asked_lately(db: Session, actor: Actor, *, now: datetime) -> int:
    """Commands that the actor asked for in the last hour, batches aside."""
    query = (
        select(sa.func.count())
        .select_from(DeviceCommand)
        .where(
            col(DeviceCommand.requested_at) > now - HOUR,
            col(DeviceCommand.batch_id).is_(None),
            DeviceCommand.requested_by_id == actor.id
            if actor.id is not None
            else DeviceCommand.requested_by == actor.name[:200],
        )
    )
    return int(db.exec(query).one())


def _sent(db: Session, since: datetime, *more: sa.ColumnElement[bool]) -> int:
    query = (
        select(sa.func.count())
        .select_from(CommandSend)
        .where(
            col(CommandSend.destructive),
            col(CommandSend.at) > since,
            col(CommandSend.answer) != "refused",
            *more,
        )
    )
    return int(db.exec(query).one())
