"""Forgetting imports: what they changed is personal data, and is only kept while it can be undone.

The plan itself stays, with its counts, and so does the audit log, which holds no names.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from inventory.db import Database
from inventory.people.roster_models import PlanState, RosterChange, RosterPlan, RosterProblem
from inventory.people.undoing import UNDO_DAYS

WAITING_DAYS = 30
"""A plan that nobody decided on is refused after this time: the file is as old."""

BATCH = 5_000


def purge(database: Database, *, now: datetime) -> int:
    """Delete in units of at most `BATCH` rows; how many rows are gone. Running it again is
    harmless."""
    with database.unit() as db:
        db.execute(
            sa.update(RosterPlan)
            .where(
                col(RosterPlan.state) == PlanState.PLANNED,
                col(RosterPlan.planned_at) < now - timedelta(days=WAITING_DAYS),
            )
            .values(state=PlanState.REFUSED, decided_at=now, reason="nobody decided in time")
        )
    decided = sa.func.coalesce(col(RosterPlan.decided_at), col(RosterPlan.planned_at))
    old = sa.select(col(RosterPlan.id)).where(
        col(RosterPlan.state) != PlanState.PLANNED, decided < now - timedelta(days=UNDO_DAYS)
    )
    return _delete(database, RosterChange, old) + _delete(database, RosterProblem, old)


def _delete(
    database: Database,
    table: type[RosterChange] | type[RosterProblem],
    plans: sa.Select[int],
) -> int:
    gone = 0
    rows = sa.select(col(table.id)).where(col(table.plan_id).in_(plans)).limit(BATCH)
    while True:
        with database.unit() as db:
            found = db.execute(
                sa.delete(table).where(col(table.id).in_(rows)).returning(col(table.id))
            ).all()
        gone += len(found)
        if len(found) < BATCH:
            return gone
