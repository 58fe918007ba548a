"""The pure rules: text, tags, identifiers, moves, custom values."""

import math
from datetime import date

import pytest
from hypothesis import given, strategies as st

from inventory.access import Permission
from inventory.assets import custom_rules, identifiers, policy
from inventory.assets.catalog_models import CustomField
from inventory.assets.kinds import Category, FieldKind, Status
from inventory.assets.tag_rules import clean_tag, digits_of, near_keys, tag_key
from inventory.assets.words import clean, maker_key, plain
from inventory.errors import Conflict, InvalidInput


@pytest.mark.parametrize("tag", ["", "   ", "a\x00b", "a\nb", "a\u202eb", "x" * 65, "\ud800", 7])
def test_a_tag_that_cannot_be(tag: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_tag(tag)
    assert "tag" in refused.value.fields


@given(st.text(max_size=300))
def test_a_clean_tag_stays_as_it_is(text: str) -> None:
    try:
        tag = clean_tag(text)
    except InvalidInput:
        return
    assert clean_tag(tag) == tag
    key = tag_key(tag)
    assert 0 < len(key) <= 200
    assert tag_key(key) == key
    assert key not in set(near_keys(key))


def test_near_keys_are_one_slip_away() -> None:
    slips = set(near_keys("ab-12"))
    assert {"ba-12", "ab-21", "ab12", "b-12", "ab-112", "ab-13", "ab-123", "xab-12"} <= slips
    assert "ab-1234" not in slips
    assert len(list(near_keys("9" * 64))) < 200
    assert len(list(near_keys("abc-0123456789-0123456789"[:24]))) < 2100


def test_digits() -> None:
    assert [digits_of(t) for t in ("HR-000123", "7/42b", "0000", "none", "²")] == [
        "123", "42", "0", "", "",
    ]  # fmt: skip


def test_makers_spellings() -> None:
    for name, key in {
        "HP": "hp", "HP Inc.": "hp", "hewlett-packard": "hp", "Hewlett Packard Co.": "hp",
        "Hewlett Packard Enterprise": "hpe", "LG": "lg", "KONICA MINOLTA, INC.": "konica minolta",
        "Co": "co", "Zebra Technologies Corporation": "zebra", "***": "", "\uff28\uff30": "hp",
    }.items():  # fmt: skip
        assert maker_key(name) == key, name
    assert plain("M404-dn / Pro®") == "m404 dn pro"


def test_text_from_devices_is_made_harmless() -> None:
    assert clean("a\x00b\u202e\r\n  c\ud800\x1b[0m", 200) == "ab c[0m"
    assert len(clean("x" * 10**6, 200)) == 200


@pytest.mark.parametrize(
    "serial",
    ["", "0", "00000000", "N/A", "n.a.", "None", "To be filled by O.E.M.", "Default string",
     "System Serial Number", "123456789", "0123456789", "XXXXXXXX", "not specified", "Unknown",
     "........", "abc", "INVALID", "x0x0x0x0", "---------", "To Be Filled By O.E.M"],
)  # fmt: skip
def test_placeholders_are_no_serials(serial: str) -> None:
    assert identifiers.is_placeholder(serial)
    assert identifiers.usable("serial", [serial]) == []


@pytest.mark.parametrize(
    "serial", ["CN123", "VNB3K12345", "ABC1234", "5CD1234XYZ", "1001", "プリンタ1"]
)
def test_serials_are_serials(serial: str) -> None:
    assert not identifiers.is_placeholder(serial)


def test_macs() -> None:
    for text in ("00:1B:78:aa:bb:cc", "001b.78aa.bbcc", "00-1b-78-AA-BB-CC", " 001B78AABBCC "):
        assert identifiers.mac_value(text) == "001b78aabbcc"
    for bad in (
        "", "00:1b:78:aa:bb", "00:1b:78:aa:bb:cc:dd", "0g1b78aabbcc", "000000000000",
        "ffffffffffff", "01005e000001", "021b78aabbcc", "00005e000105", "aaaaaaaaaaaa",
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            identifiers.mac_value(bad)


def test_imei_meid_udid_engine() -> None:
    for text in ("490154203237518", "49-015420-323751-8", "49015420323751", "4901542032375101"):
        assert identifiers.imei_value(text) == "490154203237518"
    key = identifiers.normal_key
    for text in ("AF-012345-0ABCDE-C", "af0123450abcde", "29360 87365 0070 3710"):
        assert key("meid", text).value == "af0123450abcde"
    assert key("udid", "00008030-001A2B3C4D5E6F70").value == "00008030001a2b3c4d5e6f70"
    assert key("snmp_engine_id", "0x80:00:07:e5:03:00:1b:78").value == "800007e503001b78"
    assert key("vendor:intune", "a-b-c-1").value == "a-b-c-1"
    for kind, bad in (
        ("imei", "490154203237519"), ("imei", "000000000000000"), ("imei", "12"),
        ("meid", "xyz"), ("udid", "03000200-0400-0500-0006-000700080009"), ("udid", "0" * 40),
        ("snmp_engine_id", "80"), ("snmp_engine_id", "0000000000"), ("snmp_engine_id", "zz"),
        ("snmp_engine_id", "80000009010a000005"), ("vendor:", "x123"), ("vendor:A B", "x123"),
        ("vendor:x", "N/A"), ("shoe", "44"), ("serial", "0"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            key(kind, bad)


@given(st.text(max_size=80))
def test_probes_never_fail_and_hold_no_control_character(text: str) -> None:
    assert all(probe.isprintable() for probe in identifiers.probes(text))


def test_the_table_of_moves() -> None:
    assert set(policy.MOVES) == set(Status)
    for before, targets in policy.MOVES.items():
        assert before not in targets
        assert targets, "a state without a way out cannot be corrected"
        for after in Status:
            if after not in targets and after is not before:
                with pytest.raises(Conflict):
                    policy.require_move(before, after, "reason")
            elif after in targets:
                policy.require_move(before, after, "reason")
                needs = after in policy.NEEDS_REASON or before in {Status.SEIZED, Status.DISPOSED}
                if needs:
                    with pytest.raises(InvalidInput):
                        policy.require_move(before, after, "")
                else:
                    policy.require_move(before, after, "")
    assert policy.permission_for(Status.LOST, Status.RETIRED) is Permission.ASSET_RETIRE
    assert policy.permission_for(Status.RETIRED, Status.IN_STOCK) is Permission.ASSET_RETIRE
    assert policy.permission_for(Status.LOST, Status.IN_STOCK) is Permission.ASSET_WRITE


def field(kind: FieldKind, **more: object) -> CustomField:
    given = {"key": "f", "label": "F", "max_length": 20, "choices": [], "categories": [], **more}
    return CustomField(kind=kind, **given)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldKind.TEXT, ["a", "a\nb", "<b>"], ["", "x" * 21, "a\x00", 5, None, [], {}]),
        (FieldKind.NUMBER, [0, -3, 2.5, 10**15],
         ["5", True, math.nan, math.inf, 10**16, -(10**30), [1], None]),
        (FieldKind.BOOLEAN, [True, False], [0, 1, "true", None]),
        (FieldKind.DATE, ["2026-02-28", date(2026, 2, 28)],
         ["2026-02-30", "28.2.2026", "2026-2-8", 20260228, "२०२६-०२-०१", "2026-02-28T00:00"]),
        (FieldKind.CHOICE, ["red"], ["Red", "green", 1, ["red"], None]),
    ],
)  # fmt: skip
def test_custom_values_are_typed(kind: FieldKind, good: list[object], bad: list[object]) -> None:
    rule = field(kind, choices=["red", "blue"] if kind is FieldKind.CHOICE else [])
    for value in good:
        custom_rules.accepted(rule, value)
    for value in bad:
        with pytest.raises(InvalidInput):
            custom_rules.accepted(rule, value)


def test_custom_values_are_laid_over_what_is_there() -> None:
    rules = [
        field(FieldKind.TEXT, key="room", required=True),
        field(FieldKind.NUMBER, key="seats", categories=["projector"], minimum=1, maximum=9),
        field(FieldKind.TEXT, key="old", archived=True, required=True),
    ]

    def lay(given: dict[str, object], *, complete: bool = False, present: object = None) -> object:
        category = Category.PRINTER
        return custom_rules.merged(rules, category, present or {}, given, complete=complete)  # type: ignore[arg-type]

    assert lay({"room": " 12 "}, complete=True) == {"room": "12"}
    assert lay({"old": None}, present={"room": "1", "old": "x"}) == {"room": "1"}
    assert lay({}) == {}
    for asked, complete in (
        ({}, True), ({"room": None}, False), ({"seats": 3}, False), ({"old": "x"}, False),
        ({"nope": 1}, False), ({"__class__": 1}, False), ({"room": {"a": 1}}, False),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            lay(asked, complete=complete)
        assert refused.value.fields["custom"]
    with pytest.raises(InvalidInput):
        custom_rules.merged(rules, Category.PROJECTOR, {}, {"seats": 10}, complete=False)
