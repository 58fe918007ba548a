"""What came of enrolments lately, as far as the viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.kinds import Outcome, Source
from inventory.assets.models import Asset
from inventory.assets.sighting_models import Sighting
from inventory.enrolment.models import EnrolledState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A report that a person must decide on; `reasons` None: they tell of places out of reach."""

    id: int
    facts: dict[str, Any]
    reasons: tuple[str, ...] | None
    at: datetime


def latest(db: Session, actor: Actor) -> list[tuple[EnrolledState, Asset]]:
    """The computers that told something last, newest first."""
    actor.require_anywhere(Permission.ENROL)
    query = (
        select(EnrolledState, Asset)
        .join(Asset, col(Asset.id) == col(EnrolledState.asset_id))
        .where(*_within(col(Asset.site_id), actor.scope(Permission.ASSET_READ)))
        .order_by(col(EnrolledState.told_at).desc(), col(EnrolledState.asset_id))
        .limit(SHOWN)
    )
    return [(state, asset) for state, asset in db.exec(query)]


def in_doubt(db: Session, actor: Actor) -> list[InDoubt]:
    """Reports that changed nothing and that nobody has decided, newest first."""
    return _waiting(db, actor, Permission.ENROL)


def to_decide(db: Session, actor: Actor) -> list[InDoubt]:
    """Those on which the actor may decide, newest first."""
    return _waiting(db, actor, Permission.DISCOVERY_REVIEW)


def waiting(actor: Actor) -> Any:
    """Those on which the actor may decide, as a subquery with the column `at`: since when."""
    query: Any = sa.select(col(Sighting.first_at).label("at"))
    return query.where(*_open(actor, Permission.DISCOVERY_REVIEW)).subquery()


def _open(actor: Actor, permission: Permission) -> list[Any]:
    return [
        col(Sighting.outcome) == Outcome.CONFLICT,
        col(Sighting.source) == Source.ENROLMENT,
        col(Sighting.decided_at).is_(None),
        *_within(col(Sighting.site_id), actor.scope(permission)),
    ]


def _waiting(db: Session, actor: Actor, permission: Permission) -> list[InDoubt]:
    actor.require_anywhere(permission)
    query = (
        select(Sighting)
        .where(*_open(actor, permission))
        .order_by(col(Sighting.last_at).desc(), col(Sighting.id))
        .limit(SHOWN)
    )
    rows = db.exec(query).all()
    hidden = _hidden(db, actor, rows)
    return [
        InDoubt(
            row.id,
            row.facts,
            None if hidden & set(row.candidates) else tuple(row.reasons),
            row.last_at,
        )
        for row in rows
    ]


def _hidden(db: Session, actor: Actor, rows: Sequence[Sighting]) -> set[int]:
    """Those of the assets that these are about which the actor may not see."""
    wanted = {id_ for row in rows for id_ in row.candidates}
    found = db.execute(
        sa.select(col(Asset.id), col(Asset.site_id)).where(col(Asset.id).in_(wanted))
    )
    return {id_ for id_, site in found if not actor.may(Permission.ASSET_READ, site)}


def _within(column: Any, scope: frozenset[int] | None) -> list[Any]:
    return [] if scope is None else [column.in_(scope)]
