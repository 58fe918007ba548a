"""Supplies and page counters: the present state, and a row more only when something changed.

Stored by sweeps, a batch of assets at a time; read by whoever has checked that the asset may be
seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.discovery import reading_rules as rules
from inventory.discovery.reading_models import Continuity, PageReading, SupplyReading
from snmp_discovery.types import Supply


@dataclass(frozen=True, slots=True)
class DayPages:
    """Pages counted on a day."""

    day: date
    pages: int


def store_supplies(db: Session, told: Mapping[int, tuple[Supply, ...]], *, now: datetime) -> int:
    """Keep what assets (by id) told of their supplies; the number of rows that this added.

    A supply that is no longer told is no longer current. An asset that told of none at all is
    left as it was: silence of a table is more often a hurried answer than an empty printer.
    """
    told = {asset_id: supplies for asset_id, supplies in told.items() if supplies}
    if not told:
        return 0
    rows = db.exec(
        select(SupplyReading).where(col(SupplyReading.asset_id).in_(told), SupplyReading.current)
    ).all()
    known = {(row.asset_id, row.supply_index): row for row in rows}
    added: list[dict[str, Any]] = []
    kept: set[int] = set()
    for asset_id, supplies in told.items():
        for index, supply in rules.supplies_by_index(supplies).items():
            fresh = _supply_row(asset_id, index, supply, now)
            row = known.get((asset_id, index))
            if row is not None and _same_supply(row, fresh):
                kept.add(row.id)
            else:
                added.append(fresh)
    _retire(db, SupplyReading, [row.id for row in rows if row.id not in kept])
    if added:
        db.execute(sa.insert(SupplyReading), added)
    return len(added)


def store_pages(
    db: Session, told: Mapping[int, Mapping[str, int]], *, day: date, now: datetime
) -> int:
    """Keep page counters of assets (by id, by name): one row a day, counter and epoch.

    `day` is the district's date. Returns how many counters had moved.
    """
    told = {asset_id: counters for asset_id, counters in told.items() if counters}
    if not told:
        return 0
    rows = db.exec(
        select(PageReading).where(col(PageReading.asset_id).in_(told), PageReading.current)
    ).all()
    known = {(row.asset_id, row.counter): row for row in rows}
    added: list[dict[str, Any]] = []
    retired: list[int] = []
    moved = 0
    for asset_id, counters in told.items():
        for counter, value in counters.items():
            row = known.get((asset_id, counter))
            if row is not None and row.value == value:
                continue
            moved += 1
            fresh = _page_row(asset_id, counter, value, row, day, now)
            if row is not None and (row.day, row.epoch) == (day, fresh["epoch"]):
                row.value, row.added, row.at = value, row.added + fresh["added"], now
                _worst(row, fresh["continuity"])
                db.add(row)
                continue
            if row is not None:
                retired.append(row.id)
            added.append(fresh)
    db.flush()
    _retire(db, PageReading, retired)
    if added:
        db.execute(sa.insert(PageReading), added)
    return moved


def current_supplies(db: Session, asset_id: int) -> list[SupplyReading]:
    """The supplies that the asset last told of, in the device's order."""
    rows = db.exec(
        select(SupplyReading).where(SupplyReading.asset_id == asset_id, SupplyReading.current)
    ).all()
    return sorted(rows, key=lambda row: _natural(row.supply_index))


def supply_history(
    db: Session, asset_id: int, *, since: datetime, limit: int = 1000
) -> list[SupplyReading]:
    """Changes of all supplies since a moment, oldest first."""
    query = (
        select(SupplyReading)
        .where(SupplyReading.asset_id == asset_id, SupplyReading.at >= since)
        .order_by(col(SupplyReading.at), col(SupplyReading.id))
        .limit(limit)
    )
    return list(db.exec(query).all())


def current_counters(db: Session, asset_id: int) -> dict[str, PageReading]:
    """The newest reading of each counter by its name."""
    rows = db.exec(
        select(PageReading).where(PageReading.asset_id == asset_id, PageReading.current)
    ).all()
    return {row.counter: row for row in rows}


def pages_per_day(
    db: Session, asset_id: int, *, since: date, until: date, counter: str = rules.TOTAL
) -> list[DayPages]:
    """Pages on each day from `since` to `until`, both included, that has a reading.

    Never negative: a counter that began anew adds nothing at that moment. What was printed while
    no sweep came is told on the day of the next one.
    """
    total = sa.func.sum(col(PageReading.added))
    query = (
        sa.select(col(PageReading.day), total)
        .where(col(PageReading.asset_id) == asset_id, col(PageReading.counter) == counter)
        .where(col(PageReading.day).between(since, until))
        .group_by(col(PageReading.day))
        .order_by(col(PageReading.day))
    )
    return [DayPages(day, int(pages)) for day, pages in db.execute(query)]


def _supply_row(asset_id: int, index: str, supply: Supply, now: datetime) -> dict[str, Any]:
    return {
        "asset_id": asset_id,
        "supply_index": index,
        "name": supply.name,
        "type": supply.type,
        "color": supply.color,
        "level_percent": rules.level_of(supply),
        "state": supply.state,
        "at": now,
        "current": True,
    }


def _same_supply(row: SupplyReading, fresh: Mapping[str, Any]) -> bool:
    return all(
        getattr(row, name) == fresh[name]
        for name in ("level_percent", "state", "name", "type", "color")
    )


def _page_row(
    asset_id: int,
    counter: str,
    value: int,
    before: PageReading | None,
    day: date,
    now: datetime,
) -> dict[str, Any]:
    step = rules.follow(before.value if before else None, value)
    epoch = before.epoch if before else 0
    return {
        "asset_id": asset_id,
        "counter": counter,
        "day": day,
        "epoch": epoch + (step.continuity is Continuity.RESET),
        "value": value,
        "added": step.added,
        "continuity": step.continuity,
        "at": now,
        "current": True,
    }


def _worst(row: PageReading, continuity: Continuity) -> None:
    """A day on which the counter wrapped stays marked, whatever follows on it."""
    if continuity is Continuity.WRAPPED:
        row.continuity = continuity


def _retire(db: Session, table: type[SupplyReading] | type[PageReading], ids: list[int]) -> None:
    if ids:
        db.execute(sa.update(table).where(col(table.id).in_(ids)).values(current=False))


def _natural(index: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isascii() and part.isdigit() else (0, part)
        for part in index.lstrip("#").split(".")
    ]
