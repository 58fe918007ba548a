"""What webhooks have told is dropped when it can no longer count.

A call told again changes nothing even when nobody remembers it (the times in it decide), so that
the memory of calls may be short. What a device is stays for as long as its connection.
"""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col, delete, select

from inventory.db import Database, now as present
from inventory.engine import JobContext
from inventory.fleet.hook_models import MdmMemory

log = logging.getLogger(__name__)

KIND = "mdm.forget"
KEPT = {
    "event|": timedelta(days=7),
    "sent|": timedelta(days=400),
    "last|": timedelta(days=400),
    "result|": timedelta(days=400),
}
"""How long what begins with this is kept after it was written last (see `mdm.memory.Memory`)."""
AT_ONCE = 500
MOST = 100_000
"""Rows of one run: the next one goes on."""


def forget_told(ctx: JobContext) -> None:
    """Every hour: see `purge`."""
    purge(ctx.database, now=present())


def purge(database: Database, *, now: datetime, most: int = MOST) -> int:
    """Delete at most `most` values that are too old to count; how many. A unit of work for some
    hundred at a time, so that no other writer waits long."""
    gone, after = 0, 0
    while gone < most:
        query = select(MdmMemory.id).where(_old(now), col(MdmMemory.id) > after)
        query = query.order_by(col(MdmMemory.id)).limit(min(AT_ONCE, most - gone))
        # Looked for without the right to write: most rows of a large table are not meant.
        with database.unit(write=False) as db:
            ids = list(db.exec(query).all())
        if not ids:
            break
        with database.unit() as db:
            # Somebody may have written one anew since.
            gone += db.exec(delete(MdmMemory).where(col(MdmMemory.id).in_(ids), _old(now))).rowcount
        after = ids[-1]
    if gone:
        log.info("%d values that webhooks have told were forgotten", gone)
    return gone


def _old(now: datetime) -> sa.ColumnElement[bool]:
    key, at = col(MdmMemory.key), col(MdmMemory.updated_at)
    return sa.or_(
        *(
            sa.and_(key.startswith(prefix, autoescape=True), at < now - kept)
            for prefix, kept in KEPT.items()
        )
    )
