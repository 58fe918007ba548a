"""The one way in which a command changes its state: compare and swap, and an event beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, system_actor
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.commands.models import DeviceCommand
from inventory.commands.states import (
    DRIVEN,
    TERMINAL,
    CommandState,
    Held,
    may_move,
)
from inventory.errors import Conflict, NotFound

DELIVERY = system_actor("command delivery", ())
"""Who acts when the program goes on by itself."""


class Moved(Conflict):
    """Somebody else moved the command in between."""


def locked(db: Session, command_id: int) -> DeviceCommand:
    """The command as it is now, for no other writer until the transaction ends.

    Raises `NotFound`; it checks nobody's permission.
    """
    query = select(DeviceCommand).where(DeviceCommand.id == command_id).with_for_update()
    command = db.exec(query.execution_options(populate_existing=True)).first()
    if command is None:
        raise NotFound(f"there is no command {command_id}")
    return command


def locked_asset(db: Session, asset_id: int) -> Asset | None:
    """The asset, locked: whoever raises a hold on it waits for us, or has raised it before."""
    query = select(Asset).where(Asset.id == asset_id).with_for_update()
    return db.exec(query.execution_options(populate_existing=True)).first()


def move(
    db: Session,
    command: DeviceCommand,
    to: CommandState,
    *,
    actor: Actor,
    now: datetime,
    event: str,
    reason: str = "",
    told: Mapping[str, object] | None = None,
    **values: Any,
) -> DeviceCommand:
    """Move a command and write the event, both or neither.

    event   the audit action behind "command."
    told    what the event tells beside the states
    values  further columns

    Raises `Moved` where the row is no longer what was read, `Conflict` for a move that the table
    of states lacks.
    """
    before = command.state
    if not may_move(before, to):
        raise Conflict(f"a command that is {before.value} cannot become {to.value}")
    changes: dict[str, Any] = {
        "held_reason": None, "held_note": "", "held_codes": [], "due_at": None,
    }  # fmt: skip
    if to is not CommandState.DISPATCHING:
        changes |= {"lease_token": "", "lease_until": None}
    if to in TERMINAL:
        changes |= {"finished_at": now, "expires_at": None}
    if to in DRIVEN:
        changes["due_at"] = now
    changes |= {**values, "state": to, "version": command.version + 1, "changed_at": now}
    swap(db, command, changes)
    audit.record(
        db, actor, f"command.{event}", now=now, subject_type="command", subject_id=command.id,
        site_id=None, before={"state": before}, after={"state": to, **(told or {})}, reason=reason,
    )  # fmt: skip
    return command


def hold(
    db: Session,
    command: DeviceCommand,
    why: Held,
    note: str,
    *,
    actor: Actor = DELIVERY,
    now: datetime,
    **values: Any,
) -> DeviceCommand:
    """Stop a command where it is; it remembers where that was."""
    return move(
        db, command, CommandState.HELD, actor=actor, now=now, event="held", reason=note,
        told={"why": why}, held_reason=why, held_note=note[:500],
        held_from=command.state.value, **values,
    )  # fmt: skip


def touch(db: Session, command: DeviceCommand, *, now: datetime, **values: Any) -> DeviceCommand:
    """Change columns without a move and without an event. Raises `Moved`."""
    changes = {**values, "version": command.version + 1, "changed_at": now}
    swap(db, command, changes)
    return command


def swap(db: Session, command: DeviceCommand, changes: Mapping[str, Any]) -> None:
    """UPDATE ... WHERE it is still in the state and version that were read."""
    db.flush()
    done = db.execute(
        sa.update(DeviceCommand)
        .where(
            col(DeviceCommand.id) == command.id,
            col(DeviceCommand.state) == command.state,
            col(DeviceCommand.version) == command.version,
        )
        .values(**changes)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Moved(f"command {command.id} was moved by somebody else meanwhile")
    db.refresh(command)
