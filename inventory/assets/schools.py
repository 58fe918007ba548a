"""To which school an asset belongs: the nearest place of that kind around its own place."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.assets.models import Asset
from inventory.sites.models import Site, SiteKind

Clause = sa.ColumnElement[bool]


def places_in_schools() -> Any:
    """A common table (id, school_id) with every place that is, or lies in, a school."""
    schools = (
        sa.select(col(Site.id).label("id"), col(Site.id).label("school_id"))
        .where(col(Site.kind) == SiteKind.SCHOOL)
        .cte("places_in_schools", recursive=True)
    )
    return schools.union_all(
        sa.select(col(Site.id), schools.c.school_id).where(col(Site.parent_id) == schools.c.id)
    )


def outside_schools(wanted: bool) -> Clause:
    """At no school: without a place, or at one that lies in no school. False: the opposite."""
    column = col(Asset.site_id)
    inside = sa.select(places_in_schools().c.id)
    return column.is_(None) | column.not_in(inside) if wanted else column.in_(inside)


def kind_of(db: Session, site_id: int) -> SiteKind | None:
    """None for a place that is not there."""
    site = db.get(Site, site_id)
    return site.kind if site is not None else None


def names(db: Session, school_ids: Iterable[int]) -> dict[int, str]:
    """The names of those among these places that are schools."""
    query = sa.select(col(Site.id), col(Site.name)).where(
        col(Site.id).in_(set(school_ids)), col(Site.kind) == SiteKind.SCHOOL
    )
    return dict(iter(db.execute(query)))
