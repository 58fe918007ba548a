"""Forgetting: findings that are settled and were not seen for long, and sweeps of long ago.

What they led to stays: assets, sightings, readings and the audit log.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from inventory.assets.kinds import Outcome
from inventory.db import Database
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import OPEN_STATES, Sweep

FINDING_DAYS = 180
"""A finding that waits for a person is never forgotten; nor is a decision that is still in use,
as every sweep that abides by it moves `last_at`."""

SWEEP_DAYS = 400
BATCH = 500


def purge(
    database: Database,
    *,
    now: datetime,
    finding_days: int = FINDING_DAYS,
    sweep_days: int = SWEEP_DAYS,
) -> int:
    """Delete in units of at most `BATCH` rows; how many rows are gone."""
    f = DiscoveryFinding
    waiting = sa.and_(
        col(f.decision).is_(None), col(f.outcome).in_([Outcome.NEW, Outcome.CONFLICT])
    )
    old = col(f.last_at) < now - timedelta(days=finding_days)
    gone = _delete(database, DiscoveryFinding, old, sa.not_(waiting))
    used = sa.exists().where(col(f.sweep_id) == col(Sweep.id))
    long_ago = col(Sweep.requested_at) < now - timedelta(days=sweep_days)
    ended = col(Sweep.state).not_in(OPEN_STATES)
    return gone + _delete(database, Sweep, long_ago, ended, sa.not_(used))


def _delete(database: Database, table: type[DiscoveryFinding] | type[Sweep], *where: Any) -> int:
    gone = 0
    while True:
        with database.unit(write=False) as db:
            ids = list(db.execute(sa.select(col(table.id)).where(*where).limit(BATCH)).scalars())
        if not ids:
            return gone
        with database.unit() as db:
            db.execute(sa.delete(table).where(col(table.id).in_(ids), *where))
        gone += len(ids)
