"""Looking at commands: one, a list, what waits for a person, and the story of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.models import Asset
from inventory.audit.models import AuditEvent
from inventory.commands.models import Approval, CommandSend, DeviceCommand
from inventory.commands.states import TERMINAL, CommandState
from inventory.errors import NotFound

WAITING = (CommandState.REQUESTED, CommandState.HELD, CommandState.NEEDS_HUMAN)
"""States in which nothing goes on without a person."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which commands. `open`: not ended; `waiting`: for a person; `mine`: asked for by the actor.

    `before`: only those with a smaller id, for paging.
    """

    asset_id: int | None = None
    state: CommandState | None = None
    open: bool | None = None
    waiting: bool = False
    mine: bool = False
    batch_id: int | None = None
    before: int | None = None
    limit: int = 50


Row = tuple[DeviceCommand, Asset]


def get(db: Session, actor: Actor, command_id: int) -> Row:
    """A command and its asset. Raises `NotFound`, also outside the actor's sites."""
    query = select(DeviceCommand, Asset).where(
        DeviceCommand.id == command_id, col(Asset.id) == col(DeviceCommand.asset_id)
    )
    row = db.exec(query).first()
    if row is None or not actor.may(Permission.MDM_READ, row[1].site_id):
        raise NotFound(f"there is no command {command_id}")
    return row[0], row[1]


def commands(db: Session, actor: Actor, wanted: Filter) -> list[Row]:
    """Commands within the actor's sites, newest first."""
    actor.require_anywhere(Permission.MDM_READ)
    query = select(DeviceCommand, Asset).where(
        col(Asset.id) == col(DeviceCommand.asset_id), *conditions(actor, wanted)
    )
    scope = actor.scope(Permission.MDM_READ)
    if scope is not None:
        query = query.where(col(Asset.site_id).in_(scope))
    query = query.order_by(col(DeviceCommand.id).desc()).limit(wanted.limit)
    return [(command, asset) for command, asset in db.exec(query)]


def conditions(actor: Actor, wanted: Filter) -> list[Any]:
    """The filter as SQL; the actor's reach is the caller's."""
    found: list[Any] = []
    for column, value in (
        (DeviceCommand.asset_id, wanted.asset_id),
        (DeviceCommand.state, wanted.state),
        (DeviceCommand.batch_id, wanted.batch_id),
    ):
        if value is not None:
            found.append(col(column) == value)
    if wanted.open is not None:
        state = col(DeviceCommand.state)
        found.append(state.not_in(TERMINAL) if wanted.open else state.in_(TERMINAL))
    if wanted.waiting:
        found.append(col(DeviceCommand.state).in_(WAITING))
        # A batch waits as a whole, not each of its devices.
        alone = col(DeviceCommand.batch_id).is_(None)
        found.append(sa.or_(alone, col(DeviceCommand.state) != CommandState.REQUESTED))
    if wanted.mine:
        found.append(col(DeviceCommand.requested_by_id) == (actor.id or 0))
    if wanted.before is not None:
        found.append(col(DeviceCommand.id) < wanted.before)
    return found


def approvals_of(db: Session, rows: Sequence[DeviceCommand]) -> dict[int, list[Approval]]:
    """Each command's approvals, its batch's included."""
    ids = [command.id for command in rows]
    batches = {command.batch_id for command in rows if command.batch_id is not None}
    query = select(Approval).where(
        sa.or_(col(Approval.command_id).in_(ids), col(Approval.batch_id).in_(batches))
    )
    given = db.exec(query.order_by(col(Approval.id))).all()
    return {
        command.id: [
            approval
            for approval in given
            if approval.command_id == command.id
            or (command.batch_id is not None and approval.batch_id == command.batch_id)
        ]
        for command in rows
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a command. `action`: the audit log's, without its noun."""

    at: datetime
    action: str
    actor: str
    reason: str
    before: str
    after: str


def timeline(db: Session, actor: Actor, command_id: int) -> tuple[list[Step], list[CommandSend]]:
    """The story of a command, oldest first, and each time that it was sent."""
    get(db, actor, command_id)
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_type == "command", AuditEvent.subject_id == str(command_id))
        .order_by(col(AuditEvent.id))
        .limit(500)
    )
    steps = [
        Step(
            event.at, event.action.partition(".")[2], event.actor_name, event.reason,
            event.before, event.after,
        )
        for event in db.exec(query)
    ]  # fmt: skip
    sent = select(CommandSend).where(CommandSend.command_id == command_id)
    return steps, list(db.exec(sent.order_by(col(CommandSend.id))).all())
