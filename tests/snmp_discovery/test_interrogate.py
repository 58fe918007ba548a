"""Interrogation over real sockets: few questions, the right tables, failures as warnings."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from snmp_discovery import oids
from snmp_discovery.community import CommunitySession
from snmp_discovery.errors import NoAnswer
from snmp_discovery.interrogate import finding, interrogate
from snmp_discovery.transport import Transport
from snmp_discovery.types import CommunityCredential, Facts, Finding, Oid, Responder, Version
from tests.snmp_discovery.agents import FakeAgent, Request, serving
from tests.snmp_discovery.knowledge import as_agent, facts, oid

PRINTER = facts(
    "2435.2.3.9.1",
    "Brother NC-8300w, Firmware Ver.1.22  ,MID 84E-F0A",
    {
        "m.25.3.2.1.2.1": "=m.25.3.1.5",
        "m.25.3.2.1.3.1": "Brother MFC-L6900DW series",
        "m.43.5.1.1.17.1": "U64180F0N120733",
        "m.43.10.2.1.3.1.1": 7,
        "m.43.10.2.1.4.1.1": 48_210,
        "m.43.11.1.1.4.1.1": 3,
        "m.43.11.1.1.5.1.1": 3,
        "m.43.11.1.1.6.1.1": "Black Toner Cartridge",
        "m.43.11.1.1.7.1.1": 19,
        "m.43.11.1.1.8.1.1": 100,
        "m.43.11.1.1.9.1.1": 40,
        "m.43.8.2.1.9.1.1": 520,
        "m.43.8.2.1.10.1.1": 300,
        "m.43.8.2.1.13.1.1": "TRAY1",
        "m.43.16.5.1.2.1.1": "Ready",
        "m.2.2.1.3.1": 6,
        "m.2.2.1.6.1": bytes.fromhex("3c2af4000417"),
        "m.1.6.0": "Room 12",
    },
    name="prn-12",
)


def ask(
    agent: FakeAgent,
    *,
    object_id: Oid = (),
    version: Version = Version.V2C,
    read_tables: bool = True,
    timeout: float = 0.1,
) -> tuple[Facts, Finding]:
    async def main() -> tuple[Facts, Finding]:
        credential = CommunityCredential(b"public", version, "room switch")
        async with serving(agent) as port, Transport() as transport:
            responder = Responder("127.0.0.1", port, version, credential, object_id)
            session = CommunitySession(
                transport, "127.0.0.1", port, credential, timeout=timeout, retries=0
            )
            given = Facts()
            await interrogate(session, responder, given, read_tables=read_tables)
            return given, finding(responder, given)

    return asyncio.run(main())


def object_id(given: Facts) -> Oid:
    found = given.values[oids.SYS_OBJECT_ID]
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("version", [Version.V1, Version.V2C])
def test_a_printer_is_read_whole_in_any_version(version: Version) -> None:
    agent = FakeAgent(as_agent(PRINTER))
    _, found = ask(agent, object_id=object_id(PRINTER), version=version)
    identity = found.identity
    assert (identity.kind, identity.vendor) == ("multifunction", "Brother")
    assert (identity.model, identity.serial) == ("MFC-L6900DW", "U64180F0N120733")
    assert (found.page_count, found.supplies[0].level_percent) == (48_210, 40)
    assert (found.trays[0].level, found.alerts[0].text) == (300, "Ready")
    assert (found.macs, found.location) == (("3c:2a:f4:00:04:17",), "Room 12")
    assert (found.credential_label, found.warnings) == ("room switch", ())


def test_a_printer_costs_few_datagrams_and_is_asked_for_printers_tables_only() -> None:
    agent = FakeAgent(as_agent(PRINTER))
    ask(agent, object_id=object_id(PRINTER))
    assert len(agent.requests) <= 14
    asked = {o for request in agent.requests for o in request.oids}
    assert not any(o[:7] == (*oids.ENTERPRISES, 318) for o in asked)
    for root in (oids.ENT_PHYSICAL, oids.LLDP, oids.HR_SW_INSTALLED_NAME, oids.CDP_CACHE):
        assert not any(o[: len(root)] == root for o in asked)


def test_without_tables_only_scalars_are_asked_for() -> None:
    agent = FakeAgent(as_agent(PRINTER))
    _, found = ask(agent, object_id=object_id(PRINTER), read_tables=False)
    assert {request.kind for request in agent.requests} == {"GetRequestPDU"}
    assert found.identity.serial == "U64180F0N120733" and found.supplies == ()


def test_a_device_of_unknown_make_is_probed_and_then_asked_for_the_rest() -> None:
    values = {
        "e.6574.1.5.1.0": "DS920+",
        "e.6574.1.5.2.0": "2040SBR000417",
        "e.6574.1.5.3.0": "DSM 7.1-42962",
    }
    given = facts("8072.3.2.10", "Linux nas 4.4.59", values)
    agent = FakeAgent(as_agent(given))
    _, found = ask(agent, object_id=object_id(given))
    assert (found.identity.vendor, found.identity.firmware) == ("Synology", "DSM 7.1-42962")
    first = {o for request in agent.requests[:2] for o in request.oids}
    assert oid("e.6574.1.5.1.0") in first and oid("e.6574.1.5.3.0") not in first


def test_an_object_id_that_the_probe_did_not_tell_is_used_once_known() -> None:
    given = facts("318.1.3.27", "APC", {"e.318.1.1.1.1.2.3.0": "AS1719000417"})
    _, found = ask(FakeAgent(as_agent(given)))
    assert (found.identity.vendor, found.identity.serial) == ("APC", "AS1719000417")


def test_a_switch_is_asked_for_chassis_neighbours_and_learnt_addresses() -> None:
    values: dict[str, Any] = {
        "m.47.1.1.1.1.5.1": 3, "m.47.1.1.1.1.4.1": 0, "m.47.1.1.1.1.13.1": "WS-C2960X-24PS-L",
        "m.47.1.1.1.1.11.1": "FOC1900Z417", "m.47.1.1.1.1.5.2": 10, "m.47.1.1.1.1.4.2": 1,
        "m.47.1.1.1.1.11.2": "AVD0000001",
        "m.31.1.1.1.1.1": "Gi1/0/1", "m.2.2.1.3.1": 6, "m.17.1.4.1.2.1": 1,
        "m.17.4.3.1.2.128.94.192.0.4.23": 1,
        "1.0.8802.1.1.2.1.4.1.1.4.0.1.7": 4,
        "1.0.8802.1.1.2.1.4.1.1.5.0.1.7": bytes.fromhex("805ec0000417"),
        "1.0.8802.1.1.2.1.4.1.1.9.0.1.7": "phone-12",
        "1.0.8802.1.1.2.1.5.4795.1.3.3.1.4.0.1.7": "8101320000417",
    }  # fmt: skip
    given = facts("9.1.1208", "Cisco IOS Software, C2960X Software, Version 15.2(2)E7", values)
    agent = FakeAgent(as_agent(given))
    _, found = ask(agent, object_id=object_id(given))
    assert (found.identity.model, found.identity.serial) == ("WS-C2960X-24PS-L", "FOC1900Z417")
    assert [(n.name, n.local_port, n.serial) for n in found.neighbors] == [
        ("phone-12", "Gi1/0/1", "8101320000417")
    ]
    assert [(b.mac, b.port) for b in found.bridge] == [("80:5e:c0:00:04:17", "Gi1/0/1")]
    asked = {o for request in agent.requests for o in request.oids}
    assert (*oids.ENT_SERIAL, 2) not in asked
    assert not any(o[: len(oids.PRT_SUPPLIES)] == oids.PRT_SUPPLIES for o in asked)


def test_a_table_that_loops_is_a_warning_and_the_rest_is_read() -> None:
    def loop(agent: FakeAgent, request: Request) -> bytes:
        if any(o[:8] == oids.PRT_SUPPLIES[:8] and o[7] == 11 for o in request.oids):
            again = (*oids.PRT_SUPPLIES, 2, 1, 1)
            repeated = [(again, rfc1902.Integer32(1))] * max(len(request.oids), 2)
            return request.response(repeated)
        return agent.reply(request)

    agent = FakeAgent(as_agent(PRINTER), twist=loop)
    _, found = ask(agent, object_id=object_id(PRINTER))
    assert [text.split(":")[0] for text in found.warnings] == ["supplies"]
    assert found.trays[0].name == "TRAY1" and found.identity.serial == "U64180F0N120733"


def test_a_device_that_falls_silent_is_left_alone_and_its_identity_kept() -> None:
    def mute(agent: FakeAgent, request: Request) -> bytes | None:
        return agent.reply(request) if request.kind == "GetRequestPDU" else None

    agent = FakeAgent(as_agent(PRINTER), twist=mute)
    _, found = ask(agent, object_id=object_id(PRINTER), timeout=0.03)
    assert found.identity.serial == "U64180F0N120733"
    assert found.warnings[-1] == "the device stopped answering; the rest was not asked"
    assert len(found.warnings) == 3
    assert found.supplies == ()


def test_silence_at_the_first_question_is_the_callers_to_know() -> None:
    agent = FakeAgent(twist=lambda _agent, _request: None)
    with pytest.raises(NoAnswer):
        ask(agent, timeout=0.03)


def test_a_table_larger_than_its_cap_keeps_what_fits() -> None:
    given = facts("311.1.1.3.1.2", "Hardware: x - Software: Windows Version 6.3")
    for row in range(1, 1200):
        given.values[(*oids.HR_SW_INSTALLED_NAME, row)] = f"package {row}".encode()
    _, found = ask(FakeAgent(as_agent(given)), object_id=object_id(given), timeout=1.0)
    assert len(found.software) == 1000
    assert found.warnings == ("installed software: 127.0.0.1: a table is larger than 1,000 values",)
