"""The Printer-MIB read rightly: special levels, waste containers, trays, covers, alerts, pages."""

from __future__ import annotations

from typing import Any

import pytest

from snmp_discovery import oids
from snmp_discovery.counters import brother_supplies, packed, page_counters
from snmp_discovery.finding import finding
from snmp_discovery.printer import alerts, covers, level, page_count, supplies, trays
from snmp_discovery.tables import Tree
from snmp_discovery.types import (
    Alert,
    CommunityCredential,
    Facts,
    Responder,
    Supply,
    SupplyState,
    Tray,
    Version,
)
from tests.snmp_discovery.knowledge import facts

PERCENT, SHEETS, TENTHS_OF_GRAMS = 19, 8, 13
CONSUMED, FILLED = 3, 4


def tree(values: dict[str, Any]) -> Tree:
    return Tree(facts(values=values))


@pytest.mark.parametrize(
    ("value", "capacity", "unit", "filled", "percent", "state"),
    [
        (50, 100, SHEETS, False, 50, SupplyState.OK),
        (1000, 10_000, SHEETS, False, 10, SupplyState.LOW),
        (1, 10_000, SHEETS, False, 1, SupplyState.LOW),
        (0, 10_000, SHEETS, False, 0, SupplyState.EMPTY),
        (11_000, 10_000, SHEETS, False, 100, SupplyState.OK),
        (-1, 100, PERCENT, False, None, SupplyState.UNRESTRICTED),
        (-2, 100, PERCENT, False, None, SupplyState.UNKNOWN),
        (-3, 100, PERCENT, False, None, SupplyState.SOME_REMAINS),
        (-3, -2, PERCENT, True, None, SupplyState.SOME_REMAINS),
        (-7, 100, PERCENT, False, None, SupplyState.UNKNOWN),
        (76, -2, PERCENT, False, 76, SupplyState.OK),
        (5, 0, PERCENT, False, 5, SupplyState.LOW),
        (170, -2, PERCENT, False, None, SupplyState.SOME_REMAINS),
        (3000, -2, TENTHS_OF_GRAMS, False, None, SupplyState.SOME_REMAINS),
        (0, -2, TENTHS_OF_GRAMS, False, None, SupplyState.EMPTY),
        (100, -1, SHEETS, False, None, SupplyState.SOME_REMAINS),
        # a waste container's level is the room that is left: much is good, none is full
        (90, 100, PERCENT, True, 90, SupplyState.OK),
        (4, 100, PERCENT, True, 4, SupplyState.LOW),
        (0, 100, PERCENT, True, 0, SupplyState.EMPTY),
        (0, -2, PERCENT, True, 0, SupplyState.EMPTY),
        (0, -2, SHEETS, True, None, SupplyState.UNKNOWN),
        (None, 100, PERCENT, False, None, SupplyState.UNKNOWN),
        (50, None, None, False, None, SupplyState.SOME_REMAINS),
    ],
)
def test_levels(
    value: int | None,
    capacity: int | None,
    unit: int | None,
    filled: bool,
    percent: int | None,
    state: SupplyState,
) -> None:
    assert level(value, capacity, unit, filled) == (percent, state)


def supply_row(row: int, **columns: Any) -> dict[str, Any]:
    numbers = {"marker": 2, "colorant": 3, "group": 4, "type": 5, "name": 6, "unit": 7}
    numbers |= {"capacity": 8, "level": 9}
    return {f"m.43.11.1.1.{numbers[key]}.1.{row}": value for key, value in columns.items()}


def test_supplies_take_their_colour_from_the_colorant_table_else_from_the_name() -> None:
    values = supply_row(
        1, colorant=2, group=CONSUMED, type=21, name="Cartridge 85A", capacity=100, level=41,
        unit=PERCENT,
    )  # fmt: skip
    values |= supply_row(
        2, colorant=0, group=CONSUMED, type=3, name="Toner (Light Cyan)", capacity=100, level=9,
        unit=PERCENT,
    )  # fmt: skip
    values |= supply_row(3, group=FILLED, type=4, name="Waste Toner Box", capacity=-2, level=-3)
    values |= {"m.43.12.1.1.4.1.2": "magenta", "m.43.12.1.1.4.1.1": "none"}
    assert supplies(tree(values)) == (
        Supply("Cartridge 85A", "toner cartridge", "magenta", 41, SupplyState.OK, "1.1"),
        Supply("Toner (Light Cyan)", "toner", "light cyan", 9, SupplyState.LOW, "1.2"),
        Supply("Waste Toner Box", "waste toner", "", None, SupplyState.SOME_REMAINS, "1.3"),
    )


def test_a_supply_without_a_name_is_called_by_its_type() -> None:
    values = supply_row(1, type=15, capacity=100, level=80)
    assert supplies(tree(values))[0] == Supply("fuser", "fuser", "", 80, SupplyState.OK, "1.1")


