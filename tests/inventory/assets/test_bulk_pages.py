"""Changing many assets over HTTP: picked, previewed, applied; what is applied was previewed."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from werkzeug.test import TestResponse

from inventory.assets import custom_fields, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import Category, FieldKind, Status
from inventory.assets.models import Asset
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

Browser = Callable[..., Any]
HOSTILE = "<script>alert(1)</script>"


def hidden(page: TestResponse) -> dict[str, Any]:
    """The hidden fields of the page's bulk form, as a browser sends them back."""
    form = re.search(r'<form method="post" action="/assets/bulk".*?</form>', page.text, re.DOTALL)
    assert form, page.text
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0]):
        found.setdefault(name, []).append(html.unescape(value))
    found.pop("csrf_token", None)
    return found


def counts(page: TestResponse) -> list[int]:
    """Changed, unchanged, refused."""
    return [int(n) for n in re.findall(r'<li class="tile[^>]*><strong>(\d+)</strong>', page.text)]


def suppliers(database: Database) -> list[str]:
    with database.unit(write=False) as db:
        return list(db.exec(select(Asset.supplier).order_by(col(Asset.id))).all())


@pytest.fixture
def three(make: Make, district: District) -> list[int]:
    return [make(tag=f"T-{n}", name=HOSTILE, site_id=district.lincoln).id for n in (1, 2, 3)]


def picked(caller: Any, ids: list[int], more: str = "") -> TestResponse:
    query = "&".join(f"id={id_}" for id_ in ids)
    page: TestResponse = caller.get(f"/assets/bulk?{query}{more}")
    return page


def test_from_the_list_to_the_change(
    browser: Browser, database: Database, three: list[int], district: District, events: Any
) -> None:
    caller = browser("technician", district.lincoln)
    form = hidden(picked(caller, three[:2], "&back=category%3Dprinter"))
    assert form["rows"] == [f"{three[0]}:1,{three[1]}:1"]
    form |= {"tick": ["supplier"], "supplier": "ACME", "cost": "12", "reason": "the\r\nlot"}
    told = caller.post("/assets/bulk", data={**form, "step": "preview"})
    assert counts(told) == [2, 0, 0]
    assert "Filled in but not ticked, so left alone: Price." in told.text
    assert suppliers(database) == ["", "", ""]
    assert HOSTILE not in told.text
    done = caller.post("/assets/bulk", data={**hidden(told), "step": "apply"})
    assert (done.status_code, counts(done)) == (200, [2, 0, 0])
    assert "2 assets were changed." in done.text
    assert 'href="/assets?category=printer"' in done.text
    assert suppliers(database) == ["ACME", "ACME", ""]
    assert [event.reason for event in events("asset.changed")] == ["the\nlot"] * 2
    again = caller.post("/assets/bulk", data={**hidden(told), "step": "apply"})
    assert (again.status_code, counts(again)) == (409, [0, 0, 2])
    assert len(events("asset.changed")) == 2


def test_what_was_previewed_is_what_is_applied(
    browser: Browser, database: Database, three: list[int], clock: Clock
) -> None:
    caller = browser("coordinator")
    form = {**hidden(picked(caller, three)), "tick": "supplier", "supplier": "ACME"}
    told = caller.post("/assets/bulk", data={**form, "step": "preview"})
    with database.unit() as db:
        service.change(db, EVERYTHING, three[1], {"supplier": "other"}, now=clock())
    late = caller.post("/assets/bulk", data={**hidden(told), "step": "apply"})
    assert (late.status_code, counts(late)) == (409, [2, 0, 1])
    assert "Nothing was changed" in late.text
    assert suppliers(database) == ["", "other", ""]
    renewed = caller.post("/assets/bulk", data={**hidden(late), "step": "renew"})
    assert counts(renewed) == [3, 0, 0]
    assert f"{three[1]}:2" in hidden(renewed)["rows"][0]
    caller.post("/assets/bulk", data={**hidden(renewed), "step": "apply"})
    assert suppliers(database) == ["ACME"] * 3


def test_refused_rows_can_be_left_out(
    browser: Browser, database: Database, make: Make, three: list[int], district: District
) -> None:
    gone = make(tag="T-9", site_id=district.lincoln)
    with database.unit() as db:
        db.get_one(Asset, gone.id).status = Status.DISPOSED
    caller = browser("technician", district.lincoln)
    form = {**hidden(picked(caller, [*three, gone.id])), "tick": "status", "status": "deployed"}
    told = caller.post("/assets/bulk", data={**form, "step": "preview"})
    assert counts(told) == [3, 0, 1]
    assert 'value="apply"' not in told.text
    assert "disposed cannot become deployed" in told.text
    skipped = caller.post("/assets/bulk", data={**hidden(told), "step": "skip"})
    assert counts(skipped) == [3, 0, 0]
    done = caller.post("/assets/bulk", data={**hidden(skipped), "step": "apply"})
    assert "3 assets were changed." in done.text


def test_all_that_match_are_taken(
    browser: Browser, make: Make, three: list[int], district: District
) -> None:
    make(Category.LAPTOP, tag="L-1", site_id=district.lincoln)
    make(tag="S-1", site_id=district.adams)
    caller = browser("technician", district.lincoln)
    page = caller.get("/assets/bulk?all=true&category=printer&back=category%3Dprinter")
    assert hidden(page)["rows"] == [",".join(f"{id_}:1" for id_ in three)]
    assert "S-1" not in page.text


