"""Home's queues of custody: transfers that wait for one's school, and what is to come back."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.admin_rights import drift_listing
from inventory.custody import transfer_listing as listing
from inventory.desk.queues import Args, Queue, Severity, queue_of
from inventory.enrolment import listing as enrolments
from inventory.people.models import Person
from inventory.people.roster_models import RecoveryTask
from inventory.selfservice import reports


def custody_queues(db: Session, actor: Actor) -> list[Queue]:
    """What waits, within the actor's reach; one statement. Most districts have no transfer under
    way, so that a queue in which nothing waits is left out."""
    parts: dict[str, tuple[str, Args, Severity, Any]] = {}
    if actor.holds(Permission.CUSTODY_WRITE):
        for waits in listing.WAITS:
            waiting = listing.waiting(actor, waits)
            parts[f"transfers_{waits}"] = (
                "transfers", {"waits": waits}, Severity.WARNING, waiting
            )  # fmt: skip
        parts["reports"] = ("reports", {}, Severity.WARNING, reports.open_ones(actor))
    if actor.holds(Permission.ADMIN_RIGHT_READ):
        waits_there = drift_listing.waiting(actor)
        page_of_it: Args = {"state": "open"}
        parts["admin_drift"] = "admin-rights/drift", page_of_it, Severity.WARNING, waits_there
    if actor.holds(Permission.PERSON_READ):
        parts["recovery"] = ("recovery", {}, Severity.NOTICE, _recovery(actor))
    if actor.holds(Permission.DISCOVERY_REVIEW):
        doubts = enrolments.waiting(actor)
        parts["enrol_doubts"] = "enrol/doubts", {}, Severity.WARNING, doubts
    if not parts:
        return []
    columns = [
        column
        for _page, _args, _severity, part in parts.values()
        for column in (
            sa.select(sa.func.count()).select_from(part).scalar_subquery(),
            sa.select(sa.func.min(part.c.at)).scalar_subquery(),
        )
    ]
    row = db.execute(sa.select(*columns)).one()
    counted = zip(parts.items(), row[::2], row[1::2], strict=True)
    return [
        queue_of(key, page, args, (number, False), first, severity)
        for (key, (page, args, severity, _part)), number, first in counted
        if number
    ]


def _recovery(actor: Actor) -> Any:
    scope = actor.scope(Permission.PERSON_READ)
    query: Any = sa.select(col(RecoveryTask.opened_at).label("at")).where(
        col(RecoveryTask.closed_at).is_(None)
    )
    if scope is not None:
        query = query.join(Person, col(Person.id) == col(RecoveryTask.person_id)).where(
            col(Person.site_id).in_(scope)
        )
    return query.subquery()
