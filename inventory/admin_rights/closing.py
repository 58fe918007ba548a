"""The job that closes what has run out. Nothing rests on it: every reader looks at the clock."""

from collections.abc import Callable
from datetime import datetime

from inventory.admin_rights import reviews, service
from inventory.db import now as present
from inventory.engine import JobContext

KIND = "admin_rights.close"
BATCH = 500


def close_due(ctx: JobContext, *, clock: Callable[[], datetime] = present) -> None:
    """Each batch in a unit of work of its own."""
    while not ctx.cancelled():
        with ctx.database.unit() as db:
            closed = service.expire(db, now=clock(), most=BATCH)
        ctx.heartbeat()
        if closed < BATCH:
            break
    while not ctx.cancelled():
        with ctx.database.unit() as db:
            if not reviews.close_one_due(db, now=clock()):
                return
        ctx.heartbeat()
