"""The first page: numbers lead to lists that say the same; who may see little is not left bare."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from inventory.access import Permission, system_actor
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.assets.spans import Seen
from inventory.db import Database
from inventory.desk import home, home_pages
from inventory.desk.queues import Severity
from inventory.fleet.models import MdmConnection
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller


@pytest.fixture
def make(database: Database, clock: Clock) -> Callable[..., int]:
    def one(**more: Any) -> int:
        with database.unit() as db:
            draft = AssetDraft(**{"category": Category.LAPTOP, **more})
            return assets.create(db, OPERATOR, draft, now=clock()).id

    return one


def test_every_queue_and_stretch_has_its_words() -> None:
    assert set(home_pages.SEEN_WORDS) == {one.value for one in Seen}
    assert set(home_pages.TONES) == set(Severity)


def test_numbers_lead_to_lists_that_say_the_same(
    browser: MakeCaller, district: District, make: Callable[..., int]
) -> None:
    for _ in range(3):
        make(site_id=district.north_room)
    make(site_id=district.south_room, category=Category.PRINTER)
    boss = browser("coordinator")
    text = boss.get("/").text
    assert "4 devices" in text
    links = set(re.findall(r'href="(/assets\?[^"]+)"', text))
    assert links
    for link in links:
        assert boss.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_school_sees_its_own_devices_only(
    browser: MakeCaller, district: District, make: Callable[..., int]
) -> None:
    make(site_id=district.north_room)
    make(site_id=district.south_room)
    text = browser("technician", site=district.north).get("/").text
    assert "1 device<" in text
    assert "South School" not in text


def test_who_may_see_nothing_gets_a_page(browser: MakeCaller, district: District) -> None:
    answer = browser("staff", site=district.north).get("/")
    assert answer.status_code == 200
    assert "Nothing waits for you" in answer.text
    assert "/assets" not in answer.text


def test_an_installation_without_a_network_is_led_on(
    browser: MakeCaller, district: District
) -> None:
    assert 'href="/welcome"' in browser("coordinator").get("/").text
    assert 'href="/welcome"' not in browser("helpdesk", site=district.north).get("/").text


def test_queue_words_are_complete(
    browser: MakeCaller, district: District, database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        db.add(
            MdmConnection(
                vendor="intune", label="Main", read_config="x", created_at=clock(),
                updated_at=clock(),
            )
        )  # fmt: skip
    with database.unit(write=False) as db:
        found = home.queues(db, system_actor("test", Permission), now=clock())
    # Some queues are told only where something waits in them.
    assert {queue.key for queue in found} <= set(home_pages.QUEUE_WORDS)
