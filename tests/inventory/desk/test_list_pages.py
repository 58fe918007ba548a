"""The asset list over HTTP: what is shown, narrowed, counted and refused, and by whom."""

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.inventory.conftest import District
from tests.inventory.desk.list_reading import (
    PART,
    chips,
    count,
    facet,
    fleet,
    links,
    tags,
)

__all__ = ["fleet"]

Browser = Callable[..., Any]


def test_everything_at_once(browser: Browser, fleet: None, district: District) -> None:
    page = browser("coordinator").get("/assets")
    assert tags(page) == ["N-1", "N-2", "N-3", "N-4", "N-5", "S-1", "S-2", "W-1"]
    assert count(page) == "8 assets"
    assert facet(page, "category") == {"printer": 4, "laptop": 3, "tablet": 1}
    assert facet(page, "status") == {"in_stock": 6, "deployed": 2}
    schools = {text: number for text, (_href, number) in links(page, "school").items()}
    assert schools == {"North School": 5, "South School": 2, "at no school": 1}
    assert chips(page) == {}
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;\ufffdevil" in page.text


def test_a_school_sees_only_itself(browser: Browser, fleet: None, district: District) -> None:
    caller = browser("technician", district.north)
    page = caller.get("/assets")
    assert tags(page) == ["N-1", "N-2", "N-3", "N-4", "N-5"]
    assert list(links(page, "school")) == ["North School"]
    assert "South" not in page.text
    foreign = caller.get(f"/assets?site_id={district.south}")
    assert tags(foreign) == []
    assert "South" not in foreign.text


def test_facets_narrow_and_widen(browser: Browser, fleet: None) -> None:
    page = browser("coordinator").get("/assets?category=printer&status=deployed")
    assert tags(page) == ["N-2"]
    assert count(page) == "1 asset"
    assert facet(page, "category") == {"printer": 1, "laptop": 1}
    assert facet(page, "status") == {"in_stock": 3, "deployed": 1}
    assert chips(page) == {
        "Printer": "/assets?status=deployed", "Deployed": "/assets?category=printer",
    }  # fmt: skip
    assert 'id="f-category-printer" name="category" value="printer" checked' in page.text


def test_a_link_chooses_one_and_takes_it_away(browser: Browser, fleet: None) -> None:
    caller = browser("coordinator")
    page = caller.get("/assets?category=printer&sort=-tag")
    href, number = links(page, "manufacturer")["HP"]
    assert number == 3
    chosen = caller.get(href)
    assert tags(chosen) == ["S-1", "N-2", "N-1"]
    assert list(chips(chosen)) == ["Printer", "HP"]
    assert caller.get(links(chosen, "manufacturer")["HP"][0]).text.count("sort=-tag")
    away, _number = links(chosen, "manufacturer")["HP"]
    assert away == "/assets?category=printer&sort=-tag"
    school, _number = links(chosen, "school")["South School"]
    assert tags(caller.get(school)) == ["S-1"]


def test_the_form_carries_what_has_no_field(
    browser: Browser, fleet: None, district: District
) -> None:
    page = browser("coordinator").get(
        f"/assets?site_id={district.north}&unseen_days=3&sort=name&warranty_days=30&limit=10"
    )
    form = re.search(r'<form id="narrow".*?</form>', page.text, re.DOTALL)
    assert form
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0]))
    assert hidden == {
        "site_id": str(district.north), "unseen_days": "3", "sort": "name", "limit": "10",
    }  # fmt: skip
    assert 'name="warranty_days" value="30" checked' in form[0]


def test_htmx_gets_the_results_alone(browser: Browser, fleet: None) -> None:
    caller = browser("coordinator")
    part = caller.get("/assets?q=&category=laptop&tag=", headers=PART)
    assert part.text.strip().startswith('<section id="results"')
    assert "<h1>" not in part.text
    assert 'id="facets" hx-swap-oob="outerMorph"' in part.text
    assert part.headers["HX-Push-Url"] == "/assets?category=laptop"
    assert part.headers["Vary"].startswith("HX-Request, Cookie")
    paged = caller.get("/assets", headers={**PART, "HX-Source": "a#page-after"})
    assert 'id="facets"' not in paged.text
    back = caller.get("/assets", headers={**PART, "HX-History-Restore-Request": "true"})
    assert "<h1>" in back.text


