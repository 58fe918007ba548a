"""Counters and supplies: wraps, resets, and a row only where something changed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from sqlmodel import Session, select

from inventory.assets import service as assets
from inventory.db import Database
from inventory.discovery import reading_rules as rules, readings
from inventory.discovery.reading_models import Continuity, PageReading, SupplyReading
from snmp_discovery.types import Supply, SupplyState
from tests.conftest import Clock
from tests.inventory.discovery.conftest import ANYBODY

DAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("before", "now", "added", "continuity"),
    [
        (None, 48_213, 0, Continuity.FIRST),
        (100, 100, 0, Continuity.FORWARD),
        (100, 175, 75, Continuity.FORWARD),
        (2**32 - 10, 15, 25, Continuity.WRAPPED),
        (2**31 - 1, 0, 1, Continuity.WRAPPED),
        (48_213, 12, 0, Continuity.RESET),
        (2**32 - 10, 2**31, 0, Continuity.RESET),
        (2**32 - 50_000_000, 5, 0, Continuity.RESET),
        (2**40, 5, 0, Continuity.RESET),
    ],
)
def test_how_a_counter_goes_on(
    before: int | None, now: int, added: int, continuity: Continuity
) -> None:
    assert rules.follow(before, now) == rules.Step(added, continuity)


@given(st.none() | st.integers(0, 2**63), st.integers(0, 2**63))
def test_pages_are_never_negative(before: int | None, now: int) -> None:
    assert rules.follow(before, now).added >= 0


def test_impossible_counters_are_left_out() -> None:
    told = {"copy": 5, "bad": -1, "huge": 2**70, "\x00\x1b[31m": 3, "x" * 200: 4}
    assert rules.counters(9, told) == {"copy": 5, "31m": 3, "x" * 60: 4, "total": 9}
    assert rules.counters(None, {}) == {}
    assert len(rules.counters(1, {f"c{n}": n for n in range(1000)})) <= rules.MAX_COUNTERS


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    with database.unit() as session:
        yield session


@pytest.fixture
def asset_id(db: Session, clock: Clock) -> int:
    return assets.create(db, ANYBODY, assets.AssetDraft(category="printer"), now=clock()).id


def store_pages(db: Session, asset_id: int, value: int, day: date, clock: Clock) -> None:
    readings.store_pages(db, {asset_id: {"total": value}}, day=day, now=clock())
    db.flush()
    db.expire_all()


def test_a_day_has_one_row_and_its_pages(db: Session, asset_id: int, clock: Clock) -> None:
    for day, value in ((0, 100), (0, 130), (0, 130), (1, 130), (2, 190), (2, 200), (5, 230)):
        store_pages(db, asset_id, value, DAY + timedelta(days=day), clock)
    rows = db.exec(select(PageReading).order_by(PageReading.id)).all()
    assert [(row.day.day, row.value, row.added) for row in rows] == [
        (1, 130, 30),
        (3, 200, 70),
        (6, 230, 30),
    ]
    assert [row.current for row in rows] == [False, False, True]
    found = readings.pages_per_day(db, asset_id, since=DAY, until=DAY + timedelta(days=4))
    assert [(each.day.day, each.pages) for each in found] == [(1, 30), (3, 70)]


def test_a_reset_begins_a_new_epoch_on_the_same_day(
    db: Session, asset_id: int, clock: Clock
) -> None:
    for value in (48_000, 48_010, 7, 12):
        store_pages(db, asset_id, value, DAY, clock)
    rows = db.exec(select(PageReading).order_by(PageReading.id)).all()
    assert [(row.epoch, row.value, row.added, row.continuity) for row in rows] == [
        (0, 48_010, 10, Continuity.FIRST),
        (1, 12, 5, Continuity.RESET),
    ]
    (day,) = readings.pages_per_day(db, asset_id, since=DAY, until=DAY)
    assert day.pages == 15


def test_a_wrap_goes_on_counting(db: Session, asset_id: int, clock: Clock) -> None:
    store_pages(db, asset_id, 2**32 - 5, DAY, clock)
    store_pages(db, asset_id, 20, DAY + timedelta(days=1), clock)
    row = db.exec(select(PageReading).where(PageReading.current)).one()
    assert (row.epoch, row.added, row.continuity) == (0, 25, Continuity.WRAPPED)


def supply(level: int | None, state: SupplyState = SupplyState.OK, index: str = "1") -> Supply:
    return Supply("Black Toner", "toner", "black", level, state, index)


def store(db: Session, asset_id: int, now: datetime, *supplies: Supply) -> int:
    added = readings.store_supplies(db, {asset_id: supplies}, now=now)
    db.flush()
    db.expire_all()
    return added


def test_supplies_get_a_row_only_for_a_change(db: Session, asset_id: int, clock: Clock) -> None:
    start = clock()
    steps = [
        (supply(80), 1),
        (supply(80), 0),
        (supply(79), 1),
        (supply(79, SupplyState.LOW), 1),
        (supply(None, SupplyState.SOME_REMAINS), 1),
        (supply(None, SupplyState.SOME_REMAINS), 0),
        (supply(100), 1),
    ]
    for told, rows in steps:
        assert store(db, asset_id, clock.forward(hours=1), told) == rows
    (now,) = readings.current_supplies(db, asset_id)
    assert now.level_percent == 100
    history = readings.supply_history(db, asset_id, since=start)
    assert [row.level_percent for row in history] == [80, 79, 79, None, 100]
    assert sum(row.current for row in history) == 1


def test_a_supply_that_is_gone_is_no_longer_current(
    db: Session, asset_id: int, clock: Clock
) -> None:
    store(db, asset_id, clock(), supply(50), supply(60, index="10"), supply(70, index="2"))
    shown = readings.current_supplies(db, asset_id)
    assert [row.supply_index for row in shown] == ["1", "2", "10"]
    store(db, asset_id, clock(), supply(50))
    assert len(readings.current_supplies(db, asset_id)) == 1
    store(db, asset_id, clock())
    assert len(readings.current_supplies(db, asset_id)) == 1, "silence of a table changes nothing"


def test_an_impossible_level_is_kept_within_bounds(
    db: Session, asset_id: int, clock: Clock
) -> None:
    store(db, asset_id, clock(), supply(250), supply(-3, index="2"))
    rows = db.exec(select(SupplyReading).order_by(SupplyReading.id)).all()
    assert [row.level_percent for row in rows] == [100, 0]
