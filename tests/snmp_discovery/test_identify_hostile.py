"""Whatever a device says, identification and assembly stay whole, bounded and quick."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from snmp_discovery import oids
from snmp_discovery.finding import finding
from snmp_discovery.identify import identify
from snmp_discovery.rules import compiled
from snmp_discovery.signature_files import signatures
from snmp_discovery.text import MAX_MODEL, looks_like_placeholder, tidy_model, tidy_serial
from snmp_discovery.types import CommunityCredential, Facts, Kind, Oid, Responder, Version
from tests.snmp_discovery.knowledge import facts, oid

RULES = signatures()
RESPONDER = Responder("127.0.0.1", 161, Version.V2C, CommunityCredential(b"secret"))

HOSTILE = [
    b"A" * 61_440,
    b"\xff\xfe\x80\x81" * 20,
    b"<script>alert(1)</script>",
    b'=HYPERLINK("http://x","y")',
    b"\x1b[2J\x1b]0;owned\x07HP LaserJet 4000",
    b"\x00" * 500,
    "\u202eHP \u2066LaserJet\u2069 4".encode(),
    b"",
    b"{model^} {vendor} %s %n ${jndi:ldap://x}",
    b"MDL:" * 400,
    b"; AXIS " + b";" * 900,
    b"HP ETHERNET MULTI-ENVIRONMENT" + b",SN:" * 300,
]


def _readable_objects() -> list[Oid]:
    reads = [read for maker in RULES.makers.values() for read in maker.reads]
    known = [(*read.oid, 1) if read.column else read.oid for read in reads]
    columns = [
        oids.ENT_CLASS, oids.ENT_CONTAINED_IN, oids.ENT_SERIAL, oids.ENT_MODEL, oids.ENT_DESCR,
        oids.HR_DEVICE_TYPE, oids.HR_DEVICE_DESCR, oids.PRT_SERIAL, oids.PRT_NAME,
        oids.IF_PHYS_ADDRESS, oids.IF_DESCR, oids.IF_TYPE, oids.IF_SPEED, oids.IF_OPER_STATUS,
        oids.PRT_CONSOLE_TEXT, oids.PRT_COVER_STATUS, oids.PRT_COLORANT_VALUE,
        oids.DOT1D_BASE_PORT_IF_INDEX, oids.UPS_ALARM_DESCR, oids.HR_SW_INSTALLED_NAME,
    ]  # fmt: skip
    tables = [(oids.PRT_SUPPLIES, 9), (oids.PRT_INPUT, 18), (oids.PRT_ALERT, 8)]
    tables += [(oids.LLDP_REM, 12), (oids.LLDP_MED_REM_INVENTORY, 7), (oids.CDP_CACHE, 9)]
    tables += [(oids.HR_STORAGE_TABLE, 6)]
    known += [(*column, row) for column in columns for row in (1, 2)]
    known += [(*root, n, 1, 1, 1) for root, size in tables for n in range(1, size + 1)]
    known += [(*root, n, 1) for root, size in tables for n in range(1, size + 1)]
    known += [oids.SYS_DESCR, oids.SYS_OBJECT_ID, oids.SYS_NAME, oids.SYS_UPTIME]
    known += [oids.UPS_MODEL, oids.UPS_CHARGE_REMAINING, oids.LLDP_LOC_CAPABILITIES]
    return known + list(RULES.id_strings)


OBJECTS = _readable_objects()
ANY_OID = st.lists(st.integers(0, 2**32 - 1), max_size=20).map(tuple)
ENTERPRISE_OID = st.builds(
    lambda number, rest: (*oids.ENTERPRISES, number, *rest),
    st.sampled_from(sorted(RULES.makers)),
    st.lists(st.integers(0, 9999), max_size=8),
)
SUFFIXED = st.builds(
    lambda root, index: (*root, *index),
    st.sampled_from(OBJECTS),
    st.lists(st.integers(0, 2**32 - 1), max_size=12),
)
ANY_VALUE = st.one_of(
    st.integers(-(2**63), 2**64),
    st.binary(max_size=80),
    st.text(max_size=60).map(str.encode),
    st.sampled_from(HOSTILE),
    ANY_OID,
    ENTERPRISE_OID,
)
ANY_FACTS = st.dictionaries(
    st.one_of(st.sampled_from(OBJECTS), SUFFIXED, ANY_OID), ANY_VALUE, max_size=60
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY_FACTS)
def test_no_facts_of_any_type_raise_or_overflow(values: dict[Oid, Any]) -> None:
    found = finding(RESPONDER, Facts(values))
    identity = found.identity
    assert isinstance(identity.kind, Kind)
    assert len(identity.model) <= MAX_MODEL
    assert len(identity.serial) <= 40 and len(identity.vendor) <= 40
    for said in (identity.vendor, identity.model, identity.serial, identity.firmware):
        assert said == said.strip() and said.isprintable() and "<" not in said
    for each in identity.evidence:
        assert each.field in ("kind", "vendor", "model", "serial", "firmware")
    chosen = [each.field for each in identity.evidence if each.chosen]
    assert len(chosen) == len(set(chosen))
    for supply in found.supplies:
        assert supply.level_percent is None or 0 <= supply.level_percent <= 100
    assert all(0 <= count <= 100_000_000 for count in found.page_counters.values())
    assert "secret" not in str(asdict(found))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_in_every_object_of_a_maker(text: bytes) -> None:
    for number in (9, 11, 318, 367, 368, 2435, 8072, 12356, 99999):
        values = {read.oid: text for read in RULES.reads_for(number)}
        values |= {oids.SYS_DESCR: text, oids.SYS_NAME: text, (*oids.PRT_SERIAL, 1): text}
        values |= {(*oids.HR_DEVICE_DESCR, 1): text, RULES.id_strings[0]: text}
        given_facts = Facts(values)
        given_facts.values[oids.SYS_OBJECT_ID] = (*oids.ENTERPRISES, number, 1)
        found = finding(RESPONDER, given_facts)
        for said in (found.identity.vendor, found.identity.model, found.identity.serial):
            assert said.isprintable() and "<" not in said and len(said) <= MAX_MODEL
        assert len(found.sys_descr) <= 1024 and found.name.isprintable()


def test_no_pattern_is_slow_on_a_kilobyte_made_to_hurt() -> None:
    """Each expression, on texts that repeat what it looks for, must stay linear."""
    pieces = ["A", "a1", "HP ", "- ", "1.", ", ", "x-", " Rev. ", "MN:", "SN: ", "Version 1", "\t"]
    texts = [(piece * 1024)[:1024] for piece in pieces]
    slow = []
    for pattern in [*RULES.patterns, *RULES.refine]:
        expression = compiled(pattern.regex or ".")
        begin = [pattern.has, "APC ", "Cisco ", "HP "]
        started = time.process_time()
        for text in [*texts, *((head + "A1 " * 400)[:1024] for head in begin)]:
            expression.search(text)
        spent = time.process_time() - started
        if spent > 0.1:
            slow.append((pattern.name, spent))
    assert slow == []


def test_sixty_kilobytes_and_fifty_thousand_rows_are_identified_quickly() -> None:
    huge = facts("11.2.3.9.1", "")
    huge.values[oids.SYS_DESCR] = b"JETDIRECT " * 6_144
    for row in range(50_000):
        huge.values[(*oids.IF_PHYS_ADDRESS, row)] = row.to_bytes(6, "big")
    started = time.process_time()
    found = finding(RESPONDER, huge)
    assert time.process_time() - started < 5
    assert found.identity.kind == "printer"
    assert len(found.macs) <= 64 and len(found.interfaces) <= 1024


@pytest.mark.parametrize(
    "text",
    [
        "", "0", "00", "N/A", "none", "None", "unknown", "Default string", "<private>",
        "To be filled by O.E.M.", "serial_number", "Serial Number", "System Serial Number",
        "Not Specified", "10.1.2.3", "11111", "\u7a7a", "a b c d e", "Liebert PEX",
        "123e4567-e89b-12d3-a456-426614174000", "X" * 60,
    ],
)  # fmt: skip
def test_what_is_no_serial_number(text: str) -> None:
    assert tidy_serial(text) == ""
    assert looks_like_placeholder(text)
    values = {"m.43.5.1.1.17.1": text}
    assert identify(facts("99999.1", "", values)).serial == ""


@pytest.mark.parametrize(
    "text",
    ["000000000000", "FFFFFFFFFFFF", "0A0A0A0A0A0A", "12345678", "12/05/2023", "TEST000000",
     "CZXXXXXXXX", "upsserialnum"],
)  # fmt: skip
def test_an_invented_serial_is_told_but_marked_and_gives_way(text: str) -> None:
    assert looks_like_placeholder(text)
    found = identify(facts("99999.1", "", {"m.43.5.1.1.17.1": text}))
    assert found.serial == text
    assert "looks like a placeholder" in found.evidence[-1].source

    better = {"m.43.5.1.1.17.1": text, "e.11.2.3.9.4.2.1.1.3.3.0": "VNC4H01733"}
    assert identify(facts("11.2.3.9.1", "", better)).serial == "VNC4H01733"


@pytest.mark.parametrize("text", ["VNC4H01733", "7XK0417", "A1BC-D2EF-34GH", "54-2354-8708"])
def test_what_is_a_serial_number(text: str) -> None:
    assert tidy_serial(f" {text} ") == text and not looks_like_placeholder(text)


def test_a_model_is_freed_of_its_makers_name_and_of_noise() -> None:
    names = ("hewlett-packard", "hp")
    assert tidy_model("HP HP LaserJet 4000 Series", names) == "LaserJet 4000"
    assert tidy_model("=Meraki MR28 Cloud Managed AP") == "Meraki MR28 Cloud Managed AP"
    assert tidy_model("HPLC-2000", names) == "HPLC-2000"
    assert tidy_model("Generic 28C-1") == tidy_model("<private>") == tidy_model("Switch") == ""
    long = tidy_model("Catalyst " + "very " * 20 + "long")
    assert len(long) <= MAX_MODEL and long.endswith("very")


def test_an_object_of_the_wrong_type_is_no_claim() -> None:
    given_facts = facts("11.2.3.9.1", "JETDIRECT")
    given_facts.values[oid("e.11.2.3.9.4.2.1.1.3.2.0")] = (1, 3, 6)
    given_facts.values[oid("e.11.2.3.9.4.2.1.1.3.3.0")] = (1, 3, 6, 1)
    found = identify(given_facts)
    assert (found.vendor, found.model, found.serial) == ("HP", "", "")
    given_facts.values[oids.SYS_OBJECT_ID] = b"1.3.6.1.4.1.9"
    assert identify(given_facts).vendor == ""
