"""Forgetting files: those that were removed long ago, and what interrupted uploads left."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.assets.attachment_models import Attachment
from inventory.assets.attachments import REMOVED_DAYS, owner_of
from inventory.assets.file_store import FileStore
from inventory.assets.hold_models import Hold
from inventory.db import Database

log = logging.getLogger(__name__)

UPLOAD_TIME = timedelta(days=1)
"""Between a file's arrival in the store and the row that names it; in truth it is milliseconds."""

MOST_STRAYS = 100
"""Files that no row names and that one night may delete. More are no crashes' leavings: the
database was restored from an old copy."""

BATCH = 500


def purge(
    database: Database, store: FileStore, *, now: datetime, removed_days: int = REMOVED_DAYS
) -> int:
    """Delete rows and bytes; how many files are gone from the store. What belongs to an asset
    under a hold is left alone.

    Running it twice, or again after a crash in its midst, is harmless.
    """
    before, arrived = now - timedelta(days=removed_days), now - UPLOAD_TIME
    gone = _removed(database, store, before, arrived)
    gone += store.clear_drafts(before=arrived)
    return gone + _strays(database, store, before)


def _removed(database: Database, store: FileStore, before: datetime, arrived: datetime) -> int:
    """The bytes first: a removed row without them does no harm, and is tried again."""
    id_, removed_at = col(Attachment.id), col(Attachment.removed_at)
    held = sa.exists().where(
        col(Hold.asset_id) == col(Attachment.asset_id), col(Hold.released_at).is_(None)
    )
    needed = sa.or_(removed_at.is_(None), removed_at >= before, held)
    doomed = (removed_at < before, ~held)
    oldest = sa.select(id_, col(Attachment.sha256)).where(*doomed).order_by(id_)
    gone = 0
    while True:
        with database.unit(write=False) as db:
            rows = db.execute(oldest.limit(BATCH)).all()
            sums = {row.sha256 for row in rows}
            unneeded = sums - _named(db, sums, needed)
        if not rows:
            return gone
        gone += sum(store.discard(sha256, untouched_since=arrived) for sha256 in sorted(unneeded))
        with database.unit() as db:
            ids = [row.id for row in rows]
            db.execute(sa.delete(Attachment).where(id_.in_(ids), *doomed))


def _strays(database: Database, store: FileStore, before: datetime) -> int:
    with database.unit(write=False) as db:
        if store.owner() != owner_of(db):
            # Started with a database for a trial, say: to it, every file here is a stray.
            log.warning("the files in %s belong to another database: none deleted", store.folder)
            return 0
    strays: list[str] = []
    for found in store.contents():
        old = {sha256 for sha256, touched in found.items() if touched < before.timestamp()}
        with database.unit(write=False) as db:
            strays += sorted(old - _named(db, old))
    if len(strays) > MOST_STRAYS:
        log.error("%s files in %s belong to no asset: none deleted", len(strays), store.folder)
        return 0
    return sum(store.discard(sha256, untouched_since=before) for sha256 in strays)


def _named(db: Session, sums: Iterable[str], *where: Any) -> set[str]:
    """Those of the sums that a row names."""
    wanted, found = sorted(sums), set()
    sha256 = col(Attachment.sha256)
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        found |= set(db.execute(sa.select(sha256).where(sha256.in_(part), *where)).scalars())
    return found
