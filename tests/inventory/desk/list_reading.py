"""What the tests of the asset list read from its pages, and the fleet that they read of."""

import html
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from inventory.access import Permission, system_actor
from inventory.assets import service
from inventory.assets.kinds import Category, Status
from inventory.assets.service import AssetDraft
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import District

ACTOR = system_actor("test", Permission)
HOSTILE = '<script>alert("1")</script>\u202eevil'
PART = {"HX-Request": "true", "HX-Source": "form#narrow"}


def make(database: Database, clock: Clock, category: str, **more: Any) -> int:
    with database.unit() as db:
        draft = AssetDraft(category=Category(category), **more)
        return service.create(db, ACTOR, draft, now=clock()).id


@pytest.fixture
def fleet(database: Database, clock: Clock, district: District) -> None:
    """Three printers and two laptops at North School, one of each at South, one tablet nowhere."""
    north, south = district.north_room, district.south_room
    for tag, category, site, more in (
        ("N-1", "printer", north, {"manufacturer": "HP", "serial": "SER-0001"}),
        ("N-2", "printer", north, {"manufacturer": "HP", "status": Status.DEPLOYED}),
        ("N-3", "printer", district.north, {"manufacturer": "Epson", "federal_funds": True}),
        ("N-4", "laptop", north, {"name": HOSTILE}),
        ("N-5", "laptop", north, {"status": Status.DEPLOYED}),
        ("S-1", "printer", south, {"manufacturer": "HP"}),
        ("S-2", "laptop", south, {"name": "South secret"}),
        ("W-1", "tablet", None, {}),
    ):
        make(database, clock, category, tag=tag, site_id=site, **more)


def tags(page: TestResponse) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="/assets/\d+"><bdi>([^<]*)</bdi>', page.text)


def facet(page: TestResponse, name: str) -> dict[str, int]:
    """Value → count of a facet with check boxes."""
    found = re.findall(
        rf'name="{name}" value="(\w+)"[^>]*>[^<]*<span class="n">([\d,]+)</span>', page.text
    )
    return {value: int(number) for value, number in found}


def links(page: TestResponse, name: str) -> dict[str, tuple[str, int]]:
    """Text → (address, count) of a facet with links."""
    block = re.search(rf'id="facet-{name}".*?</ul>', page.text, re.DOTALL)
    found = re.findall(
        r'href="([^"]*)"[^>]*>.*?<bdi>([^<]*)</bdi> <span class="n">([\d,]+)',
        block[0] if block else "", re.DOTALL,
    )  # fmt: skip
    return {text: (html.unescape(href), int(number)) for href, text, number in found}


def chips(page: TestResponse) -> dict[str, str]:
    block = re.search(r'<ul class="chips" aria-label="Filters in force">.*?</ul>', page.text, re.S)
    found = re.findall(
        r'class="chip" href="([^"]*)"[^>]*><span>(.*?)</span>', block[0] if block else ""
    )
    return {re.sub("<.*?>", "", text): html.unescape(href) for href, text in found}


def count(page: TestResponse) -> str:
    found = re.search(r'<p class="count" role="status">\s*(.*?)\s*</p>', page.text)
    assert found
    return found[1]


def heads(page: TestResponse) -> list[str]:
    head = re.search(r"<thead>.*?</thead>", page.text, re.DOTALL)
    assert head
    found = re.findall(r'<th scope="col".*?</th>', head[0], re.DOTALL)
    return [re.sub(r"<[^>]*>", "", each).strip() for each in found]
