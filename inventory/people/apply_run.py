"""The job that applies a large import, in one transaction.

A worker that dies leaves nothing half-done: the job runs again, and the plan's state tells whether
there is anything left to do. What cannot be done is told by the plan: failed, and nobody changed.
"""

import logging

from sqlmodel import Session, select

from inventory.access import Actor, Grant, Permission
from inventory.audit import service as audit
from inventory.db import Database, now as present
from inventory.engine import JobContext
from inventory.errors import HomeroomError, Unavailable
from inventory.people.applying import apply
from inventory.people.roster_models import PlanState, RosterPlan

log = logging.getLogger(__name__)

NEEDED = frozenset(Permission)
"""Whose account ends may have held anything, and only who holds as much can end it."""


def run(ctx: JobContext) -> None:
    """The payload is {"plan": id, "by": id of the account that approved, 0 for the system's}.

    Raises `Unavailable` where the database may be better soon; the engine then runs it again.
    """
    plan_id, by = int(ctx.payload["plan"]), int(ctx.payload["by"])
    try:
        with ctx.database.unit() as db:
            plan = _waiting(db, plan_id)
            if plan is not None:
                apply(db, plan, acting(plan, by), now=present())
    except Unavailable:
        raise
    except HomeroomError as refused:
        log.info("import of people %d was not done: %s", plan_id, refused)
        _failed(ctx.database, plan_id, by, str(refused))


def acting(plan: RosterPlan, by: int) -> Actor:
    """Who approved, as a job acts for them: their reach was looked at when they did."""
    kind = "account" if by else "system"
    return Actor(kind, by or None, plan.decided_by, (Grant(NEEDED, None),), f"import {plan.id}")


def _waiting(db: Session, plan_id: int) -> RosterPlan | None:
    query = select(RosterPlan).where(RosterPlan.id == plan_id).with_for_update()
    plan = db.exec(query).first()
    return plan if plan is not None and plan.state is PlanState.APPLYING else None


def _failed(database: Database, plan_id: int, by: int, why: str) -> None:
    with database.unit() as db:
        plan = _waiting(db, plan_id)
        if plan is None:
            return
        plan.state, plan.error = PlanState.FAILED, why[:1000]
        db.add(plan)
        audit.record(
            db, acting(plan, by), "roster.failed", now=present(), subject_type="roster_plan",
            subject_id=plan.id, reason=why,
        )  # fmt: skip
