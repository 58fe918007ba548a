"""The network map: who hangs on whose port, what is stale, what lies elsewhere, what it costs."""

from typing import Any

import pytest
from sqlmodel import select

from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.discovery import topology_map
from inventory.discovery.reading_models import AssetAddress, AssetPort
from inventory.discovery.topology_map import Topology
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.discovery.page_world import ANYBODY, World, counted, words


class Cabling:
    """Puts assets on the network."""

    def __init__(self, world: World) -> None:
        self.world = world

    def device(
        self, site: int, name: str, on: int | None = None, port: str = "", **more: Any
    ) -> int:
        asset = self.world.asset(site, name=name, **more)
        now = self.world.clock()
        with self.world.database.unit() as db:
            row = db.get(Asset, asset)
            assert row is not None
            row.last_seen_at = now
            db.add(
                AssetAddress(asset_id=asset, address=f"10.0.{asset}.1", first_at=now, last_at=now)
            )
            if port:
                db.add(
                    AssetPort(
                        asset_id=asset, switch_asset_id=on, switch_name="SAID", port=port,
                        source="lldp", first_at=now, last_at=now,
                    )
                )  # fmt: skip
        return asset

    def switch(self, site: int, name: str, on: int | None = None, port: str = "") -> int:
        return self.device(site, name, on, port, category=Category.NETWORK_DEVICE)

    def map(self, site_id: int | None = None) -> Topology:
        with self.world.database.unit(write=False) as db:
            tree = topology_map.tree_of(db, ANYBODY)
            return topology_map.topology(db, ANYBODY, tree, site_id, at=self.world.clock())


@pytest.fixture
def cabling(world: World) -> Cabling:
    return Cabling(world)


def test_who_hangs_on_whose_port(cabling: Cabling, district: District) -> None:
    core = cabling.switch(district.north_building, "CORE")
    edge = cabling.switch(district.north_room, "EDGE", core, "Gi1/0/1")
    for number in (10, 2):
        cabling.device(district.north_lab, f"PRN-{number}", edge, str(number))
    cabling.device(district.north_lab, "LOOSE")
    cabling.device(district.south_room, "SOUTH", edge, "3")
    found = cabling.map()
    (building,) = found.map.buildings
    assert (building.name, building.school) == ("Main Building", "North School")
    assert [switch.name for switch in building.switches] == ["CORE", "EDGE"]
    assert [device.label for device in building.devices] == ["LOOSE"]
    seen = building.switches[1]
    assert [port.name for port in seen.ports] == ["2", "3", "10"], "in their natural order"
    assert seen.ports[0].devices[0].href.startswith("/assets/")
    (cable,) = seen.uplinks
    assert (cable.to, cable.port, cable.far_port) == (core, "", "Gi1/0/1")
    assert (found.switches, found.devices, found.cut) == (2, 4, False)


def test_two_ends_that_tell_of_each_other(
    cabling: Cabling, district: District, world: World
) -> None:
    core = cabling.switch(district.north_building, "CORE")
    edge = cabling.switch(district.north_building, "EDGE", core, "Gi1/0/1")
    with world.database.unit() as db:
        now = world.clock()
        db.add(
            AssetPort(asset_id=core, switch_asset_id=edge, port="25", source="lldp",
                      first_at=now, last_at=now)
        )  # fmt: skip
    (building,) = cabling.map().map.buildings
    ends = {(s.name, u.port, u.far_port) for s in building.switches for u in s.uplinks}
    assert ends == {("CORE", "Gi1/0/1", "25"), ("EDGE", "25", "Gi1/0/1")}


def test_a_building_shows_the_switch_that_it_hangs_on(cabling: Cabling, district: District) -> None:
    core = cabling.switch(district.north_building, "CORE")
    cabling.device(district.north_room, "HERE", core, "1")
    cabling.device(district.south_room, "THERE", core, "2")
    found = cabling.map(district.south)
    assert [b.school or b.name for b in found.map.buildings] == ["North School"]
    (switch,) = found.map.buildings[0].switches
    assert [d.label for p in switch.ports for d in p.devices] == ["THERE"]


