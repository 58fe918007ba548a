"""Syncs as people see them: ask for one, watch it, cancel it; and those that the clock asks for.

What a sync does is in `sync_run`. None ever creates a command: nothing here knows of commands.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.audit import service as audit
from inventory.db import Database, now as present
from inventory.engine import JobContext, enqueue
from inventory.errors import Conflict, NotFound
from inventory.fleet import alarms, connections, tag_writing
from inventory.fleet.connection_rules import Limits
from inventory.fleet.models import (
    OPEN_SYNCS,
    AlarmKind,
    MdmConnection,
    MdmSync,
    SyncScope,
    SyncState,
)
from inventory.settings import Settings

KIND, DUE = "mdm.sync", "mdm.due"
MAX_ATTEMPTS = 8
SILENT = timedelta(minutes=5)
"""A running sync beats every few seconds; one that is silent for so long has lost its worker."""

WAITED = timedelta(minutes=30)
"""A queued sync that nobody took for so long is put into the queue once more: harmless, as only
one runner can own it."""

EXPIRES_SOON = timedelta(days=14)
CLOCK = system_actor("mdm schedule", {Permission.MDM_READ, Permission.MDM_WRITE})


def request_sync(
    db: Session,
    actor: Actor,
    connection_id: int,
    *,
    scope: SyncScope = SyncScope.FULL,
    accept_fewer: bool = False,
    now: datetime,
) -> MdmSync:
    """Ask for a sync; its job is queued in the same transaction.

    accept_fewer: it is right that the vendor has far fewer devices than are known; only a full
    list can tell which. An incremental sync of a connection that was never listed is a full one.
    Raises `NotFound`, `Forbidden`, and `Conflict` while one is under way.
    """
    connection = connections.get(db, actor, connection_id, lock=True)
    actor.require(Permission.MDM_WRITE, connection.site_id)
    under_way = db.exec(
        select(MdmSync).where(
            MdmSync.connection_id == connection.id, col(MdmSync.state).in_(OPEN_SYNCS)
        )
    ).first()
    if under_way is not None:
        raise Conflict(f"sync {under_way.id} of {connection.label} is {under_way.state.value}")
    if connection.heard_since is None or accept_fewer:
        scope = SyncScope.FULL
    sync = MdmSync(
        connection_id=connection.id,
        scope=scope,
        accept_fewer=accept_fewer,
        requested_by=actor.name[:200],
        requested_by_id=actor.id,
        requested_at=now,
    )
    db.add(sync)
    db.flush()
    sync.job_key = enqueue(db, KIND, {"sync": sync.id}, key=f"{sync.id}.1")[:80]
    if actor.kind != "system":
        audit.record(
            db, actor, "mdm_sync.requested", now=now, subject_type="mdm_sync",
            subject_id=sync.id, site_id=connection.site_id,
            after={"connection": connection.label, "scope": scope, "accept_fewer": accept_fewer},
        )  # fmt: skip
    return sync


def cancel(db: Session, actor: Actor, sync_id: int, *, now: datetime) -> MdmSync:
    """Stop a sync: at once while it is queued, within seconds while it runs.

    Raises `Conflict` when it has ended. Asking twice is harmless.
    """
    sync, connection = get(db, actor, sync_id, lock=True)
    actor.require(Permission.MDM_WRITE, connection.site_id)
    if sync.state not in OPEN_SYNCS:
        raise Conflict(f"sync {sync.id} is {sync.state.value}")
    if sync.cancel_requested:
        return sync
    sync.cancel_requested = True
    if sync.state is SyncState.QUEUED:
        sync.state, sync.finished_at = SyncState.CANCELLED, now
    db.add(sync)
    audit.record(
        db, actor, "mdm_sync.cancelled", now=now, subject_type="mdm_sync", subject_id=sync.id,
        site_id=connection.site_id, after={"connection": connection.label},
    )  # fmt: skip
    return sync


def get(
    db: Session, actor: Actor, sync_id: int, *, lock: bool = False
) -> tuple[MdmSync, MdmConnection]:
    """A sync and its connection. Raises `NotFound`, also outside the actor's sites."""
    query = select(MdmSync).where(MdmSync.id == sync_id)
    sync = db.exec(query.with_for_update() if lock else query).first()
    connection = db.get(MdmConnection, sync.connection_id) if sync else None
    if sync is None or connection is None or not actor.may(Permission.MDM_READ, connection.site_id):
        raise NotFound(f"there is no sync {sync_id}")
    return sync, connection


