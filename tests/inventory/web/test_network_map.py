"""The network map: who hangs from whom, that it stays readable, honest and whole."""

import random
import time
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from inventory.web.chart_model import MISSING
from inventory.web.network_links import cables_of, forest_of
from inventory.web.network_map import Building, Device, Map, Port, Switch, Uplink, draw
from inventory.web.network_model import cell_name, natural, short_port
from tests.inventory.web.drawn import (
    CSS,
    FOREIGN,
    HOSTILE,
    all_of,
    check_names,
    classes,
    parsed,
    texts,
)

KINDS = ("printer", "telephone", "camera", "wireless", "workstation", "nonsense")


def switch(id: int, ports: int = 2, *uplinks: Uplink, name: str = "") -> Switch:
    used = tuple(
        Port(f"GigabitEthernet1/0/{n}", (Device(f"D{id}-{n}", KINDS[n % 6], f"/assets/{id}{n}"),))
        for n in range(1, ports + 1)
    )
    return Switch(id, name or f"SW-{id}", f"/assets/{id}", f"/assets?switch={id}", used, uplinks)


def star(base: int, count: int, ports: int, name: str = "Main") -> Building:
    up = [Uplink(base, "Te1/1/1", f"Te1/0/{n}") for n in range(count)]
    switches = [switch(base, ports), *(switch(base + n, ports, up[n]) for n in range(1, count))]
    return Building(name, "School", f"/sites/{base}", f"/assets?site={base}", tuple(switches))


def boxes(root: ET.Element) -> list[tuple[float, float, float, float]]:
    """Of each switch: left, top, right, bottom within its panel's coordinates, moved by it."""
    found = []
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        moved = group.get("transform")
        if moved:
            down = float(moved.split(",")[1].rstrip(")"))
            for rect in all_of(group, "rect", "map-box"):
                x, y, w, h = (float(rect.get(k, "0")) for k in ("x", "y", "width", "height"))
                found.append((x, y + down, x + w, y + down + h))
    return found


def top_of(root: ET.Element, name: str) -> float:
    return next(float(t.get("y", "")) for t in all_of(root, "text", "map-name") if t.text == name)


def test_the_core_is_on_top_and_cables_tell_their_ports() -> None:
    building = star(100, 5, 3)
    root = parsed(draw(Map((building,)), title="Network").svg)
    tops = {name: top_of(root, name) for name in (f"SW-{n}" for n in range(100, 105))}
    assert min(tops, key=lambda name: tops[name]) == "SW-100"
    assert len(list(all_of(root, "path", "map-cable"))) == 4
    assert "Te1/0/2 → Te1/1/1" in texts(root)
    assert "School · Main" in texts(root) and "5 switches · 15 devices" in texts(root)
    check_names(root)
    assert {n for n in classes(root) if f".{n}" not in CSS} == set()


def test_it_scrolls_in_a_named_frame_of_its_own() -> None:
    frame = parsed(
        str(draw(Map((star(1, 2, 1),)), title="Network").svg).replace("<div", '<div xmlns="x"')
    )
    told = {k: frame.get(k) for k in ("tabindex", "role", "aria-label")}
    assert told == {"tabindex": "0", "role": "region", "aria-label": "Network"}
    (svg,) = [e for e in frame if e.tag.endswith("svg")]
    assert svg.get("role") == "group"
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"


def test_a_cable_told_by_both_ends_is_one_and_two_cables_are_two() -> None:
    one = Switch(1, "a", uplinks=(Uplink(2, "1", "48"), Uplink(2, "2", "")))
    two = Switch(2, "b", uplinks=(Uplink(1, "48", "1"), Uplink(1, "47", "2"), Uplink(2, "5", "6")))
    assert cables_of([one, two]).between == {(0, 1): [("1", "48"), ("2", "47")]}
    assert cables_of([two, one]).of(1, 0) == [("1", "48"), ("2", "47")]
    assert cables_of([two, one]).of(0, 1) == [("47", "2"), ("48", "1")]


def test_rings_loops_twins_and_strangers_do_not_break_it() -> None:
    ring = [Switch(n, f"s{n}", uplinks=(Uplink((n + 1) % 4, "1", "2"),)) for n in range(4)]
    odd = [
        Switch(7, "self", uplinks=(Uplink(7, "1", "2"),)), Switch(8, "twin"), Switch(8, "twin"),
        Switch(9, "far", uplinks=(Uplink(4711, "3", "", "CORE-HQ"), Uplink(4712))),
    ]  # fmt: skip
    chart = draw(Map((Building("B", switches=tuple(ring + odd)),)), title="T")
    root = parsed(chart.svg)
    assert len(boxes(root)) == 8
    assert len(list(all_of(root, "path", "map-cable"))) == 3, "a ring is a tree and one note"
    notes = [text for text in texts(root) if text.startswith("linked by")]
    assert "linked by 3 to CORE-HQ" in notes and "linked by ? to ?" in notes
    assert any(" to s" in note for note in notes)
    assert ["B", "far", "3", "CORE-HQ", "Link to another switch", MISSING] in [
        [cell.text for cell in row] for row in chart.rows
    ]


