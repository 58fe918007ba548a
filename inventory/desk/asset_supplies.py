"""A printer's supplies and page counters over time, ready to be drawn."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from inventory.desk.asset_head import Head
from inventory.desk.supply_forecast import Forecast, Level, forecast
from inventory.discovery import readings
from inventory.discovery.reading_models import PageReading, SupplyReading

LOOKED_BACK = timedelta(days=180)
"""For a forecast, however short the stretch is that is looked at."""

MOST_CHANGES = 4000
MOST_COUNTS = 1500

NO_CONSUMABLES = frozenset({"battery"})
"""Supplies that fill up again by themselves."""

CYAN_TO_BLACK = ("black", "cyan", "magenta", "yellow")


@dataclass(frozen=True, slots=True)
class SupplyStory:
    """A present supply with its changes since the moment that was asked for, oldest first, and how
    long it may last; no forecast is made for what fills up by itself."""

    now: SupplyReading
    changes: Sequence[SupplyReading]
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
    changes = readings.supply_history(db, head.asset.id, since=back, limit=MOST_CHANGES)
    found = []
    for row in head.supplies:
        mine = [one for one in changes if _same(one, row)]
        if not any(one.id == row.id for one in mine):
            mine.append(row)  # older than the stretch that was asked for
        levels = [Level(one.at, one.level_percent) for one in mine]
        lasting = row.type not in NO_CONSUMABLES
        told = forecast(levels, seen_at=head.asset.last_seen_at, now=now) if lasting else None
        drawn = [one for one in mine if one.at >= since]
        found.append(SupplyStory(row, drawn, told))
    return found


def _same(one: SupplyReading, other: SupplyReading) -> bool:
    return (one.supply_index, one.name, one.color) == (other.supply_index, other.name, other.color)


def counters_of(db: Session, asset_id: int) -> list[Counter]:
    """The page counters, the total first. One statement."""
    rows = readings.current_counters(db, asset_id)
    found = [Counter(name, row.value, row.day) for name, row in rows.items()]
    return sorted(found, key=lambda counter: (counter.name != "total", counter.name))


def counts_of(db: Session, asset_id: int, counter: str, *, since: date) -> list[PageReading]:
    """The readings of one counter, oldest first, the newest `MOST_COUNTS` of them."""
    query = (
        select(PageReading)
        .where(
            PageReading.asset_id == asset_id, PageReading.counter == counter,
            PageReading.day >= since,
        )
        .order_by(col(PageReading.day).desc(), col(PageReading.epoch).desc())
        .limit(MOST_COUNTS)
    )  # fmt: skip
    return list(db.exec(query).all())[::-1]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pages printed from `first` on for `days` days."""

    first: date
    days: int
    pages: int


def pages_in(rows: Sequence[PageReading], *, since: date, until: date) -> list[Stretch]:
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
