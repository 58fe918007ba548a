"""The page of one asset: its head, what is known and from whom, notes, and the label's address."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from inventory.assets import service
from inventory.assets.hold_models import Hold, HoldKind
from inventory.assets.kinds import Outcome, Source, Status
from inventory.assets.models import Asset
from inventory.db import Database
from snmp_discovery.types import SupplyState
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world

Browser = Callable[..., Any]


def text_of(page: str) -> str:
    """What a reader sees: without tags, blanks collapsed."""
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    return re.sub(r" ([:,;.])", r"\1", words)


def test_the_head_says_what_where_which_state_and_when(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(
        database, clock, district.north_room, tag="N-1", serial="SER-77", status=Status.DEPLOYED
    )
    with database.unit() as db:
        world.last_seen(db, kept, clock, minutes=7)
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}").text
    head = page[
        page.index('class="asset-head"') : page.index("</header>", page.index("asset-head"))
    ]
    said = text_of(head)
    for words in ("HP M404dn", "N-1", "Deployed", "Printer", "SER-77", "7 minutes ago",
                  "a network sweep", "10.0.0.9"):  # fmt: skip
        assert words in said
    steps = re.findall(r'href="/assets\?site_id=(\d+)"', head)
    assert steps == [str(n) for n in (district.north, district.north_building, district.north_room)]


def test_what_waits_for_somebody_stands_in_the_head(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(
        database, clock, district.north_room, status=Status.DEPLOYED, firmware="1.0",
        warranty_until=clock().date() - timedelta(days=1),
    )  # fmt: skip
    with database.unit() as db:
        place = world.network(db, clock, district.north)
        finding = world.found(db, kept, place, district.north, clock, outcome=Outcome.CONFLICT)
        world.supply(db, kept, clock, [0], state=SupplyState.EMPTY)
        world.told(db, kept, "firmware", "2.0", clock)
        world.last_seen(db, kept, clock, days=60)
    page = browser("technician", site=district.north).get(f"/assets/{kept}").text
    said = text_of(page)
    assert f'href="/discoveries/{finding}"' in page
    assert "Black Toner is empty" in said
    assert "1 value differs from what was observed" in said
    assert "Not seen for 2 months" in said
    assert "The warranty ended on Aug 31, 2026" in said


def test_a_conflict_at_another_school_is_not_told(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        place = world.network(db, clock, district.south)
        world.found(db, kept, place, district.south, clock, outcome=Outcome.CONFLICT)
    assert (
        "/discoveries/"
        not in browser("technician", site=district.north).get(f"/assets/{kept}").text
    )
    assert "/discoveries/" in browser("coordinator").get(f"/assets/{kept}").text


def test_a_lost_device_that_was_seen_alarms(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        service.set_status(db, world.ACTOR, kept, Status.STOLEN, now=clock(), reason="gone")
        world.last_seen(db, kept, clock, hours=3)
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}").text
    assert "Not in use, and yet seen 3 hours ago" in text_of(page)


def test_a_room_does_not_contradict_its_school(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        world.told(db, kept, "site_id", str(district.north), clock)
    caller = browser("technician", site=district.north)
    assert "differs from what" not in caller.get(f"/assets/{kept}").text
    with database.unit() as db:
        world.told(db, kept, "site_id", str(district.north_lab), clock, source=Source.VENDOR)
    page = text_of(caller.get(f"/assets/{kept}").text)
    assert "differs from what" in page
    assert "North School \u203a Main Building \u203a Computer Lab" in page


def test_each_value_tells_whom_it_is_from(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(
        database, clock, district.north_room, name="OFFICE", source=Source.SWEEP, serial="X123"
    )
    clock.forward(hours=2)
    with database.unit() as db:
        service.change(db, world.ACTOR, kept, {"serial": "X124"}, now=clock())
        world.told(db, kept, "name", "OFFICE", clock)
        world.seen(db, kept, clock, name="OFFICE")
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}").text
    rows = {text_of(row) for row in re.findall(r"<dt>.*?(?=<dt>|</dl>)", page, re.S)}
    assert any(r.startswith("Name OFFICE a network sweep") for r in rows), rows
    assert any(r.startswith("Serial number X124 test just now") for r in rows), rows
    assert "sysDescr pattern x" in page


def test_hostile_texts_stay_texts(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room, firmware="1")
    with database.unit() as db:
        for field in ("name", "firmware", "location"):
            world.told(db, kept, field, world.HOSTILE, clock)
        world.supply(db, kept, clock, [50], name=world.HOSTILE, state=SupplyState.LOW)
        world.seen(db, kept, clock, name=world.HOSTILE)
        world.on_port(db, kept, None, world.HOSTILE, clock)
        world.at_address(db, kept, world.HOSTILE[:40], clock)
        asset = db.get(Asset, kept)
        assert asset is not None
        asset.name = asset.serial = world.HOSTILE
    caller = browser("coordinator")
    for tab in ("", "/network", "/supplies", "/history"):
        page = caller.get(f"/assets/{kept}{tab}").text
        assert "<script>alert" not in page
        # In a hidden field the value must stay what it is; shown, its mark is made visible.
        assert "\u202e" not in re.sub(r'value="[^"]*"|data-copy="[^"]*"', "", page), tab


@pytest.mark.parametrize("tab", ["", "/network", "/supplies", "/files", "/history"])
def test_another_schools_device_is_not_there(
    tab: str, browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.south_room)
    caller = browser("technician", site=district.north)
    unseen, unknown = caller.get(f"/assets/{kept}{tab}"), caller.get(f"/assets/99999{tab}")
    assert (unseen.status_code, unknown.status_code) == (404, 404)


def test_who_may_only_look_is_offered_nothing_to_do(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room, firmware="1")
    with database.unit() as db:
        world.told(db, kept, "firmware", "2", clock)
    looks = browser("helpdesk", site=district.north).get(f"/assets/{kept}").text
    works = browser("technician", site=district.north).get(f"/assets/{kept}").text
    for words in (f"/assets/{kept}/edit", f"/assets/{kept}/status", f"/assets/{kept}/notes",
                  "/take-over", 'name="text"'):  # fmt: skip
        assert words not in looks
        assert words in works


def test_a_note_is_written(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller, url = browser("technician", site=district.north), f"/assets/{kept}/notes"
    empty = caller.post(url, data={"text": "  "})
    long = caller.post(url, data={"text": "x" * 4001})
    assert (empty.status_code, long.status_code) == (422, 422)
    assert "x" * 4001 in long.text
    wrote = caller.post(url, data={"text": f"line 1\r\nline 2 {world.HOSTILE}"})
    assert wrote.status_code == 303
    page = caller.get(f"/assets/{kept}").text
    assert "line 1<br>line 2 &lt;script&gt;" in page
    part = caller.get(url, headers={"HX-Request": "true", "HX-Target": "div#dialog-body"})
    assert "<html" not in part.text
    assert f'hx-post="{url}"' in part.text


def test_purchase_and_own_fields_are_told(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(
        database, clock, district.north_room, cost_cents=48990, funding_source="Title I",
        federal_funds=True, purchase_date=date(2024, 8, 1),
    )  # fmt: skip
    said = text_of(browser("helpdesk", site=district.north).get(f"/assets/{kept}").text)
    assert "$489.90" in said
    assert "Title I" in said
    assert "Aug 1, 2024" in said
    assert "must stay traceable" in said


def test_a_hold_is_told_to_whom_it_concerns(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        db.add(
            Hold(asset_id=kept, kind=HoldKind.LEGAL, case_number="C-17", reason="why",
                 raised_by="x", raised_at=clock())
        )  # fmt: skip
    works = browser("technician", site=district.north).get(f"/assets/{kept}").text
    looks = browser("helpdesk", site=district.north).get(f"/assets/{kept}").text
    assert "On hold" in works
    assert "C-17" not in works
    assert "On hold" not in looks
