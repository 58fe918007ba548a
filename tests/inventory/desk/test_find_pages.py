"""/find and /palette over HTTP: one hit is a jump, near misses are offered, scope holds."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.desk.finding import meant
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller


@pytest.fixture
def make(database: Database, clock: Clock) -> Callable[..., int]:
    def one(tag: str, **more: Any) -> int:
        with database.unit() as db:
            draft = AssetDraft(**{"category": Category.LAPTOP, "tag": tag, **more})
            return assets.create(db, OPERATOR, draft, now=clock()).id

    return one


def test_a_tag_a_serial_and_a_mac_jump(
    browser: MakeCaller, district: District, make: Callable[..., int]
) -> None:
    asset = make(
        "WPS-00042", serial="CNB1234567", manufacturer="HP", site_id=district.north_room,
        identifiers=[("mac", "00:1b:a9:00:00:01")],
    )  # fmt: skip
    make("WPS-00043", site_id=district.north_room)
    desk = browser("helpdesk", site=district.north)
    for text in ("WPS-00042", "wps-00042", " WPS-00042 ", "CNB1234567", "001BA9000001",
                 "https://homeroom.example/a/WPS-00042", "http://[::1]/a/WPS%2D00042"):  # fmt: skip
        answer = desk.get("/find", query_string={"q": text})
        assert (answer.status_code, answer.headers.get("Location")) == (303, f"/assets/{asset}"), (
            text
        )


def test_the_last_digits_are_enough(
    browser: MakeCaller, district: District, make: Callable[..., int]
) -> None:
    asset = make("WPS-00042", site_id=district.north_room)
    make("WPS-00142", site_id=district.north_room)
    answer = browser("helpdesk", site=district.north).get("/find", query_string={"q": "0042"})
    assert answer.headers["Location"] == f"/assets/{asset}"


def test_several_are_listed_and_none_offers_what_was_meant(
    browser: MakeCaller, district: District, make: Callable[..., int]
) -> None:
    make("WPS-00042", name="cart one", site_id=district.north_room)
    make("WPS-00043", name="cart two", site_id=district.north_room)
    tech = browser("technician", site=district.north)
    listed = tech.get("/find", query_string={"q": "cart"}).text
    assert "WPS-00042" in listed
    assert "WPS-00043" in listed
    slip = tech.get("/find", query_string={"q": "WPS-0O042"}).text
    assert "Did you mean" in slip
    assert "WPS-00042" in slip
    assert "Record it as a new asset" in slip


def test_another_school_is_not_found(
    browser: MakeCaller, district: District, make: Callable[..., int]
) -> None:
    asset = make("WPS-00042", name="cart", site_id=district.south_room)
    desk = browser("helpdesk", site=district.north)
    for text in ("WPS-00042", "cart", "WPS-0042", "042"):
        for path in ("/find", "/palette"):
            answer = desk.get(path, query_string={"q": text})
            assert answer.status_code == 200
            assert f'"/assets/{asset}"' not in answer.text


def test_what_was_typed_is_shown_and_never_run(browser: MakeCaller, district: District) -> None:
    desk = browser("coordinator")
    for text in ("<script>alert(1)</script>", '"><img src=x>', "{{7*7}}", "\u202eabc", "x" * 199):
        answer = desk.get("/find", query_string={"q": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "\u202e" not in answer.text
    assert desk.get("/find", query_string={"q": "x" * 201}).status_code == 422


def test_the_palette_shows_what_one_may_open(browser: MakeCaller, district: District) -> None:
    assert "New account" in browser("coordinator").get("/palette").text
    assert "New account" not in browser("helpdesk", site=district.north).get("/palette").text
    staff = browser("staff", site=district.north)
    assert "Change my password" in staff.get("/palette", query_string={"q": "pass"}).text
    assert staff.get("/find", query_string={"q": "x"}).status_code == 403


def test_a_scanned_address_is_read() -> None:
    assert meant("https://x/a/WPS-1") == "WPS-1"
    assert meant("https://x/a/A%2FB?y=1") == "A/B"
    assert meant("http://[bad/a/1") == "http://[bad/a/1"
    assert meant("  a   b ") == "a b"
