"""Counting assets by everything that they are commonly narrowed by, in one statement.

The answer is a list of cells: so many assets of this category, status, maker, school and stretch
since they were last seen. Any count by one of these, under any choice of the others, is a sum of
cells, so that one pass over an index answers for every facet and chart at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.assets.schools import places_in_schools
from inventory.assets.spans import Seen, since

Clause = sa.ColumnElement[bool]
NO_SCHOOL = 0
"""The school of what stands at a place that lies in none, as the district's warehouse does."""


class Cell(NamedTuple):
    """`school` is None where no place is recorded, `maker` where no manufacturer is."""

    category: Category
    status: Status
    maker: int | None
    school: int | None
    seen: Seen
    number: int


def cells(
    db: Session, where: Sequence[Clause], at: datetime, *, most: int | None = None
) -> list[Cell]:
    """Every cell that is not empty. `most`: look at no more assets than that, and one."""
    rows = db.execute(_query(_assets(where, most), at))
    return list(_cells(rows))


def _assets(where: Sequence[Clause], most: int | None) -> Any:
    query = sa.select(
        col(Asset.category), col(Asset.status), col(Asset.manufacturer_id), col(Asset.site_id),
        col(Asset.last_seen_at),
    ).where(*where)  # fmt: skip
    return query.limit(most + 1 if most is not None else None).subquery("found")


def _query(found: Any, at: datetime) -> Any:
    """By place first, in the order of the index; only those sums are then joined to schools."""
    seen = found.c.last_seen_at
    kinds = (found.c.category, found.c.status, found.c.manufacturer_id)
    by_place = (
        sa.select(
            *kinds, found.c.site_id,
            sa.func.count().label("n"),
            sa.func.count(seen).label("ever"),
            *(
                sa.func.count(sa.case((seen >= since(one, at), 1))).label(one.value)
                for one in (Seen.QUARTER, Seen.MONTH, Seen.WEEK)
            ),
        )
        .group_by(*kinds, found.c.site_id)
        .subquery("by_place")
    )  # fmt: skip
    place, schools = by_place.c.site_id, places_in_schools()
    school = sa.func.coalesce(schools.c.school_id, sa.case((place.is_not(None), NO_SCHOOL)))
    groups = (by_place.c.category, by_place.c.status, by_place.c.manufacturer_id, school)
    sums = (by_place.c.n, by_place.c.ever, by_place.c.quarter, by_place.c.month, by_place.c.week)
    return (
        sa.select(*groups, *(sa.func.sum(one) for one in sums))
        .select_from(by_place)
        .outerjoin(schools, schools.c.id == place)
        .group_by(*groups)
    )


def _cells(rows: Iterable[Any]) -> Iterable[Cell]:
    for category, status, maker, school, *sums in rows:
        n, ever, quarter, month, week = map(int, sums)
        by_seen = (
            (Seen.WEEK, week), (Seen.MONTH, month - week), (Seen.QUARTER, quarter - month),
            (Seen.LONGER, ever - quarter), (Seen.NEVER, n - ever),
        )  # fmt: skip
        for seen, count in by_seen:
            if count:
                yield Cell(category, status, maker, school, seen, count)
