"""How a sync ends: what is gone, what of the connection is good or bad, and who must hear of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Permission, system_actor
from inventory.assets.words import clean
from inventory.audit import service as audit
from inventory.errors import SealBroken
from inventory.fleet import alarms, guards
from inventory.fleet.guards import Census
from inventory.fleet.models import (
    AlarmKind,
    MdmConnection,
    MdmDevice,
    MdmSync,
    SyncScope,
    SyncState,
)
from mdm.errors import CredentialError, LicenceRequired, Permanent, RetryLater

OVERLAP = timedelta(minutes=10)
"""An incremental sync asks for a little more than is new: clocks differ."""

SILENCE = timedelta(hours=24)
"""A vendor that was not reached for so long is an alarm; an hour's outage is none."""

TOLD_GONE = 50


class Replaced(Exception):
    """Another runner owns the sync, or it has ended."""


def own(db: Session, sync_id: int, runner: str, values: dict[str, Any]) -> None:
    """Write to the sync as its runner. Raises `Replaced`."""
    done = db.execute(
        sa.update(MdmSync)
        .where(
            col(MdmSync.id) == sync_id,
            col(MdmSync.runner) == runner,
            col(MdmSync.state) == SyncState.RUNNING,
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Replaced(f"sync {sync_id} has another runner")


def finish(db: Session, sync_id: int, runner: str, *, now: datetime) -> None:
    """The list was read to its end. Raises `Replaced`."""
    sync, connection = _both(db, sync_id, runner)
    actor = system_actor(f"sync of {connection.label}", {Permission.MDM_WRITE}, origin=f"{sync.id}")
    gone: list[str] = []
    if sync.scope is SyncScope.FULL:
        doubt = "" if sync.accept_fewer else guards.disbelief(_census(db, sync))
        if doubt:
            sync.guarded = True
            text = f"{doubt}; nothing was marked as gone. Look at the vendor's console"
            alarms.sound(db, actor, connection, AlarmKind.FEWER_DEVICES, text, now=now)
        else:
            gone = _mark_gone(db, sync, now)
            alarms.settle(db, actor, connection, {AlarmKind.FEWER_DEVICES}, now=now)
            connection.last_full_at = now
    assert sync.started_at is not None
    connection.heard_since = sync.started_at - OVERLAP
    connection.devices = _present(db, connection.id)
    connection.last_sync_at = connection.last_ok_at = now
    connection.last_error = ""
    alarms.settle(db, actor, connection, alarms.OF_ANSWERS, now=now)
    _close(db, sync, connection, SyncState.FINISHED, "", now, gone=gone[:TOLD_GONE])


def fail(db: Session, sync_id: int, runner: str, *, error: Exception, now: datetime) -> None:
    """It cannot go on: what was kept stays, nothing is marked as gone. Raises `Replaced`."""
    sync, connection = _both(db, sync_id, runner)
    actor = system_actor(f"sync of {connection.label}", {Permission.MDM_WRITE}, origin=f"{sync.id}")
    text = clean(str(error), 1000)
    connection.last_sync_at, connection.last_error = now, text
    kind, heard = alarm_of(error), connection.last_ok_at or connection.created_at
    if kind is not AlarmKind.UNREACHABLE or heard < now - SILENCE:
        alarms.sound(db, actor, connection, kind, text, now=now)
    if isinstance(error, RetryLater) and error.retry_after:
        _put_off(connection, now + timedelta(seconds=min(error.retry_after, 86_400)))
    _close(db, sync, connection, SyncState.FAILED, text, now)


def cancelled(db: Session, sync_id: int, runner: str, *, now: datetime) -> None:
    """Somebody stopped it. Raises `Replaced`."""
    sync, connection = _both(db, sync_id, runner)
    _close(db, sync, connection, SyncState.CANCELLED, "", now)


def alarm_of(error: Exception) -> AlarmKind:
    """What kind of trouble an error is."""
    match error:
        case LicenceRequired():
            return AlarmKind.LICENCE
        case RetryLater():
            return AlarmKind.UNREACHABLE
        case CredentialError() | Permanent() | SealBroken():
            return AlarmKind.CREDENTIAL
    return AlarmKind.ANSWERS


def _both(db: Session, sync_id: int, runner: str) -> tuple[MdmSync, MdmConnection]:
    """The rows, locked: the connection first, as everybody locks them."""
    of = select(MdmSync.connection_id).where(MdmSync.id == sync_id)
    fresh = {"populate_existing": True}
    query = select(MdmConnection).where(col(MdmConnection.id).in_(of)).with_for_update()
    connection = db.exec(query.execution_options(**fresh)).one()
    own(db, sync_id, runner, {"heartbeat_at": col(MdmSync.heartbeat_at)})
    sync = db.exec(select(MdmSync).where(MdmSync.id == sync_id).execution_options(**fresh)).one()
    return sync, connection


def _census(db: Session, sync: MdmSync) -> Census:
    """Of the devices that were known before this sync began."""
    d = MdmDevice
    absent = sa.func.sum(sa.case((col(d.sync_id) == sync.id, 0), else_=1))
    query = (
        sa.select(col(d.platform), sa.func.count(), absent)
        .where(col(d.connection_id) == sync.connection_id, col(d.gone_at).is_(None))
        # What is absent counts whatever a clock that was set back says of its first sight.
        .where(sa.or_(col(d.first_seen_at) < sync.started_at, col(d.sync_id) != sync.id))
        .group_by(col(d.platform))
    )
    rows = [(kind.value, int(many), int(missing)) for kind, many, missing in db.execute(query)]
    return Census(
        {kind: many for kind, many, _ in rows},
        {kind: missing for kind, _, missing in rows if missing},
    )


def _mark_gone(db: Session, sync: MdmSync, now: datetime) -> list[str]:
    """Whatever the complete list lacks; the vendor's ids. Not where a row did not tell whose it is:
    it may be any of them."""
    d = MdmDevice
    lacking = (
        col(d.connection_id) == sync.connection_id,
        col(d.gone_at).is_(None),
        col(d.sync_id) != sync.id,
    )
    gone = list(db.execute(sa.select(col(d.vendor_id)).where(*lacking)).scalars())
    if gone and sync.nameless:
        told = f"{sync.nameless} rows did not tell whose they are: nothing was marked as gone"
        sync.notes = [*sync.notes, told]
        return []
    db.execute(
        sa.update(d)
        .where(*lacking)
        .values(gone_at=now, revision=d.revision + 1)
        .execution_options(synchronize_session=False)
    )
    sync.gone = len(gone)
    return gone


def _present(db: Session, connection_id: int) -> int:
    query = select(sa.func.count()).select_from(MdmDevice)
    here = MdmDevice.connection_id == connection_id, col(MdmDevice.gone_at).is_(None)
    return int(db.exec(query.where(*here)).one())


def _put_off(connection: MdmConnection, until: datetime) -> None:
    for name in ("next_incremental", "next_full"):
        due: datetime | None = getattr(connection, name)
        if due is not None and due < until:
            setattr(connection, name, until)


def _close(
    db: Session,
    sync: MdmSync,
    connection: MdmConnection,
    state: SyncState,
    error: str,
    now: datetime,
    *,
    gone: Sequence[str] = (),
) -> None:
    sync.state, sync.finished_at, sync.heartbeat_at = state, now, now
    sync.runner, sync.error, sync.cursor = "", error, None
    db.add(sync)
    db.add(connection)
    counts = ("seen", "new", "changed", "created", "waiting", "gone", "returned", "problems")
    after: dict[str, object] = {"connection": connection.label, "scope": sync.scope, "error": error}
    after |= {name: getattr(sync, name) for name in counts if getattr(sync, name)}
    after |= {"guarded": True} if sync.guarded else {}
    after |= {"gone_ids": [clean(id_, 100) for id_ in gone]} if gone else {}
    actor = system_actor(f"sync of {connection.label}", (), origin=f"mdm sync {sync.id}")
    audit.record(
        db, actor, f"mdm_sync.{state.value}", now=now, subject_type="mdm_sync",
        subject_id=sync.id, site_id=connection.site_id, after=after,
    )  # fmt: skip
