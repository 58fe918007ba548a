"""What one chooses for the asset list: columns, density, a file, rows, rarer filters; its cost."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from inventory.assets import custom_fields, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import FieldKind
from inventory.assets.models import Asset
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk.list_reading import (
    ACTOR,
    chips,
    facet,
    fleet,
    heads,
    make,
    tags,
)

__all__ = ["fleet"]

Browser = Callable[..., Any]


def test_columns_and_density_are_remembered(
    browser: Browser, fleet: None, database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        draft = FieldDraft(key="lease", label="Lease <1>", kind=FieldKind.TEXT)
        custom_fields.create_field(db, ACTOR, draft, now=clock())
    caller = browser("coordinator")
    form = {"columns": ["tag", "serial", "custom.lease"], "density": "comfortable",
            "back": "category=printer&columns=tag"}  # fmt: skip
    saved = caller.post("/assets/columns", data=form)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/assets?category=printer")
    page = caller.get("/assets")
    assert heads(page) == ["Tag", "Serial number", "Lease &lt;1&gt;"]
    assert 'class="table-wrap comfortable"' in page.text
    assert 'value="serial" checked' in caller.get("/assets/columns").text
    caller.post("/assets/columns", data={"usual": "true", "density": "compact"})
    assert "Name" in heads(caller.get("/assets"))
    wrong = caller.post("/assets/columns", data={"columns": "nothing", "density": "compact"})
    assert wrong.status_code == 422
    assert heads(caller.get("/assets?columns=name&columns=status")) == ["Name", "Status"]


def test_the_csv_is_of_this_query(browser: Browser, fleet: None) -> None:
    caller = browser("coordinator")
    page = caller.get("/assets?category=laptop&sort=-tag&columns=tag&columns=name")
    href = re.search(r'href="(/api/v1/assets.csv[^"]*)"', page.text)
    assert href
    lines = caller.get(html.unescape(href[1])).text.splitlines()
    assert lines[0] == "tag,name"
    assert [line.split(",")[0] for line in lines[1:]] == ["S-2", "N-5", "N-4"]


def test_bulk_boxes_are_for_those_who_may(
    browser: Browser, fleet: None, district: District
) -> None:
    caller = browser("technician", district.north)
    page = caller.get("/assets?limit=2&category=printer&sort=-tag&columns=tag")
    assert page.text.count('type="checkbox" name="id"') == 2
    every = re.search(r'href="(/assets/bulk[^"]*)">Change all 3 that match', page.text)
    assert every
    form = caller.get(html.unescape(every[1]))
    assert "Change 3 assets" in form.text
    assert 'href="/assets?category=printer&amp;sort=-tag&amp;limit=2&amp;columns=tag"' in form.text
    helpdesk = browser("helpdesk", district.north).get("/assets")
    assert 'name="id"' not in helpdesk.text
    assert "/assets/new" not in helpdesk.text


def test_more_filters(browser: Browser, fleet: None, district: District) -> None:
    page = browser("technician", district.north).get("/assets/filter?category=printer&tag=N-1")
    assert '<input type="hidden" name="category" value="printer">' in page.text
    assert 'name="tag" type="text" value="N-1"' in page.text
    assert "South School" not in page.text


def test_statements_are_few_and_flat(
    browser: Browser, database: Database, clock: Clock, district: District
) -> None:
    caller = browser("coordinator")
    statements: list[str] = []

    def measure() -> int:
        caller.get("/assets")
        statements.clear()
        assert caller.get("/assets").status_code == 200
        kept = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")
        return len([one for one in statements if not one.startswith(kept)])

    for n in range(3):
        make(database, clock, "printer", manufacturer=f"M{n}", site_id=district.north_room)
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )
    few = measure()
    for n in range(30):
        make(database, clock, "laptop", manufacturer=f"N{n}", model="X", site_id=district.south)
    assert measure() == few
    assert few <= 10


def test_last_seen_and_stretches(
    browser: Browser, fleet: None, database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        for tag, days in (("N-1", 1), ("N-2", 20), ("N-3", 200)):
            asset = service.by_tag(db, ACTOR, tag)
            db.get_one(Asset, asset.id).last_seen_at = clock() - timedelta(days=days)
    page = browser("coordinator").get("/assets?seen=month&seen=longer")
    assert tags(page) == ["N-2", "N-3"]
    assert list(chips(page)) == ["Not seen for over 90 days", "Seen 8 to 30 days ago"]
    assert facet(page, "seen") == {"week": 1, "month": 1, "quarter": 0, "longer": 1, "never": 5}
