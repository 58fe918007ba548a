"""The sweeper: each minute it looks after whatever is due, whatever the engine thinks of it."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from inventory.audit import service as audit
from inventory.commands import escrow, restoring, watching
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.commands.moving import DELIVERY, locked, move
from inventory.commands.onward import queue
from inventory.commands.states import DRIVEN, UNSENT, CommandState, Held
from inventory.commands.surroundings import Surroundings
from inventory.commands.watching import ClockWatch
from inventory.db import Database
from inventory.engine import JobContext

SWEEP, CHAIN = "command.sweep", "command.chain"
MOST = 500
_CLOCKS = ClockWatch()


def sweep_due(ctx: JobContext) -> None:
    """The handler of the minutely job."""
    sweep(Surroundings.of(ctx), _CLOCKS, heartbeat=ctx.heartbeat)


def check_chain(ctx: JobContext) -> None:
    """The handler that recomputes the audit log every few hours."""
    around = Surroundings.of(ctx)
    watching.check_chain(around.database, now=around.clock())


def sweep(
    around: Surroundings,
    clocks: ClockWatch,
    *,
    heartbeat: Callable[[], None] = lambda: None,
) -> None:
    """Notice a restore, watch, end what has run out, and queue what is due."""
    database = around.database
    restoring.check(database, around.anchor, now=around.clock())
    heartbeat()
    watching.watch(database, clocks, now=around.clock())
    heartbeat()
    expire(database, now=around.clock())
    redrive(database, now=around.clock())
    with database.unit() as db:
        escrow.forget_places(db, now=around.clock())


def expire(database: Database, *, now: datetime) -> int:
    """End what was not sent in time; how many. Each in a unit of its own.

    A command that a restored database holds does not run out: it may have been sent.
    """
    with database.unit(write=False) as db:
        ids = db.exec(_unsent_and_over(now).limit(MOST)).all()
    ended = 0
    for command_id in ids:
        with database.unit() as db:
            command = locked(db, command_id)
            if _over(command, now):
                note = "nobody approved it in time" if command.approved_at is None else (
                    "it was not sent in time"
                )  # fmt: skip
                move(
                    db, command, CommandState.EXPIRED, actor=DELIVERY, now=now, event="expired",
                    note=note,
                )  # fmt: skip
                ended += 1
    with database.unit() as db:
        _expire_batches(db, now)
    return ended


def redrive(database: Database, *, now: datetime) -> list[int]:
    """Queue every command that is due; their ids. One key a minute, so that a job that ended
    without effect does not bar the next."""
    with database.unit() as db:
        due = db.exec(
            select(DeviceCommand)
            .where(
                sa.or_(
                    col(DeviceCommand.state).in_(DRIVEN),
                    col(DeviceCommand.held_reason) == Held.RESTORE,
                ),
                col(DeviceCommand.due_at) <= now,
            )
            .order_by(col(DeviceCommand.due_at))
            .limit(MOST)
        ).all()
        for command in due:
            queue(db, command, again=f".{int(now.timestamp()) // 60}")
        return [command.id for command in due]


def _unsent_and_over(now: datetime) -> SelectOfScalar[int]:
    return (
        select(DeviceCommand.id)
        .where(
            col(DeviceCommand.state).in_([*UNSENT, CommandState.HELD]),
            col(DeviceCommand.expires_at) <= now,
            sa.func.coalesce(col(DeviceCommand.held_reason), "") != Held.RESTORE.value,
        )
        .order_by(col(DeviceCommand.expires_at))
    )


def _over(command: DeviceCommand, now: datetime) -> bool:
    waiting = command.state in UNSENT or (
        command.state is CommandState.HELD and command.held_reason is not Held.RESTORE
    )
    return waiting and command.expires_at is not None and command.expires_at <= now


def _expire_batches(db: Session, now: datetime) -> None:
    query = select(CommandBatch).where(
        CommandBatch.state == "requested", col(CommandBatch.expires_at) <= now
    )
    for batch in db.exec(query.with_for_update()).all():
        batch.state, batch.finished_at = "expired", now
        batch.version += 1
        db.add(batch)
        audit.record(
            db, DELIVERY, "command_batch.expired", now=now, subject_type="command_batch",
            subject_id=batch.id,
        )  # fmt: skip
