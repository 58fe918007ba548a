"""Plans as people look at them: the list, one of them, its changes and its problems."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.errors import Conflict, NotFound
from inventory.people.models import RosterSource
from inventory.people.roster_models import (
    ChangeKind,
    PlanState,
    RosterChange,
    RosterPlan,
    RosterProblem,
)
from inventory.people.viewing import record_views


def get(
    db: Session, actor: Actor, plan_id: int, *, lock: bool = False,
    permission: Permission = Permission.PERSON_IMPORT,
) -> RosterPlan:  # fmt: skip
    """A plan is about the whole district. Raises `Forbidden`, `NotFound`."""
    actor.require_everywhere(permission)
    query = select(RosterPlan).where(RosterPlan.id == plan_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.exec(query).first()
    if found is None:
        raise NotFound(f"there is no import {plan_id}")
    return found


def listed(db: Session, actor: Actor, *, before: int | None = None, limit: int) -> list[RosterPlan]:
    """Newest first, from the one before `before`."""
    actor.require_everywhere(Permission.PERSON_IMPORT)
    query = select(RosterPlan).order_by(col(RosterPlan.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(RosterPlan.id) < before)
    return list(db.exec(query).all())


def source_names(db: Session, plans: Iterable[RosterPlan]) -> dict[int, str]:
    """Names of the sources of these plans, by the source's id."""
    ids = {plan.source_id for plan in plans}
    query = select(RosterSource.id, RosterSource.name).where(col(RosterSource.id).in_(ids))
    return dict(db.exec(query).all())


def changes(
    db: Session, actor: Actor, plan_id: int, *, kind: ChangeKind | None = None,
    after: int | None = None, limit: int, now: datetime,
) -> list[RosterChange]:  # fmt: skip
    """Changes of a plan in their order. They hold names: who looks at them is written down."""
    get(db, actor, plan_id)
    query = select(RosterChange).where(RosterChange.plan_id == plan_id)
    query = query.order_by(col(RosterChange.id)).limit(limit)
    if kind is not None:
        query = query.where(RosterChange.kind == kind)
    if after is not None:
        query = query.where(col(RosterChange.id) > after)
    rows = list(db.exec(query).all())
    record_views(
        db, actor, [row.person_id for row in rows if row.person_id], now=now, plan_id=plan_id
    )
    return rows


def problems(
    db: Session, actor: Actor, plan_id: int, *, after: int | None = None, limit: int
) -> list[RosterProblem]:
    """Rows of the file that change nothing, in its order."""
    get(db, actor, plan_id)
    query = select(RosterProblem).where(RosterProblem.plan_id == plan_id)
    query = query.order_by(col(RosterProblem.id)).limit(limit)
    if after is not None:
        query = query.where(col(RosterProblem.id) > after)
    return list(db.exec(query).all())


def refuse(
    db: Session, actor: Actor, plan_id: int, *, reason: str = "", now: datetime
) -> RosterPlan:
    """Say no to a plan that waits. Raises `Conflict` for one that does not."""
    plan = get(db, actor, plan_id, lock=True)
    if plan.state is not PlanState.PLANNED:
        raise Conflict(f"the import is {plan.state.value}")
    plan.state, plan.decided_at, plan.decided_by = PlanState.REFUSED, now, actor.name[:200]
    plan.reason = reason[:1000]
    db.add(plan)
    audit.record(
        db, actor, "roster.refused", now=now, subject_type="roster_plan", subject_id=plan.id,
        reason=reason,
    )  # fmt: skip
    return plan
