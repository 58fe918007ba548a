"""Taking an import back: everybody is exactly as before, or nothing is touched."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.audit.service import Entry
from inventory.errors import Conflict, InvalidInput
from inventory.people import plans, recovery
from inventory.people.applying import batches_of, require_versions, write_people
from inventory.people.models import Person, PersonSite
from inventory.people.roster_models import ChangeKind, PlanState, RosterPlan
from inventory.people.snapshots import differing, told

UNDO_DAYS = 180
"""So long an import can be undone; then what everybody was before is forgotten."""

TOUCHED = "somebody was changed after this import, which can no longer be undone as a whole"


def undo(db: Session, actor: Actor, plan_id: int, *, reason: str, now: datetime) -> RosterPlan:
    """Restore everybody whom the plan changed. Whom it added goes again: they were never ours.

    Raises `Forbidden`, `NotFound`, `InvalidInput` without a reason, and `Conflict` for a plan that
    is not applied or was long ago, or where somebody was changed later.
    """
    plan = plans.get(db, actor, plan_id, lock=True, permission=Permission.PERSON_APPROVE)
    if plan.state is not PlanState.APPLIED:
        raise Conflict(f"the import is {plan.state.value}")
    if plan.decided_at is None or plan.decided_at < now - timedelta(days=UNDO_DAYS):
        raise Conflict(f"only an import of the last {UNDO_DAYS} days can be undone")
    if not reason.strip():
        raise InvalidInput("say why", {"reason": ["is empty"]})
    audit.take_turn(db)
    for batch in batches_of(db, plan.id, back=True):
        require_versions(db, batch, TOUCHED)
        _restore(db, actor, plan, batch, now=now)
    plan.state, plan.undone_at, plan.undone_by = PlanState.UNDONE, now, actor.name[:200]
    db.add(plan)
    audit.record(
        db, actor, "roster.undone", now=now, subject_type="roster_plan", subject_id=plan.id,
        after={"counts": plan.counts}, reason=reason,
    )  # fmt: skip
    db.flush()
    return plan


def _restore(
    db: Session, actor: Actor, plan: RosterPlan, batch: Sequence[Any], *, now: datetime
) -> None:
    back = [row for row in batch if row.before is not None]
    write_people(db, [(r.person_id, r.person_version + 1, r.before) for r in back])
    left = [row.person_id for row in back if row.kind is ChangeKind.DEACTIVATE]
    if left:
        recovery.withdraw_tasks(db, left, plan_id=plan.id)
        ended = [row.person_id for row in back if row.account_ended]
        recovery.restore_accounts(db, actor, ended, now=now)
    _remove(db, [row.person_id for row in batch if row.before is None])
    entries = []
    for row in batch:
        fields = differing(row.before, row.after)
        site = (row.before or row.after)["site_id"]
        entries.append(
            Entry(row.person_id, site, told(row.after, fields), told(row.before, fields))
        )
    audit.record_many(db, actor, "person.restored", entries, now=now, subject_type="person")


def _remove(db: Session, person_ids: Sequence[int]) -> None:
    """People whom only this import knew. The database refuses it where anything refers to them."""
    if not person_ids:
        return
    db.execute(sa.delete(PersonSite).where(col(PersonSite.person_id).in_(person_ids)))
    db.execute(sa.delete(Person).where(col(Person.id).in_(person_ids)))