def test_the_root_is_the_one_with_most_neighbours() -> None:
    chain = [Switch(n, f"s{n}", uplinks=(Uplink(n - 1),)) for n in range(1, 4)]
    hub = [Switch(n, f"h{n}", uplinks=(Uplink(3),)) for n in range(10, 14)]
    cables = cables_of([*chain, *hub])
    forest = forest_of(cables, range(7))
    assert [cables.switches[place].name for place in forest.roots] == ["s3"]
    assert [cables.switches[p].name for p in forest.order] == [
        "s3", "h10", "h11", "h12", "h13", "s2", "s1",
    ]  # fmt: skip


def test_ports_lie_in_their_order_and_tell_what_is_on_them() -> None:
    ports = (
        Port("Gi1/0/10", (Device("Ten", "printer", "/ten"),)), Port("Gi1/0/9"),
        Port("Gi1/0/2", (Device("A", "laptop", "/a"), Device("B", "camera", "/b", fresh=False))),
        Port("Gi1/0/3", (Device("Gone", "fax", "/gone", fresh=False),)),
    )  # fmt: skip
    building = Building("B", switches=(Switch(1, "sw", "/sw", ports=ports),))
    root = parsed(draw(Map((building,)), title="T").svg)
    assert [t.text for t in all_of(root, "text", "map-port")] == ["2", "3", "9", "10"]
    links = {a.get("href"): a.get("aria-label") for a in all_of(root, "a")}
    assert "Gone (Fax), not seen lately" in str(links["/gone"])
    titles = [t.text for t in all_of(root, "title")]
    assert "Port Gi1/0/2: A (Laptop), B (Camera), not seen lately" in titles
    assert "Port Gi1/0/9: nothing found" in titles
    assert len(list(all_of(root, "rect", "map-stale"))) == 2, "port 3, and the legend's"


def test_long_lists_end_in_a_link_to_the_whole_list() -> None:
    root = parsed(
        draw(Map((Building("B", switches=(switch(1, 3), switch(2, 48))),)), title="T").svg
    )
    (more,) = [a for a in all_of(root, "a") if a.get("href") == "/assets?switch=2"]
    assert more.get("aria-label") == "+ 42 more"
    loose = tuple(Device(f"L{n}", "laptop", f"/{n}") for n in range(100))
    root = parsed(draw(Map(unplaced=loose, list_href="/assets?place=none"), title="T").svg)
    assert "Place unknown" in texts(root) and "100 devices" in texts(root)
    (more,) = [a for a in all_of(root, "a") if a.get("href") == "/assets?place=none"]
    assert more.get("aria-label") == "+ 60 more"


def test_the_keyboard_meets_switches_not_every_port() -> None:
    root = parsed(draw(Map((star(1, 10, 48),)), title="T").svg)
    stops = [a for a in all_of(root, "a") if a.get("tabindex") != "-1"]
    assert len(stops) == 1 + 10 + 10, "the building, its switches, their lists"