def test_supply_columns_of_the_wrong_type_are_unknown() -> None:
    values = supply_row(1, type="toner", name=7, capacity="100", level=b"\xff", unit="=m.1")
    assert supplies(tree(values)) == (Supply("", "", "", None, SupplyState.UNKNOWN, "1.1"),)


def test_trays_show_sheets_and_states() -> None:
    values = {
        "m.43.8.2.1.13.1.1": "Tray 1", "m.43.8.2.1.12.1.1": "Plain", "m.43.8.2.1.9.1.1": 550,
        "m.43.8.2.1.10.1.1": 165, "m.43.8.2.1.11.1.1": 0,
        "m.43.8.2.1.18.1.2": "Bypass", "m.43.8.2.1.9.1.2": 100, "m.43.8.2.1.10.1.2": -3,
        "m.43.8.2.1.11.1.2": 9,
        "m.43.8.2.1.9.1.3": -2, "m.43.8.2.1.10.1.3": 0, "m.43.8.2.1.11.1.3": 19,
    }  # fmt: skip
    assert trays(tree(values)) == (
        Tray("Tray 1", "Plain", 165, 550, "ok"),
        Tray("Bypass", "", None, 100, "unavailable, warning"),
        Tray("tray 3", "", 0, None, "unavailable, critical, empty"),
    )


def test_covers_alerts_and_console() -> None:
    values = {
        "m.43.6.1.1.2.1.1": "Front cover", "m.43.6.1.1.3.1.1": 3, "m.43.6.1.1.3.1.2": 4,
        "m.43.6.1.1.3.1.3": 99,
        "m.43.18.1.1.2.1.10": 3, "m.43.18.1.1.7.1.10": 8, "m.43.18.1.1.8.1.10": "Paper jam",
        "m.43.18.1.1.2.1.11": 4, "m.43.18.1.1.7.1.11": 1104,
        "m.43.16.5.1.2.1.1": "Ready", "m.43.16.5.1.2.1.2": "   ",
    }  # fmt: skip
    given = tree(values)
    assert covers(given) == {"Front cover": "open", "cover 2": "closed", "cover 3": "unknown"}
    assert alerts(given) == (
        Alert("alert", "critical", "Paper jam"),
        Alert("alert", "warning", "toner low"),
        Alert("console", "", "Ready"),
    )


def test_pages_are_impressions_of_the_busiest_marker_and_nothing_else() -> None:
    life, unit = "m.43.10.2.1.4.1.", "m.43.10.2.1.3.1."
    counts = {life + "1": 33_810, life + "2": 4_000_000, unit + "1": 7, unit + "2": 16}
    assert page_count(tree(counts)) == 33_810
    assert page_count(tree({life + "1": 5})) == 5
    assert page_count(tree({life + "1": -2})) is None
    assert page_count(tree({life + "1": 4_294_967_295})) is None
    assert page_count(tree({life + "1": "many"})) is None


def test_makers_counters_stand_in_and_split_colour_from_mono() -> None:
    octets = bytes.fromhex("000104 0000134b 010104 000006e2 020104 00000c69 ff".replace(" ", ""))
    given = facts("2435.2.3.9.1", values={"e.2435.2.3.9.4.2.1.5.5.10.0": octets})
    assert page_counters(given) == {"total": 4939, "mono": 1762, "color": 3177}
    responder = Responder("127.0.0.1", 161, Version.V2C, CommunityCredential(b"public"))
    assert finding(responder, given).page_count == 4939
    hp = facts("11.2.3.9.1", values={"e.11.2.3.9.4.2.1.4.1.2.5.0": 900, "m.43.10.2.1.4.1.1": 901})
    found = finding(responder, hp)
    assert (found.page_count, found.page_counters) == (901, {"total": 900})


def test_brother_tells_toner_only_in_its_maintenance_object() -> None:
    octets = bytes.fromhex("6f01040000238c7001040000035c31010400000001ff")
    given = facts("2435.2.3.9.1", values={"e.2435.2.3.9.4.2.1.5.5.8.0": octets})
    assert brother_supplies(given) == (
        Supply("Black toner", "toner", "black", 91, SupplyState.OK, "maintenance 6f"),
        Supply("Cyan toner", "toner", "cyan", 8, SupplyState.LOW, "maintenance 70"),
    )


@pytest.mark.parametrize(
    "octets", [b"", b"\x00", b"\x00\x01\xff\x01", b"\xff" * 9, b"\x00\x01\x00" * 50, 7, None]
)
def test_packed_records_may_be_cut_short(octets: object) -> None:
    assert set(packed(octets).values()) <= {0}


def test_a_finding_holds_no_more_rows_than_a_person_can_use() -> None:
    values = {(*oids.PRT_SUPPLIES, 9, 1, row): 50 for row in range(5000)}
    assert len(supplies(Tree(Facts(dict(values))))) == 64
