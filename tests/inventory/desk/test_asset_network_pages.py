"""An asset's network tab: addresses, ports, sweeps, sightings, and what is behind a switch."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from inventory.assets.kinds import Category, Outcome
from inventory.db import Database
from inventory.desk.asset_actions import own_page
from inventory.desk.asset_network import natural
from inventory.discovery.finding_models import HeardDevice
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world

Browser = Callable[..., Any]


def test_where_it_is_and_was(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    switch = world.made(
        database, clock, district.north_room, tag="SW-9", category=Category.NETWORK_DEVICE
    )
    with database.unit() as db:
        place = world.network(db, clock, district.north, "North net")
        world.at_address(db, kept, "10.0.0.9", clock, network_id=place[0], mac="00:1b:78:00:00:01")
        world.at_address(db, kept, "10.0.0.7", clock, network_id=place[0], current=False)
        world.on_port(db, kept, switch, "Gi1/0/7", clock)
        world.found(db, kept, place, district.north, clock, default_community=True)
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}/network").text
    now, before = page.split('id="before-title"')
    assert "10.0.0.9" in now
    assert "00:1b:78:00:00:01" in now
    assert f'href="/assets/{switch}/network"' in now
    assert f'href="/networks/{place[0]}"' in now
    assert 'href="http://10.0.0.9/"' in now
    assert "10.0.0.7" in before
    assert f'href="/sweeps/{place[1]}"' in before
    assert "default community" in before


def test_what_lies_elsewhere_is_left_out(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    switch = world.made(database, clock, district.south_room, tag="SOUTH-SWITCH")
    with database.unit() as db:
        place = world.network(db, clock, district.south, "South net")
        world.at_address(db, kept, "10.0.0.9", clock, network_id=place[0])
        world.on_port(db, kept, switch, "7", clock)
        world.found(db, kept, place, district.south, clock)
    seen = browser("technician", site=district.north).get(f"/assets/{kept}/network").text
    assert "South net" not in seen
    assert "SOUTH-SWITCH" not in seen
    assert f"/assets/{switch}" not in seen
    whole = browser("coordinator").get(f"/assets/{kept}/network").text
    assert "South net" in whole
    assert f"/assets/{switch}/network" in whole


def test_who_is_behind_a_switch(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    switch = world.made(database, clock, district.north_room, category=Category.NETWORK_DEVICE)
    with database.unit() as db:
        place = world.network(db, clock, district.north)
    for n, (port, site) in enumerate(
        [("10", district.north_room), ("9", district.north_lab), ("9", district.south_room)]
    ):
        device = world.made(database, clock, site, tag=f"DEV-{n}")
        with database.unit() as db:
            world.on_port(db, device, switch, port, clock)
    with database.unit() as db:
        db.add(
            HeardDevice(network_id=place[0], mac="00:1b:78:0a:0b:0c", switch_asset_id=switch,
                        port="11", first_at=clock(), last_at=clock())
        )  # fmt: skip
    page = browser("technician", site=district.north).get(f"/assets/{switch}/network").text
    ports = re.findall(r'<th scope="rowgroup"[^>]*><bdi>(.*?)</bdi>', page)
    assert ports == ["9", "10", "11"]
    assert "DEV-0" in page
    assert "DEV-1" in page
    assert "DEV-2" not in page
    assert "1 device outside your schools" in page
    assert "00:1b:78:0a:0b:0c" in page
    no_discovery = browser("school_administrator", site=district.north)
    assert "00:1b:78:0a:0b:0c" not in no_discovery.get(f"/assets/{switch}/network").text


def test_sightings_are_paged_by_when_they_were_confirmed(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        for n in reversed(range(40)):
            world.seen(db, kept, clock, n, name=f"name-{n:02}")
    caller = browser("helpdesk", site=district.north)
    url, names = f"/assets/{kept}/network", []
    for _ in range(3):
        page = caller.get(url).text
        names += re.findall(r"name-\d\d", page)
        older = re.search(r'href="([^"]*after=[^"]*)"', page)
        url = older.group(1).replace("&amp;", "&") if older else ""
        if not url:
            break
        part = caller.get(url, headers={"HX-Request": "true"}).text
        assert part.lstrip().startswith("<tr>")
        assert "<h1" not in part
    assert names == [f"name-{n:02}" for n in range(40)]
    assert not url


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwxXQ", "%00"])
def test_a_foreign_cursor_is_refused(
    cursor: str, browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    for tab in ("network", "history"):
        answer = browser("coordinator").get(f"/assets/{kept}/{tab}?after={cursor}")
        assert answer.status_code == 422


def test_a_waiting_conflict_leads_to_its_review(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    with database.unit() as db:
        place = world.network(db, clock, district.north)
        finding = world.found(
            db, kept, place, district.north, clock, outcome=Outcome.CONFLICT, address="10.0.0.3"
        )
    page = browser("helpdesk", site=district.north).get(f"/assets/{kept}/network").text
    assert page.count(f'href="/discoveries/{finding}"') == 2


def test_ports_stand_in_natural_order() -> None:
    ports = ["Gi1/0/10", "gi1/0/2", "2", "10", "Gi1/0/2", "g9" * 40, "1" * 50, ""]
    ordered = sorted(ports, key=natural)
    assert ordered.index("2") < ordered.index("10")
    assert ordered.index("Gi1/0/2") < ordered.index("Gi1/0/10")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("10.0.0.9", "http://10.0.0.9/"),
        ("2001:DB8::0:1", "http://[2001:db8::1]/"),
        ("fe80::1%eth0", ""),
        ("javascript:alert(1)", ""),
        ("10.0.0.9/@evil", ""),
        ("", ""),
    ],
)
def test_only_an_address_becomes_a_link(address: str, page: str) -> None:
    assert own_page(address) == page