def test_a_district_is_drawn_whole_and_nothing_overlaps() -> None:
    district = Map(tuple(star(1000 * n, 10, 48, f"Building {n}") for n in range(1, 4)))
    chart = draw(district, title="T")
    root = parsed(chart.svg)
    found = boxes(root)
    assert len(found) == 30
    assert len(list(all_of(root, "text", "map-port"))) == 3 * (10 * 48 + 2 * 9)
    height = float(next(all_of(root, "svg")).get("height", ""))
    for place, (left, top, right, bottom) in enumerate(found):
        assert 0 <= left < right <= 1020 and 0 <= top < bottom <= height
        for other in found[place + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (found[place], other)
    assert len(chart.svg) < 900_000
    assert chart.summary == "3 buildings · 30 switches · 1,440 devices"


def test_too_many_switches_are_counted_not_drawn() -> None:
    started = time.perf_counter()
    chart = draw(Map((star(1, 480, 48, "Big"), star(9000, 20, 2, "Small"))), title="T")
    root = parsed(chart.svg)
    assert len(boxes(root)) == 60
    assert "Not drawn: 440 switches" in texts(root), "the small building is whole"
    assert chart.summary.startswith("2 buildings · 500 switches · ")
    assert len(chart.rows) == 1_501
    assert "Not in this table: " in chart.rows[-1][0].text
    assert len(chart.svg) < 1_500_000
    assert time.perf_counter() - started < 20


def test_room_for_switches_is_shared() -> None:
    seven = Map(tuple(star(100 * n, 20, 1, f"B{n}") for n in range(1, 8)))
    root = parsed(draw(seven, title="T").svg)
    assert len(boxes(root)) == 60
    told = sorted(text for text in texts(root) if "Not drawn" in text)
    hidden = [f"Not drawn: {n} switches" for n in (11, 12)]
    assert told == [hidden[0]] * 4 + [hidden[1]] * 3


def test_many_buildings_and_long_chains_end() -> None:
    many = Map(tuple(Building(f"B{n}", devices=(Device("d", "ups"),)) for n in range(200)))
    assert "Not drawn: 140 buildings" in texts(parsed(draw(many, title="T").svg))
    chain = tuple(switch(n, 1, Uplink(n - 1, "1", "2")) for n in range(1, 500))
    root = parsed(draw(Map((Building("B", switches=chain),)), title="T").svg)
    assert len(boxes(root)) == 60 and all(right <= 1020 for _, _, right, _ in boxes(root))


def test_the_order_of_the_rows_does_not_matter() -> None:
    district = Map(
        (star(1, 8, 12, "A"), star(100, 6, 3, "B 10"), star(200, 3, 3, "B 9")),
        tuple(Device(f"x{n}", "tablet") for n in range(9)),
    )
    first = draw(district, title="T")
    source = random.Random(3)

    def shuffled(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(source.sample(items, len(items)))

    mixed = Map(
        shuffled(tuple(
            replace(b, switches=shuffled(tuple(
                replace(s, ports=shuffled(s.ports), uplinks=shuffled(s.uplinks))
                for s in b.switches
            )))
            for b in district.buildings
        )),
        shuffled(district.unplaced),
    )  # fmt: skip
    assert draw(mixed, title="T") == first
    names = [text for text in texts(parsed(first.svg)) if text.startswith("School")]
    assert names == ["School · A", "School · B 9", "School · B 10"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_only_text(text: str) -> None:
    device = Device(text, text, text, None)
    switches = (
        Switch(
            1, text, text, text, (Port(text, (device,) * 20), Port(text)), (Uplink(2, text, text),)
        ),
        Switch(2, text, uplinks=(Uplink(99, text, text, text),), fresh=False),
    )
    building = Building(text, text, text, text, switches, (device,))
    chart = draw(Map((building, building), (device,), text), title=text, summary=text, id=text)
    root = parsed(chart.svg)
    check_names(root)
    assert "<script" not in chart.svg and "\u202e" not in chart.svg and "\x1b" not in chart.svg
    assert not list(all_of(root, "a"))
    assert len(chart.svg) < 400_000


def test_foreign_links_are_dropped() -> None:
    for href in FOREIGN:
        building = Building("B", "", href, href, (Switch(1, "s", href, href, (
            Port("1", (Device("d", "fax", href),)),)),))  # fmt: skip
        chart = draw(Map((building,), (Device("d", "fax", href),), href), title="T")
        assert not list(all_of(parsed(chart.svg), "a"))
        assert not any(cell.href for row in chart.rows for cell in row)


def test_an_empty_map_says_so() -> None:
    for network in (Map(), Map((Building("B"),))):
        chart = draw(network, title="Network")
        assert texts(parsed(chart.svg)) == ["Nothing to show yet"] and chart.rows == ()


def test_the_table_holds_what_the_picture_shows() -> None:
    chart = draw(Map((star(1, 2, 2),), (Device("Loose", "tablet", "/l", None),)), title="T")
    assert chart.head == ("Building", "Switch", "Port", "Device", "Kind", "Seen")
    told = [[cell.text for cell in row] for row in chart.rows]
    assert ["School · Main", "SW-2", "Te1/1/1", "SW-1", "Link to another switch", "lately"] in told
    assert ["School · Main", "SW-1", "GigabitEthernet1/0/1", "D1-1", "Telephone", "lately"] in told
    assert told[-1] == ["Place unknown", MISSING, MISSING, "Loose", "Tablet", "unknown"]
    assert chart.rows[-1][3].href == "/l"


def test_names_of_ports_are_shortened_as_makers_do() -> None:
    assert short_port("GigabitEthernet1/0/24") == "Gi1/0/24"
    assert short_port("TenGigabitEthernet 1/1/1") == "Te1/1/1"
    assert short_port("ge-0/0/1") == "ge-0/0/1"
    assert [cell_name(n) for n in ("Gi1/0/24", "mgmt", "port 7", "")] == ["24", "mgm", "7", ""]
    assert sorted(["10", "9", "a2", "a10"], key=natural) == ["9", "10", "a2", "a10"]
    assert natural("²" + "9" * 30_000)
