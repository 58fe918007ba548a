"""The way to a place: from the district down, for any number of places in one statement."""

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.sites.models import Site, SiteKind

MAX_HEIGHT = 20
"""Deeper than any tree; a loop in damaged data ends here."""


class Step(NamedTuple):
    """A place on the way."""

    id: int
    name: str
    kind: SiteKind


Way = tuple[Step, ...]


def way_to(db: Session, site_id: int | None) -> Way:
    """From the district down to the place, both included; empty for no place."""
    return ways_to(db, [] if site_id is None else [site_id]).get(site_id or 0, ())


def ways_to(db: Session, site_ids: Collection[int]) -> dict[int, Way]:
    """The way to each place that is there. The caller has checked who may know of it."""
    found: dict[int, Way] = {}
    if site_ids:
        rows = db.connection().execute(_WALK, {"site_ids": sorted(set(site_ids))})
        for goal, id_, name, kind in rows:
            found[goal] = (*found.get(goal, ()), Step(id_, name, kind))
    return found


def _walk() -> Any:
    start: Any = sa.select(
        col(Site.id).label("goal"), col(Site.id).label("id"), col(Site.parent_id).label("up"),
        sa.literal(0).label("height"),
    ).where(col(Site.id).in_(sa.bindparam("site_ids", expanding=True)))  # fmt: skip
    walk = start.cte(recursive=True)
    walk = walk.union_all(
        sa.select(walk.c.goal, col(Site.id), col(Site.parent_id), walk.c.height + 1)
        .join(Site, col(Site.id) == walk.c.up)
        .where(walk.c.height < MAX_HEIGHT)
    )
    return (
        sa.select(walk.c.goal, col(Site.id), col(Site.name), col(Site.kind))
        .join(Site, col(Site.id) == walk.c.id)
        .order_by(walk.c.goal, walk.c.height.desc())
    )


_WALK = _walk()
"""Built once: it runs for every page of an asset."""