def recent(
    db: Session, actor: Actor, connection_id: int, *, before: int | None = None, limit: int = 50
) -> list[MdmSync]:
    """Syncs of a connection, newest first; `before` an id is the keyset."""
    connection = connections.get(db, actor, connection_id)
    query = select(MdmSync).where(MdmSync.connection_id == connection.id)
    if before is not None:
        query = query.where(MdmSync.id < before)
    return list(db.exec(query.order_by(sa.desc(col(MdmSync.id))).limit(limit)).all())


def last_of(db: Session, connection_ids: Sequence[int]) -> dict[int, MdmSync]:
    """The newest sync of each connection."""
    newest = (
        select(sa.func.max(MdmSync.id))
        .where(col(MdmSync.connection_id).in_(connection_ids))
        .group_by(col(MdmSync.connection_id))
    )
    rows = db.exec(select(MdmSync).where(col(MdmSync.id).in_(newest)))
    return {row.connection_id: row for row in rows}


def due_syncs(ctx: JobContext) -> None:
    """Every minute: ask for what the schedules say, and look after syncs without a worker."""
    request_due(ctx.database, ctx.settings, now=present())
    tag_writing.request_due(ctx.database, now=present())
    redrive(ctx.database, now=present())
    warn_of_expiry(ctx.database, now=present())


def request_due(database: Database, settings: Settings, *, now: datetime) -> list[int]:
    """Request the syncs that are due; their ids. Each in a unit of its own.

    A connection that is still being synced waits for its next turn. A full sync that is due takes
    the place of an incremental one.
    """
    c = MdmConnection
    with database.unit(write=False) as db:
        overdue = sa.or_(col(c.next_full) <= now, col(c.next_incremental) <= now)
        due = list(db.exec(select(c.id).where(c.enabled, overdue).order_by(col(c.id))).all())
    requested = []
    for connection_id in due:
        with database.unit() as db:
            connection = connections.get(db, CLOCK, connection_id, lock=True)
            full = connection.next_full is not None and connection.next_full <= now
            connections.plan(connection, Limits.of(settings), now=now)
            db.add(connection)
            scope = SyncScope.FULL if full else SyncScope.INCREMENTAL
            try:
                requested.append(request_sync(db, CLOCK, connection_id, scope=scope, now=now).id)
            except Conflict:
                continue
    return requested


def redrive(database: Database, *, now: datetime) -> list[int]:
    """Put syncs back to work whose worker fell silent; give up after `MAX_ATTEMPTS`."""
    stuck = sa.or_(
        sa.and_(col(MdmSync.state) == SyncState.RUNNING, col(MdmSync.heartbeat_at) < now - SILENT),
        sa.and_(
            col(MdmSync.state) == SyncState.QUEUED,
            sa.func.coalesce(col(MdmSync.heartbeat_at), col(MdmSync.requested_at)) < now - WAITED,
        ),
    )
    with database.unit() as db:
        rows = db.exec(select(MdmSync).where(stuck).limit(100).with_for_update()).all()
        for sync in rows:
            if sync.cancel_requested:
                _close(sync, SyncState.CANCELLED, "", now)
            elif sync.attempts >= MAX_ATTEMPTS:
                why = f"its worker was lost, or the vendor failed, {sync.attempts} times"
                _close(sync, SyncState.INTERRUPTED, why, now)
            else:
                sync.heartbeat_at = now
                key = f"{sync.id}.{sync.attempts + 1}.{int(now.timestamp())}"
                enqueue(db, KIND, {"sync": sync.id}, key=key)
            db.add(sync)
            audit.record(
                db, CLOCK, "mdm_sync.redriven", now=now, subject_type="mdm_sync",
                subject_id=sync.id, after={"state": sync.state, "attempts": sync.attempts},
            )  # fmt: skip
        return [sync.id for sync in rows]


def _close(sync: MdmSync, state: SyncState, error: str, now: datetime) -> None:
    sync.state, sync.error, sync.finished_at, sync.runner = state, error, now, ""


def warn_of_expiry(database: Database, *, now: datetime) -> None:
    """Raise an alarm, once, for a credential that runs out soon."""
    c = MdmConnection
    with database.unit(write=False) as db:
        soon = select(c).where(col(c.token_expires_at) < now + EXPIRES_SOON)
        warned = {a.connection_id for a in alarms.open_of(db, [row.id for row in db.exec(soon)])
                  if a.kind is AlarmKind.EXPIRES}  # fmt: skip
        due = [row.id for row in db.exec(soon) if row.id not in warned]
    for connection_id in due:
        with database.unit() as db:
            row = connections.get(db, CLOCK, connection_id, lock=True)
            assert row.token_expires_at is not None
            text = f"the credential of {row.label} runs out on {row.token_expires_at:%Y-%m-%d}"
            alarms.sound(db, CLOCK, row, AlarmKind.EXPIRES, text, now=now)
