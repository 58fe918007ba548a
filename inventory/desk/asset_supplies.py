"""A printer's supplies and page counters over time, ready to be drawn."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.desk.asset_head import Head
from inventory.desk.supply_forecast import Forecast, Level, forecast
from inventory.discovery import readings
from inventory.discovery.reading_models import Continuity, PageReading, SupplyReading

LOOKED_BACK = timedelta(days=180)
"""For a forecast, however short the stretch is that is looked at."""

MOST_CHANGES = 4000
MOST_COUNTS = 1500

Key = tuple[str, str, str]
"""Index, name and colour: what makes it the same supply."""

NO_CONSUMABLES = frozenset({"battery"})
"""Supplies that fill up again by themselves."""


class Reading(NamedTuple):
    """A supply from `at` on; plain columns, because there may be thousands."""

    id: int
    at: datetime
    level_percent: int | None
    supply_index: str
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class SupplyStory:
    """A present supply with its changes since the moment that was asked for, oldest first, and how
    long it may last; no forecast is made for what fills up by itself."""

    now: SupplyReading
    changes: Sequence[Reading]
    forecast: Forecast | None

    @property
    def drawable(self) -> bool:
        """Whether there are two levels between which a line can lead."""
        return sum(row.level_percent is not None for row in self.changes) > 1


@dataclass(frozen=True, slots=True)
class Counter:
    """A page counter as it stands."""

    name: str
    value: int
    day: date


def stories_of(db: Session, head: Head, *, since: datetime, now: datetime) -> list[SupplyStory]:
    """Each supply that the device now tells of, with its changes since a moment. One statement.

    A cartridge of another name or colour under the same index is another supply.
    """
    back = min(since, now - LOOKED_BACK)
    changes = _changes(db, head.asset.id, back)
    found = []
    for row in head.supplies:
        mine = changes.get(_key(row), [])
        if not any(one.id == row.id for one in mine):
            # Older than the stretch that was looked at.
            mine.append(Reading(row.id, row.at, row.level_percent, *_key(row)))
        levels = [Level(one.at, one.level_percent) for one in mine]
        lasting = row.type not in NO_CONSUMABLES
        told = forecast(levels, seen_at=head.asset.last_seen_at, now=now) if lasting else None
        drawn = [one for one in mine if one.at >= since]
        found.append(SupplyStory(row, drawn, told))
    return found


def chosen_story(stories: Sequence[SupplyStory], index: str) -> SupplyStory | None:
    """The supply with this index, else the lowest one; of those whose levels can be drawn."""
    drawable = [one for one in stories if one.drawable]
    wanted = (one for one in drawable if one.now.supply_index == index)
    lowest = min(drawable, key=lambda one: one.now.level_percent or 0, default=None)
    return next(wanted, lowest)


def _changes(db: Session, asset_id: int, since: datetime) -> dict[Key, list[Reading]]:
    """The newest `MOST_CHANGES` changes of each supply, oldest first."""
    r = SupplyReading
    query = (
        sa.select(
            col(r.id), col(r.at), col(r.level_percent), col(r.supply_index), col(r.name),
            col(r.color),
        )
        .where(col(r.asset_id) == asset_id, col(r.at) >= since)
        .order_by(col(r.at).desc(), col(r.id).desc())
        .limit(MOST_CHANGES)
    )  # fmt: skip
    found: dict[Key, list[Reading]] = {}
    for row in reversed(db.execute(query).all()):
        found.setdefault(tuple(row)[3:], []).append(Reading(*row))
    return found


def _key(row: SupplyReading) -> Key:
    return row.supply_index, row.name, row.color


def counters_of(db: Session, asset_id: int) -> list[Counter]:
    """The page counters, the total first. One statement."""
    rows = readings.current_counters(db, asset_id)
    found = [Counter(name, row.value, row.day) for name, row in rows.items()]
    return sorted(found, key=lambda counter: (counter.name != "total", counter.name))


class Count(NamedTuple):
    """A page counter at the end of a day."""

    day: date
    at: datetime
    value: int
    added: int
    continuity: Continuity


def counts_of(db: Session, asset_id: int, counter: str, *, since: date) -> list[Count]:
    """The readings of one counter, oldest first, the newest `MOST_COUNTS` of them."""
    p = PageReading
    query = (
        sa.select(col(p.day), col(p.at), col(p.value), col(p.added), col(p.continuity))
        .where(col(p.asset_id) == asset_id, col(p.counter) == counter, col(p.day) >= since)
        .order_by(col(p.day).desc(), col(p.epoch).desc())
        .limit(MOST_COUNTS)
    )
    return [Count(*row) for row in reversed(db.execute(query).all())]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pages printed from `first` on for `days` days."""

    first: date
    days: int
    pages: int


def pages_in(rows: Sequence[Count], *, since: date, until: date) -> list[Stretch]:
    """Pages by day, by week where there are more than 40 days, by month beyond 400.

    Every stretch is there, also one without a page; never negative.
    """
    rows = [row for row in rows if since <= row.day <= until]
    if not rows:
        return []
    first = rows[0].day
    length = (until - first).days + 1
    starts = _starts(first, until, length)
    found = dict.fromkeys(starts, 0)
    for row in rows:
        found[starts[bisect_right(starts, row.day) - 1]] += row.added
    ends = [*starts[1:], until + timedelta(days=1)]
    return [
        Stretch(start, (end - start).days, found[start])
        for start, end in zip(starts, ends, strict=True)
    ]


def _starts(first: date, until: date, length: int) -> list[date]:
    if length <= 40:
        return [first + timedelta(days=n) for n in range(length)]
    if length <= 400:
        monday = first - timedelta(days=first.weekday())
        return [monday + timedelta(weeks=n) for n in range((until - monday).days // 7 + 1)]
    months = [date(first.year, first.month, 1)]
    while (after := _next_month(months[-1])) <= until:
        months.append(after)
    return months


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