def test_too_many_are_told(browser: Browser, database: Database, make: Make, clock: Clock) -> None:
    first = make()
    with database.unit() as db:
        row = (
            db.execute(sa.select(Asset.__table__).where(col(Asset.id) == first.id)).mappings().one()
        )
        copies = [
            {**row, "id": n, "uid": f"u{n}", "tag": f"X{n}", "tag_key": f"x{n}"}
            for n in range(first.id + 1, first.id + 1002)
        ]
        db.execute(sa.insert(Asset), copies)
    page = browser("coordinator").get("/assets/bulk?all=true")
    assert page.status_code == 200
    assert "At most 1,000 assets are changed together" in page.text


def test_nothing_selected(browser: Browser, three: list[int]) -> None:
    page = browser("coordinator").get("/assets/bulk?back=q%3Dx")
    assert "Nothing is selected" in page.text
    assert 'href="/assets?q=x"' in page.text


def test_assets_of_another_school_are_not_there(
    browser: Browser, make: Make, three: list[int], district: District, database: Database
) -> None:
    other = make(tag="SECRET-1", site_id=district.adams)
    caller = browser("technician", district.lincoln)
    page = picked(caller, [three[0], other.id])
    assert hidden(page)["rows"] == [f"{three[0]}:1"]
    assert "SECRET-1" not in page.text
    forged = {"rows": f"{other.id}:1", "tick": "supplier", "supplier": "X", "step": "apply"}
    told = caller.post("/assets/bulk", data=forged)
    assert (told.status_code, counts(told)) == (409, [0, 0, 1])
    assert "SECRET-1" not in told.text
    assert set(suppliers(database)) == {""}
    moved = {"rows": f"{three[0]}:1", "tick": "site_id", "site_id": district.adams, "step": "apply"}
    assert counts(caller.post("/assets/bulk", data=moved)) == [0, 0, 1]


def test_only_ticked_fields_and_blank_ones_are_emptied(
    browser: Browser, database: Database, make: Make, clock: Clock
) -> None:
    with database.unit() as db:
        for key, kind in (("lease", FieldKind.TEXT), ("trays", FieldKind.NUMBER)):
            draft = FieldDraft(key=key, label=key.capitalize(), kind=kind)
            custom_fields.create_field(db, EVERYTHING, draft, now=clock())
    made = make(supplier="old", grant_number="G1", custom={"lease": "L-1", "trays": 3})
    caller = browser("coordinator")
    form = hidden(picked(caller, [made.id])) | {
        "tick": ["supplier", "custom_lease", "federal_funds"], "supplier": "", "grant_number": "",
        "custom_lease": "", "custom_trays": "7", "federal_funds": "true",
    }  # fmt: skip
    told = caller.post("/assets/bulk", data={**form, "step": "preview"})
    assert told.text.count("emptied</span>") == 2
    caller.post("/assets/bulk", data={**hidden(told), "step": "apply"})
    with database.unit(write=False) as db:
        asset = db.get_one(Asset, made.id)
    assert (asset.supplier, asset.grant_number, asset.federal_funds) == ("", "G1", True)
    assert asset.custom == {"trays": 3}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"supplier": "X"}, "Tick the fields that are to be changed."),
        ({"tick": "status", "status": ""}, "Choose what it shall be."),
        ({"tick": "cost", "cost": "much"}, "Write an amount like 249.50."),
        ({"tick": "version", "supplier": "X"}, "Tick the fields that are to be changed."),
    ],
)
def test_mistakes_show_the_form_again(
    browser: Browser, three: list[int], wrong: dict[str, str], said: str
) -> None:
    caller = browser("coordinator")
    form = {**hidden(picked(caller, three)), **wrong, "step": "preview"}
    page = caller.post("/assets/bulk", data=form)
    assert page.status_code == 422
    assert said in page.text
    assert hidden(page)["rows"] == hidden(picked(caller, three))["rows"]


@pytest.mark.parametrize(
    "rows", ["", "x", "1", "1:", "0:1", "1:1:1", "1:1,,", "99999999999:1", "-1:1"]
)
def test_a_selection_that_cannot_be_read(browser: Browser, rows: str) -> None:
    form = {"rows": rows, "tick": "supplier", "supplier": "X", "step": "apply"}
    assert browser("coordinator").post("/assets/bulk", data=form).status_code == 422


def test_back_from_the_preview_keeps_what_was_typed(browser: Browser, three: list[int]) -> None:
    caller = browser("coordinator")
    form = {**hidden(picked(caller, three)), "tick": "supplier", "supplier": '"A" & B'}
    told = caller.post("/assets/bulk", data={**form, "step": "preview"})
    page = caller.post("/assets/bulk", data={**hidden(told), "step": "edit"})
    assert page.status_code == 200
    assert 'id="tick-supplier" value="supplier" checked' in page.text
    assert 'value="&#34;A&#34; &amp; B"' in page.text


def test_who_may_not_is_refused(browser: Browser, three: list[int], district: District) -> None:
    caller = browser("helpdesk", district.lincoln)
    assert picked(caller, three).status_code == 403