def test_what_is_gone_or_was_never_seen_is_left_out(
    cabling: Cabling, district: District, world: World
) -> None:
    cabling.device(district.north_room, "OLD", status=Status.RETIRED)
    world.asset(district.north_room, name="SHELF")
    moved = cabling.device(district.north_room, "MOVED")
    with world.database.unit() as db:
        for row in db.exec(select(AssetAddress).where(AssetAddress.asset_id == moved)):
            row.current = False
    assert cabling.map().map.buildings == ()


def test_the_page_in_words(
    browser: MakeCaller, cabling: Cabling, district: District, world: World
) -> None:
    core = cabling.switch(district.north_building, "CORE")
    old = cabling.device(district.north_room, "STALE-1", core, "7")
    world.clock.forward(days=8)
    fresh = cabling.device(district.north_room, "<script>alert(1)</script>", core, "8")
    page = browser("helpdesk", site=district.north).get("/map").text
    listed = page.partition("map-list")[2]
    text = words("<main" + listed + "</main>")
    assert "Port 7 : STALE-1 Printer not seen for a week" in text
    assert "<script>alert" not in page
    assert f'href="/assets/{fresh}"' in listed
    assert f'href="/assets/{old}"' in page.partition("<svg")[2].partition("map-list")[0]
    assert "1 switch, 2 devices" in words(page)


def test_another_school_is_not_on_it(
    browser: MakeCaller, cabling: Cabling, district: District
) -> None:
    far = cabling.switch(district.south_room, "SOUTH-SW")
    cabling.device(district.north_room, "MINE", far, "4")
    technician = browser("technician", site=district.north)
    page = technician.get("/map").text
    assert "MINE" in page
    for told in ("SOUTH-SW", "South School", f"/assets/{far}", "SAID"):
        assert told not in page, told
    assert technician.get(f"/map?site_id={district.south}").status_code == 404
    assert technician.get("/map?site_id=x").status_code == 422
    assert technician.get("/map?stauts=1").status_code == 422
    assert browser("school_administrator", site=district.north).get("/map").status_code == 403


def test_an_empty_map_says_how_it_fills(browser: MakeCaller, district: District) -> None:
    assert "Nothing on the map yet" in browser("coordinator").get("/map").text


def test_much_is_shown_a_school_at_a_time(
    browser: MakeCaller, cabling: Cabling, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    cabling.device(district.north_room, "NORTH-1")
    cabling.device(district.south_room, "SOUTH-1")
    boss = browser("coordinator")
    both = boss.get("/map").text
    assert "NORTH-1" in both
    assert "SOUTH-1" in both
    monkeypatch.setattr("inventory.discovery.map_pages.AT_ONCE", 1)
    first = boss.get("/map").text
    assert "NORTH-1" in first
    assert "SOUTH-1" not in first
    assert "SOUTH-1" in boss.get("/map?whole=true&site_id=").text
    monkeypatch.setattr(topology_map, "MOST", 1)
    cut = boss.get("/map?whole=true").text
    assert "There is more than one picture can hold" in cut


def test_of_very_much_the_list_is_a_page_of_its_own(
    browser: MakeCaller, cabling: Cabling, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    cabling.device(district.north_room, "NORTH-1")
    boss = browser("coordinator")
    assert "map-list" in boss.get("/map").text
    monkeypatch.setattr("inventory.discovery.map_pages.BOTH", 0)
    page = boss.get(f"/map?site_id={district.north}").text
    assert "map-list" not in page
    there = f'href="/map?site_id={district.north}&amp;list=true"'
    assert there in page
    listed = boss.get(f"/map?site_id={district.north}&list=true").text
    assert "NORTH-1" in listed.partition("map-list")[2]
    assert 'class="map"' not in listed, "no picture"


def test_statements_do_not_grow(browser: MakeCaller, cabling: Cabling, district: District) -> None:
    boss = browser("coordinator")

    def statements() -> int:
        boss.get("/map")
        with counted(cabling.world.database) as count:
            boss.get("/map")
            return count()

    core = cabling.switch(district.north_building, "CORE")
    few = statements()
    for number in range(12):
        edge = cabling.switch(district.north_room, f"E-{number}", core, str(number))
        cabling.device(district.south_room, f"D-{number}", edge, "1")
    assert statements() == few <= 6