def test_a_form_without_script_leads_to_a_clean_address(browser: Browser, fleet: None) -> None:
    answer = browser("coordinator").get("/assets?q=&category=laptop&tag=&custom=&custom=")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/assets?category=laptop")


def test_exact_hits_are_marked(browser: Browser, fleet: None) -> None:
    page = browser("coordinator").get("/assets?q=ser-0001")
    assert tags(page) == ["N-1"]
    assert page.text.count(">exact</span>") == 1
    assert '<tr class="is-exact">' in page.text
    assert list(chips(page)) == ["Words: ser-0001"]


def test_pages_both_ways(browser: Browser, fleet: None) -> None:
    caller = browser("coordinator")

    def step(page: TestResponse, name: str) -> TestResponse:
        found = re.search(rf'id="page-{name}" href="([^"]*)"', page.text)
        assert found, name
        answer: TestResponse = caller.get(html.unescape(found[1]))
        return answer

    first = caller.get("/assets?limit=3&sort=-tag")
    second = step(first, "after")
    third = step(second, "after")
    assert [tags(page) for page in (first, second, third)] == [
        ["W-1", "S-2", "S-1"], ["N-5", "N-4", "N-3"], ["N-2", "N-1"],
    ]  # fmt: skip
    assert tags(step(third, "before")) == tags(second)
    assert 'id="page-after"' not in third.text
    assert 'id="page-before"' not in first.text


def test_no_asset_yet(browser: Browser, district: District) -> None:
    page = browser("technician", district.north).get("/assets")
    assert "No assets yet" in page.text
    assert 'href="/networks"' in page.text
    assert 'href="/assets/new"' in page.text
    reader = browser("school_administrator", district.north).get("/assets")
    assert 'href="/networks"' not in reader.text
    assert 'href="/assets/new"' not in reader.text


def test_nothing_matches(browser: Browser, fleet: None) -> None:
    page = browser("coordinator").get("/assets?category=tablet&status=deployed&q=N-11")
    assert "Nothing matches" in page.text
    assert re.findall(r'<a href="/assets/\d+"><bdi>(N-\d)</bdi></a>', page.text)[0] == "N-1"
    tried = browser("coordinator").get("/assets?category=tablet&status=deployed")
    ways = re.findall(r'class="chip" href="([^"]*)"><span>without', tried.text)
    assert [html.unescape(way) for way in ways] == [
        "/assets?status=deployed", "/assets?category=tablet",
    ]  # fmt: skip


def test_words_that_cannot_be_looked_for(browser: Browser, fleet: None) -> None:
    caller = browser("coordinator")
    words = "+".join(f"w{n}" for n in range(9))
    page = caller.get(f"/assets?q={words}")
    assert page.status_code == 422
    assert "must not hold more than 8 words" in page.text
    part = caller.get(f"/assets?q={words}", headers=PART)
    assert part.text.strip().startswith('<section id="results"')


@pytest.mark.parametrize(
    "query",
    ["stauts=lost", "category=spaceship", "after=x", "sort=serial", "site_id=0", "limit=0",
     "after=e30&before=e30", "custom=nothing", "custom=no:thing", "columns=" + "x" * 61],
)  # fmt: skip
def test_what_the_list_does_not_know_is_refused(browser: Browser, fleet: None, query: str) -> None:
    assert browser("coordinator").get(f"/assets?{query}").status_code == 422


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "%", "'\"", "\u202eabc", "a\x00b"])
def test_hostile_words(browser: Browser, fleet: None, text: str) -> None:
    page = browser("coordinator").get(f"/assets?q={quote(text)}&tag={quote('<b>')}")
    assert page.status_code in {200, 422}
    assert "<script>alert(1)" not in page.text
    assert "<b>" not in page.text
