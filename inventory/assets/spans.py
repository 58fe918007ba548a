"""Stretches of time that assets are narrowed to and counted by: last seen, acquired.

The condition of a list and the expression of a count are made here side by side, so that a number
and the list behind it cannot part.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from inventory.assets.models import Asset

Clause = sa.ColumnElement[bool]


class Seen(StrEnum):
    """How long ago an asset was last seen; every asset is in exactly one of them."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    LONGER = "longer"
    NEVER = "never"


DAYS = {Seen.WEEK: 7, Seen.MONTH: 30, Seen.QUARTER: 90}
"""Within so many days, and not within those of the one before."""

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""What `fields.PLAIN` accepts as a day of purchase."""


def since(seen: Seen, at: datetime) -> datetime:
    """Where the stretch begins; only for those in `DAYS`."""
    return at - timedelta(days=DAYS[seen])


def seen_in(wanted: Sequence[Seen], at: datetime) -> Clause:
    """Last seen in one of these stretches, as reckoned from `at`."""
    return sa.or_(sa.false(), *(_seen_in(one, at) for one in dict.fromkeys(wanted)))


def _seen_in(seen: Seen, at: datetime) -> Clause:
    column = col(Asset.last_seen_at)
    if seen is Seen.NEVER:
        return column.is_(None)
    order = list(DAYS)
    if seen is Seen.LONGER:
        return column < since(order[-1], at)
    place = order.index(seen)
    begun = column >= since(seen, at)
    return begun & (column < since(order[place - 1], at)) if place else begun


def acquired_in(first: int | None, last: int | None) -> Clause:
    """Bought in one of these years, or else, where no day of purchase is recorded, entered into
    the inventory in one of them (in UTC); None: no bound."""
    bought, made = col(Asset.purchase_date), col(Asset.created_at)
    by_purchase: list[Clause] = [bought.is_not(None)]
    by_record: list[Clause] = [bought.is_(None)]
    if first is not None:
        by_purchase.append(bought >= date(first, 1, 1))
        by_record.append(made >= datetime(first, 1, 1, tzinfo=UTC))
    if last is not None:
        by_purchase.append(bought < date(last + 1, 1, 1))
        by_record.append(made < datetime(last + 1, 1, 1, tzinfo=UTC))
    return sa.or_(sa.and_(*by_purchase), sa.and_(*by_record))


def year_acquired(newest: int, oldest: int) -> Any:
    """The year for counting, within `newest` and `oldest`; before it 0, after it `newest`.

    A ladder of comparisons: what "year of" means differs between the databases and their zones.
    """
    bought, made = col(Asset.purchase_date), col(Asset.created_at)
    years = range(newest, oldest - 1, -1)
    by_purchase = sa.case(*((bought >= date(year, 1, 1), year) for year in years), else_=0)
    by_record = sa.case(
        *((made >= datetime(year, 1, 1, tzinfo=UTC), year) for year in years), else_=0
    )
    return sa.case((bought.is_not(None), by_purchase), else_=by_record)
