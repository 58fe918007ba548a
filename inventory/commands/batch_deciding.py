"""Deciding about a batch: approved as a whole, stopped as a whole."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import holds
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.commands import announcing
from inventory.commands.batches import MAX_REASON, get_batch, record
from inventory.commands.deciding import require_second_person
from inventory.commands.models import Approval, CommandBatch, DeviceCommand
from inventory.commands.moving import move
from inventory.commands.onward import go_on
from inventory.commands.states import UNSENT, CommandState
from inventory.commands.step_up import StepUp, require_person
from inventory.errors import Conflict


def approve_batch(
    db: Session,
    actor: Actor,
    batch_id: int,
    *,
    digest: str,
    step_up: StepUp | None,
    now: datetime,
) -> CommandBatch:
    """One person's yes to the list whose digest they saw. A hold on one device stops them all.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    batch, commands = _for_decision(db, actor, batch_id, now)
    require_person(actor, "approving")
    if digest != batch.digest:
        raise Conflict("this is not the list that was asked for; read it again")
    require_second_person(
        db, actor, batch.requested_by_id, batch.requested_session_id, batch.digest,
        step_up=step_up, now=now,
    )  # fmt: skip
    for command in commands:
        if command.effect.destructive:
            holds.require_free(db, command.asset_id, "erased or retired")
    known = select(Approval).where(Approval.batch_id == batch.id)
    given = db.exec(known).all()
    if any(approval.approver_id == actor.id for approval in given):
        raise Conflict("you have approved it already; another person must")
    assert actor.id is not None
    db.add(
        Approval(
            batch_id=batch.id, requester_id=batch.requested_by_id, approver_id=actor.id,
            approver=actor.name[:200], session_id=actor.session_id, at=now,
            method=step_up.method if step_up else "", binding=batch.digest,
        )
    )  # fmt: skip
    db.flush()
    record(db, actor, "approval_given", batch, now)
    if len(given) + 1 >= batch.approvals_needed:
        _end(db, actor, batch, "approved", "", now)
        for command in commands:
            if command.state is CommandState.REQUESTED:
                go_on(db, command, actor=actor, now=now)
    return batch


def stop_batch(
    db: Session, actor: Actor, batch_id: int, *, reason: str, now: datetime
) -> CommandBatch:
    """Reject or call off: every device that has not left. Who asked cancels, others reject."""
    batch, commands = _locked(db, actor, batch_id)
    mine = batch.requested_by_id is not None and batch.requested_by_id == actor.id
    permission = Permission.COMMAND_BULK if mine else Permission.COMMAND_APPROVE
    for command in commands:
        actor.require(permission, _site(db, command))
    why = entered(reason, "reason", MAX_REASON, lines=True)
    if not why and not mine:
        raise wrong("reason", "must say why")
    waiting = [c for c in commands if c.state in {*UNSENT, CommandState.HELD}]
    if not waiting:
        raise Conflict("every device of it has left already")
    for command in waiting:
        refuse = not mine and command.state is CommandState.REQUESTED
        to = CommandState.REJECTED if refuse else CommandState.CANCELLED
        move(
            db, command, to, actor=actor, now=now, event=to.value, reason=why,
            note=why[:500] or "called off with its batch",
        )  # fmt: skip
    if batch.state == "requested":
        _end(db, actor, batch, "cancelled" if mine else "rejected", why, now)
    else:
        record(db, actor, "stopped", batch, now, why)
    return batch


def _for_decision(
    db: Session, actor: Actor, batch_id: int, now: datetime
) -> tuple[CommandBatch, Sequence[DeviceCommand]]:
    batch, commands = _locked(db, actor, batch_id)
    for command in commands:
        actor.require(Permission.COMMAND_APPROVE, _site(db, command))
    if batch.state != "requested" or batch.expires_at <= now:
        raise Conflict(f"this batch is {batch.state}")
    return batch, commands


def _locked(
    db: Session, actor: Actor, batch_id: int
) -> tuple[CommandBatch, Sequence[DeviceCommand]]:
    """The batch, its assets and its commands, locked in this order."""
    _, rows = get_batch(db, actor, batch_id)
    query = select(CommandBatch).where(CommandBatch.id == batch_id).with_for_update()
    batch = db.exec(query.execution_options(populate_existing=True)).one()
    assets = select(Asset).where(col(Asset.id).in_([asset.id for _, asset in rows]))
    db.exec(assets.order_by(col(Asset.id)).with_for_update()).all()
    mine = select(DeviceCommand).where(DeviceCommand.batch_id == batch_id)
    mine = mine.order_by(col(DeviceCommand.id)).with_for_update()
    return batch, db.exec(mine.execution_options(populate_existing=True)).all()


def _site(db: Session, command: DeviceCommand) -> int | None:
    asset = db.get(Asset, command.asset_id)
    return asset.site_id if asset else None


def _end(
    db: Session, actor: Actor, batch: CommandBatch, state: str, why: str, now: datetime
) -> None:
    batch.state, batch.finished_at = state, now
    batch.version += 1
    db.add(batch)
    record(db, actor, state, batch, now, why)
    announcing.batch_ended(db, batch, state, actor.name, why, now=now)
