"""Taking over what was observed into the record; the address on a label."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from inventory.access import ROLE_PERMISSIONS, Permission, Role
from inventory.assets import service
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world

Browser = Callable[..., Any]


def take_over(caller: Any, kept: int, **form: object) -> Any:
    given = {"field": "firmware", "source": "sweep", "value": "2", "version": 1, **form}
    return caller.post(f"/assets/{kept}/take-over", data=given)


def test_an_observed_value_is_taken_over(
    browser: Browser, district: District, database: Database, clock: Clock, events: Any
) -> None:
    kept = world.made(database, clock, district.north_room, firmware="1", category=Category.FAX)
    with database.unit() as db:
        world.told(db, kept, "firmware", "2", clock)
        world.told(db, kept, "category", "printer", clock)
        world.told(db, kept, "manufacturer", "Brother", clock)
        world.told(db, kept, "model", "HL-1", clock)
        world.told(db, kept, "site_id", str(district.north_lab), clock)
    caller = browser("technician", site=district.north)
    for version, (field, value) in enumerate(
        [("firmware", "2"), ("category", "printer"), ("manufacturer", "Brother"),
         ("site_id", str(district.north_lab))], 1,
    ):  # fmt: skip
        answer = take_over(caller, kept, field=field, value=value, version=version)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/assets/{kept}"), field
    page = caller.get(f"/assets/{kept}").text
    assert "differs from what" not in page
    assert "is now as observed" in page
    assert "Brother HL-1" in page
    with database.unit(write=False) as db:
        asset = db.get(Asset, kept)
        assert asset is not None
        assert (asset.firmware, asset.category) == ("2", Category.PRINTER)
        assert asset.site_id == district.north_lab
    assert "taken over" in events("asset.changed")[0].reason


def test_a_value_is_not_taken_over_unseen(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room, firmware="1")
    with database.unit() as db:
        world.told(db, kept, "firmware", "2", clock)
    caller = browser("technician", site=district.north)
    assert take_over(caller, kept, value="3").status_code == 409
    assert take_over(caller, kept, source="vendor").status_code == 409
    assert take_over(caller, kept, field="tag").status_code == 422
    assert take_over(browser("helpdesk", site=district.north), kept).status_code == 403
    with database.unit() as db:
        service.change(db, world.ACTOR, kept, {"name": "NEW"}, now=clock())
    late = take_over(caller, kept)
    assert late.status_code == 412
    assert "Somebody changed the record" in late.text
    assert "NEW" in late.text
    assert 'name="version" value="2"' in late.text


@pytest.mark.parametrize("tag", ["N-1", "n-1", "A/B 12", "//x", "Café ☕", "x'y\"z"])
def test_the_address_on_a_label_leads_to_the_device(
    tag: str, browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room, tag=tag.upper())
    caller = browser("helpdesk", site=district.north)
    with database.unit() as db:
        service.change(db, world.ACTOR, kept, {"tag": "NEW-1"}, now=clock())
    for asked in (tag, "NEW-1"):
        answer = caller.get(f"/a/{quote(asked, safe='')}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/assets/{kept}")


def test_an_unknown_label_offers_near_misses_in_reach_only(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    world.made(database, clock, district.south_room, tag="S-00012")
    world.made(database, clock, district.north_room, tag="S-00021")
    caller = browser("helpdesk", site=district.north)
    for asked in ("S-00012", "S-00022"):
        answer = caller.get(f"/a/{asked}")
        assert answer.status_code == 404
        assert "/find?q=S-00021" in answer.text
        assert "/find?q=S-00012" not in answer.text
    assert caller.get("/a/%E2%80%AE").status_code == 404


def test_who_may_look_up_may_open_the_page() -> None:
    """The label's address leads on to the asset's page for every role that it lets in."""
    for role in Role:
        held = ROLE_PERMISSIONS[role]
        assert Permission.LOOKUP not in held or Permission.ASSET_READ in held
