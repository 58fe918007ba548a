"""An asset's supplies and pages: levels, counters, forecast, and honest silence."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from inventory.assets.kinds import Category
from inventory.db import Database
from inventory.desk.asset_supplies import Count, pages_in
from inventory.desk.asset_supplies_pages import thinned
from inventory.discovery.reading_models import Continuity, PageReading
from inventory.web.charts import Point
from snmp_discovery.types import SupplyState
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world

Browser = Callable[..., Any]


def test_levels_counters_and_a_forecast(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        world.supply(db, kept, clock, list(range(60, 39, -1)))
        world.supply(db, kept, clock, [None], supply_index="1.5", name="Waste Box", color="",
                     type="waste toner", state=SupplyState.SOME_REMAINS)  # fmt: skip
        world.counted(db, kept, clock, [1000, 1100, 1250, 10, 60])
        world.last_seen(db, kept, clock, minutes=5)
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}/supplies").text
    assert "Black Toner: 40%" in page
    assert "about 6 weeks left" in page
    assert "the device does not tell a level" in page
    assert "counter began anew" in page
    # 100 + 150 + 50: what was printed before the counter began anew is not counted away.
    assert "300 counted in this time" in page
    table = re.search(r'id="levels-.*?<table.*?</table>', page, re.S)
    assert table
    assert "60 %" in table.group()


def test_an_older_refill_is_remembered_by_the_forecast_not_by_the_picture(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        world.supply(db, kept, clock, list(range(100, 39, -1)))
        world.last_seen(db, kept, clock, minutes=5)
    caller = browser("helpdesk", site=district.north)
    short = caller.get(f"/assets/{kept}/supplies?days=30").text
    assert "61 readings" in short
    assert "95 %" not in short
    assert "95 %" in caller.get(f"/assets/{kept}/supplies?days=90").text


def test_a_battery_has_no_forecast(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room, category=Category.UPS)
    with database.unit() as db:
        world.supply(db, kept, clock, list(range(80, 39, -2)), type="battery", name="Battery")
        world.last_seen(db, kept, clock, minutes=5)
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}/supplies").text
    assert "days left" not in page
    assert "weeks left" not in page
    assert "How the forecast" not in page


def test_the_tab_is_there_only_where_it_can_tell_something(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    laptop = world.made(database, clock, district.north_room, category=Category.LAPTOP)
    printer = world.made(database, clock, district.north_room)
    caller = browser("helpdesk", site=district.north)
    assert f"/assets/{laptop}/supplies" not in caller.get(f"/assets/{laptop}").text
    assert f"/assets/{printer}/supplies" in caller.get(f"/assets/{printer}").text
    assert "No readings yet" in caller.get(f"/assets/{printer}/supplies").text
    with database.unit() as db:
        world.counted(db, laptop, clock, [1, 2])
    assert f"/assets/{laptop}/supplies" in caller.get(f"/assets/{laptop}").text


def test_another_counter_can_be_chosen(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        world.counted(db, kept, clock, [5, 9])
        db.add(
            PageReading(asset_id=kept, counter="<color>", day=clock().date(), value=7777,
                        at=clock(), current=True)
        )  # fmt: skip
    caller = browser("helpdesk", site=district.north)
    page = caller.get(f"/assets/{kept}/supplies?counter=%3Ccolor%3E").text
    assert re.search(r'counter=%3Ccolor%3E" aria-current="true"', page)
    assert "<color>" not in page
    assert caller.get(f"/assets/{kept}/supplies?counter=unknown").status_code == 200
    assert caller.get(f"/assets/{kept}/supplies?days=31").status_code == 422


def reading(day: date, added: int) -> Count:
    return Count(day, datetime(2026, 9, 1, tzinfo=UTC), 0, added, Continuity.FORWARD)


def test_pages_are_gathered_by_day_week_and_month() -> None:
    until = date(2026, 9, 1)
    days = pages_in(
        [reading(until - timedelta(days=3), 5), reading(until, 7)],
        since=until - timedelta(days=30), until=until,
    )  # fmt: skip
    assert [each.pages for each in days] == [5, 0, 0, 7]
    rows = [reading(until - timedelta(days=n), 1) for n in range(60, -1, -1)]
    weeks = pages_in(rows, since=until - timedelta(days=90), until=until)
    assert all(each.first.weekday() == 0 for each in weeks)
    assert sum(each.pages for each in weeks) == 61
    rows = [reading(until - timedelta(days=n), 1) for n in range(500, -1, -1)]
    months = pages_in(rows, since=until - timedelta(days=3660), until=until)
    assert all(each.first.day == 1 for each in months)
    assert sum(each.pages for each in months) == 501
    assert pages_in([], since=until, until=until) == []
    assert pages_in([reading(until, 1)], since=until + timedelta(days=1), until=until) == []


def test_a_line_of_many_readings_keeps_its_resets() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    many = [Point(start + timedelta(days=n), n, reset=n == 137) for n in range(400)]
    few = thinned(many, most=40)
    assert {many[0], many[136], many[137], many[399]} <= set(few)
    assert len(few) <= 42
    assert list(few) == sorted(few)
    assert thinned(many[:40], most=40) == many[:40]


def test_the_lowest_supply_is_drawn_unless_another_is_chosen(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        world.supply(db, kept, clock, [90, 80], supply_index="1.1", name="Cyan")
        world.supply(db, kept, clock, [40, 30], supply_index="1.2", name="Magenta")
        world.supply(db, kept, clock, [5], supply_index="1.3", name="Not drawable")
    caller = browser("helpdesk", site=district.north)
    assert "Magenta: level" in caller.get(f"/assets/{kept}/supplies").text
    for asked in ("1.1", "1.3", "9"):
        page = caller.get(f"/assets/{kept}/supplies?supply={asked}").text
        assert ("Cyan: level" in page) == (asked == "1.1")
