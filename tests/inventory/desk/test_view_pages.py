"""Saved views over HTTP: kept from the list, one click away, one's own or the district's."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from werkzeug.test import TestResponse

from inventory.db import Database
from inventory.desk.models import SavedView
from tests.inventory.conftest import District

Browser = Callable[..., Any]
HOSTILE = "<script>alert(1)</script>"


def tabs(page: TestResponse) -> dict[str, str]:
    """Name → address of the views above the list."""
    block = re.search(r'<nav class="views".*?</nav>', page.text, re.DOTALL)
    found = re.findall(r'<li><a href="([^"]*)"[^>]*>(.*?)</a>', block[0] if block else "")
    return {re.sub("<.*?>", "", text).strip(): html.unescape(href) for href, text in found}


def views(database: Database) -> list[SavedView]:
    with database.unit(write=False) as db:
        return list(db.exec(select(SavedView).order_by(SavedView.id)).all())


def save(caller: Any, name: str, query: str = "category=printer", **more: str) -> TestResponse:
    form = {"page": "assets", "query": query, "name": name, **more}
    answer: TestResponse = caller.post("/views/new", data=form)
    return answer


def test_the_present_list_is_kept_and_opened(browser: Browser, district: District) -> None:
    caller = browser("technician", district.north)
    page = caller.get("/assets?status=in_stock&category=printer&sort=-tag&limit=10")
    link = re.search(r'href="(/views/new[^"]*)"', page.text)
    assert link
    form = caller.get(html.unescape(link[1]))
    query = re.search(r'name="query" value="([^"]*)"', form.text)
    assert query
    saved = save(caller, "Spare printers", html.unescape(query[1]))
    wanted = "/assets?category=printer&status=in_stock&sort=-tag"
    assert (saved.status_code, saved.headers["Location"]) == (303, wanted)
    page = caller.get(wanted)
    assert tabs(page) == {"All assets": "/assets", "Spare printers": wanted}
    assert f'href="{html.escape(wanted)}" aria-current="page"' in page.text
    assert "Save view" not in page.text
    assert "Spare printers" not in browser("technician", district.south).get("/assets").text


def test_the_district_s_views_are_everybody_s(browser: Browser, district: District) -> None:
    coordinator, technician = browser("coordinator"), browser("technician", district.north)
    save(coordinator, HOSTILE, shared="true")
    page = technician.get("/assets")
    assert "<script>alert" not in page.text
    assert list(tabs(page)) == ["All assets", html.escape(HOSTILE)]
    assert "Rename" not in technician.get("/views").text
    assert "Rename" in coordinator.get("/views").text


def test_who_may_not_share(browser: Browser, district: District, database: Database) -> None:
    caller = browser("technician", district.north)
    assert 'name="shared"' not in caller.get("/views/new").text
    assert save(caller, "Mine", shared="true").status_code == 403
    assert views(database) == []
    save(caller, "Mine")
    (view,) = views(database)
    shared = caller.post(f"/views/{view.id}/share", data={"version": "1"})
    assert shared.status_code == 403


def test_share_rename_order_delete(
    browser: Browser, district: District, database: Database, events: Any
) -> None:
    caller = browser("coordinator")
    save(caller, "One")
    save(caller, "Two", "status=lost")
    one, two = views(database)
    caller.post(f"/views/{two.id}/move", data={"place": "0"})
    assert list(tabs(caller.get("/assets"))) == ["All assets", "Two", "One"]
    renamed = caller.post(f"/views/{one.id}", data={"version": one.version, "name": "First"})
    assert renamed.headers["Location"] == "/views?page=assets"
    late = caller.post(f"/views/{one.id}", data={"version": one.version, "name": "Other"})
    assert late.status_code == 412
    assert "Share" in caller.get(f"/views/{two.id}/share").text
    caller.post(f"/views/{two.id}/share", data={"version": "1"})
    assert len(events("view.shared")) == 1
    assert "nobody will have it any more" in caller.get(f"/views/{two.id}/delete").text
    assert len(views(database)) == 2
    caller.post(f"/views/{two.id}/delete", data={"version": "2"})
    assert [view.name for view in views(database)] == ["First"]


def test_another_list_in_its_place(
    browser: Browser, district: District, database: Database
) -> None:
    caller = browser("technician", district.north)
    save(caller, "Mine")
    (view,) = views(database)
    assert f'<option value="{view.id}">Mine</option>' in caller.get("/views/new").text
    answer = save(caller, "", "status=lost", instead_of=str(view.id))
    assert answer.headers["Location"] == "/assets?status=lost"
    assert [each.query for each in views(database)] == ["status=lost"]


@pytest.mark.parametrize("part", ["", "/delete"])
def test_somebody_else_s_is_not_there(
    browser: Browser, district: District, database: Database, part: str
) -> None:
    save(browser("technician", district.north), "Private plan")
    (view,) = views(database)
    other = browser("coordinator").get(f"/views/{view.id}{part}")
    assert other.status_code == 404
    assert "Private plan" not in other.text


@pytest.mark.parametrize(
    ("name", "query"),
    [("", "q=x"), ("x" * 81, "q=x"), ("x", "stauts=lost"), ("x", "sort=nothing"), ("x", "q=%ff")],
)
def test_mistakes_keep_what_was_typed(
    browser: Browser, district: District, database: Database, name: str, query: str
) -> None:
    page = save(browser("coordinator"), name, query)
    assert page.status_code == 422
    assert f'name="query" value="{query}"' in page.text
    assert views(database) == []


def test_a_taken_name(browser: Browser, district: District, database: Database) -> None:
    caller = browser("coordinator")
    save(caller, "Printers")
    page = save(caller, "printers", "q=x")
    assert page.status_code == 409
    assert "there is a view called printers already" in page.text
    assert len(views(database)) == 1


def test_a_view_of_the_review_queue(browser: Browser, district: District) -> None:
    form = {"page": "discoveries", "query": "", "name": "All"}
    saved = browser("coordinator").post("/views/new", data=form)
    assert saved.headers["Location"].startswith("/discoveries")
    assert "All" in browser("coordinator").get("/views?page=discoveries").text
