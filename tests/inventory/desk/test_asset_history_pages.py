"""An asset's history as a page: one time line in words, filtered, paged."""

import re
from collections.abc import Callable
from typing import Any

from inventory.assets import custom_fields, notes, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import FieldKind, Status
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world
from tests.inventory.desk.test_asset_pages import text_of

Browser = Callable[..., Any]


def test_changes_are_told_in_words(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room, tag="N-1")
    with database.unit() as db:
        field = FieldDraft(key="lease", label="Lease <b>ends", kind=FieldKind.TEXT)
        custom_fields.create_field(db, world.ACTOR, field, now=clock())
        changes = {
            "site_id": district.north_lab, "cost_cents": 129900, "federal_funds": True,
            "custom": {"lease": "2029"}, "tag": "N-2", "name": world.HOSTILE[:20],
        }  # fmt: skip
        service.change(db, world.ACTOR, kept, changes, now=clock.forward(hours=1), reason="moved")
        service.set_status(
            db, world.ACTOR, kept, Status.LOST, now=clock.forward(hours=1), reason="not in the lab"
        )
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}/history").text
    said = text_of(page)
    assert "Status: In stock" in said
    assert "Lost Reason: not in the lab" in said
    assert "Main Building \u203a Room 12" in said
    assert "Main Building \u203a Computer Lab" in said
    assert "$1,299.00" in said
    assert "Federal funds: no → became yes" in said
    assert "Lease &lt;b&gt;ends: nothing → became 2029" in said
    assert "Tag: N-1 → became N-2 " in said
    assert "Reason: moved" in said
    assert "<script>" not in page


def test_a_place_elsewhere_is_not_named(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.south_room)
    with database.unit() as db:
        service.change(db, world.ACTOR, kept, {"site_id": district.north_room}, now=clock())
    url = f"/assets/{kept}/history"
    assert "a place outside your schools" in browser("helpdesk", site=district.north).get(url).text
    assert "South School" not in browser("helpdesk", site=district.north).get(url).text
    assert "South School" in browser("coordinator").get(url).text


def test_a_sighting_tells_what_is_new_since_the_one_before(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        world.seen(db, kept, clock, 5, firmware="1.0", name="A")
        world.seen(db, kept, clock, 1, firmware="2.0", name="A")
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}/history?kind=sighting")
    said = text_of(page.text)
    assert "Firmware: 1.0 → became 2.0" in said
    assert "Name:" not in said
    assert said.count("Taken for this device because: serial X1") == 1


def test_kinds_are_told_apart(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        notes.add_note(db, world.ACTOR, kept, "a note", now=clock())
        world.seen(db, kept, clock, name="A")
    caller = browser("helpdesk", site=district.north)

    def kinds(query: str) -> set[str]:
        page = caller.get(f"/assets/{kept}/history{query}").text
        return set(re.findall(r'<li class="is-(\w+)"', page))

    assert kinds("") == {"event", "sighting", "note"}
    for one in ("event", "sighting", "note"):
        assert kinds(f"?kind={one}") == {one}
    assert caller.get(f"/assets/{kept}/history?kind=other").status_code == 422


def test_pages_follow_each_other_without_a_gap(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        for n in range(70):
            # Several at the same moment: the key must tell them apart.
            now = clock.forward(minutes=n % 3 == 0)
            notes.add_note(db, world.ACTOR, kept, f"note-{n:02}", now=now)
            world.seen(db, kept, clock, n, name=f"n{n}")
    caller, url = browser("helpdesk", site=district.north), f"/assets/{kept}/history"
    whole: list[str] = []
    entries = 0
    while url:
        page = caller.get(url).text
        whole += re.findall(r"note-\d\d", page)
        entries += len(re.findall(r'<li class="is-', page))
        older = re.search(r'hx-get="([^"]*after=[^"]*)"', page)
        url = older.group(1).replace("&amp;", "&") if older else ""
        if url:
            part = caller.get(url, headers={"HX-Request": "true"}).text
            assert part.lstrip().startswith("<li")
    assert whole == [f"note-{n:02}" for n in reversed(range(70))]
    assert entries == 141
