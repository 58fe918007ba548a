"""Reading the log within one's scope, newest first, page by page in both directions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit.models import AuditEvent

MOST_ACTIONS = 500


@dataclass(frozen=True, slots=True)
class EventFilter:
    """None and "" leave a filter out.

    actor_id   the account that did it, by itself or through a token
    actor      the beginning of the name of who did it
    site_ids   events that belong to one of these places
    since      from this moment on; `until`: before this one
    """

    action: str = ""
    actor_id: int | None = None
    actor: str = ""
    subject_type: str = ""
    subject_id: str = ""
    site_ids: frozenset[int] | None = None
    since: datetime | None = None
    until: datetime | None = None


def find(
    db: Session,
    actor: Actor,
    wanted: EventFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int,
) -> list[AuditEvent]:
    """Events, newest first: those older than `after`, or the nearest that are newer than `before`.

    A reader of some schools gets the events that belong to these; what belongs to no place is for
    readers of the whole district. Raises `Forbidden`.
    """
    id_ = col(AuditEvent.id)
    query = select(AuditEvent).where(*_clauses(actor, wanted)).limit(limit)
    if before is not None:
        return list(db.exec(query.where(id_ > before).order_by(id_)).all())[::-1]
    if after is not None:
        query = query.where(id_ < after)
    return list(db.exec(query.order_by(id_.desc())).all())


def newest(db: Session) -> int:
    """The number of the last event; 0 where there is none."""
    return int(db.execute(sa.select(sa.func.max(col(AuditEvent.id)))).scalar() or 0)


def actions(db: Session) -> list[str]:
    """Every action that was ever recorded, by name. It jumps along the index from one to the next:
    as many steps as there are actions, however long the log is."""
    column = col(AuditEvent.action)
    step = sa.select(sa.func.min(column).label("action")).cte("step", recursive=True)
    following = (
        sa.select(sa.func.min(column)).where(column > step.c.action).correlate(step)
    ).scalar_subquery()
    step = step.union_all(sa.select(following).where(step.c.action.is_not(None)))
    query = sa.select(step.c.action).where(step.c.action.is_not(None)).limit(MOST_ACTIONS)
    return [str(action) for action in db.execute(query).scalars()]


def _clauses(actor: Actor, wanted: EventFilter) -> list[Any]:
    actor.require_anywhere(Permission.AUDIT_READ)
    found: list[Any] = []
    for scope in (actor.scope(Permission.AUDIT_READ), wanted.site_ids):
        if scope is not None:
            found.append(col(AuditEvent.site_id).in_(scope))
    for column, value in (
        (AuditEvent.action, wanted.action),
        (AuditEvent.subject_type, wanted.subject_type),
        (AuditEvent.subject_id, wanted.subject_id),
    ):
        if value:
            found.append(col(column) == value)
    if wanted.actor_id is not None:
        found.append(col(AuditEvent.actor_id) == wanted.actor_id)
    if wanted.actor:
        found.append(col(AuditEvent.actor_name).istartswith(wanted.actor, autoescape=True))
    if wanted.since is not None:
        found.append(col(AuditEvent.at) >= wanted.since)
    if wanted.until is not None:
        found.append(col(AuditEvent.at) < wanted.until)
    return found
