"""The job that applies or undoes a large import, in one transaction.

A worker that dies leaves nothing half-done: the job runs again, and the row tells whether there is
anything left to do.
"""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.asset_import import staging
from inventory.asset_import.applying import acting, apply
from inventory.asset_import.models import AssetImport, AssetImportRow, ImportState
from inventory.asset_import.undoing import UNDO_DAYS, restore
from inventory.db import Database, now as present
from inventory.engine import JobContext
from inventory.errors import HomeroomError, Unavailable

log = logging.getLogger(__name__)

WAITING_DAYS = 30
BATCH = 5_000


def run(ctx: JobContext) -> None:
    """`payload["import"]`: the import that was approved, or is to be undone."""
    import_id = int(ctx.payload["import"])
    try:
        with ctx.database.unit() as db:
            kept = _locked(db, import_id)
            if kept is None:
                return
            if kept.state is ImportState.APPLYING:
                apply(db, kept, acting(kept), now=present())
            elif kept.state is ImportState.UNDOING:
                restore(db, kept, acting(kept), now=present())
    except Unavailable:
        raise
    except HomeroomError as refused:
        log.info("import %d was not done: %s", import_id, refused)
        _give_back(ctx.database, import_id, str(refused))


def _locked(db: Session, import_id: int) -> AssetImport | None:
    query = select(AssetImport).where(AssetImport.id == import_id)
    return db.exec(query.with_for_update()).first()


def _give_back(database: Database, import_id: int, why: str) -> None:
    """It waits for a decision again, and tells why."""
    with database.unit() as db:
        kept = _locked(db, import_id)
        before = {
            ImportState.APPLYING: ImportState.PLANNED, ImportState.UNDOING: ImportState.APPLIED,
        }  # fmt: skip
        if kept is not None and kept.state in before:
            kept.state, kept.error = before[kept.state], why[:1000]
            db.add(kept)


def purge(database: Database, *, now: datetime) -> int:
    """Refuse imports that nobody decided on, and forget the rows of old ones; how many rows are
    gone. Running it again is harmless."""
    waiting = (ImportState.STAGED, ImportState.PLANNED)
    with database.unit() as db:
        db.execute(
            sa.update(AssetImport)
            .where(
                col(AssetImport.state).in_(waiting),
                col(AssetImport.created_at) < now - timedelta(days=WAITING_DAYS),
            )
            .values(state=ImportState.REFUSED, decided_at=now, reason="nobody decided in time")
        )
    decided = sa.func.coalesce(col(AssetImport.decided_at), col(AssetImport.created_at))
    old = sa.select(col(AssetImport.id)).where(
        col(AssetImport.state).not_in(waiting), decided < now - timedelta(days=UNDO_DAYS)
    )
    refused = sa.select(col(AssetImport.id)).where(
        col(AssetImport.state) == ImportState.REFUSED, decided < now - timedelta(days=WAITING_DAYS)
    )
    gone = 0
    rows = sa.select(col(AssetImportRow.id)).where(
        sa.or_(col(AssetImportRow.import_id).in_(old), col(AssetImportRow.import_id).in_(refused))
    )
    for _ in range(10_000):
        with database.unit() as db:
            wanted = sa.delete(AssetImportRow).where(col(AssetImportRow.id).in_(rows.limit(BATCH)))
            count = db.connection().execute(wanted).rowcount
        gone += count
        if count < BATCH:
            break
    return gone


def forget(database: Database, import_id: int) -> None:
    """After a dry run: nothing of it stays but the audit log."""
    staging.forget(database, import_id)
