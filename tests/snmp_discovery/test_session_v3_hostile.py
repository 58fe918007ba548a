"""Version 3 when agents restart, clocks drift, and somebody tampers with the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from snmp_discovery.errors import (
    MalformedAnswer,
    NoAnswer,
    SecurityRefused,
)
from snmp_discovery.session import V3Session
from snmp_discovery.transport import Transport
from snmp_discovery.types import Oid, UsmCredential, Value
from tests.snmp_discovery.agents import serving
from tests.snmp_discovery.conversations import DESCR, READ
from tests.snmp_discovery.v3agents import (
    SECURE,
    A,
    credential,
    speaking,
    user,
    v3_agent,
    v3_agent_in_thread,
    v3_report,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[int]:
    """The port of an agent that knows `SECURE`."""
    with v3_agent_in_thread([user(SECURE)]) as port:
        yield port


def clock(engine: Any, name: str, value: int) -> None:
    """Set a value of the agent's engine."""
    (symbol,) = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", name)
    symbol.syntax = symbol.syntax.clone(value)


@pytest.mark.parametrize(("used", "boots"), [(credential(A.SHA1), 2), (SECURE, 2), (SECURE, 500)])
def test_an_agent_that_restarted_is_followed(used: UsmCredential, boots: int) -> None:
    """Boots went up, or down to what they were: printers forget them."""

    async def main() -> None:
        async with speaking(used, boots=100) as (session, engine):
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}
            clock(engine, "snmpEngineBoots", boots)
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}

    asyncio.run(main())


def test_a_clock_that_drifted_is_set_again() -> None:
    async def main() -> None:
        async with speaking() as (session, _):
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}
            assert session._engine is not None
            session._engine.time += 100_000  # our idea of its time; the agent will not agree
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}
            session._engine.time = 0
            session._engine.heard -= 10_000
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}

    asyncio.run(main())


def test_another_engine_at_the_same_address_is_met_anew() -> None:
    async def main() -> None:
        async with Transport() as transport:
            async with v3_agent([user(SECURE)]) as (port, _):
                session = V3Session(transport, "127.0.0.1", port, SECURE)
                assert await session.get([DESCR]) == {DESCR: READ[DESCR]}
            other = b"\x80\x00\x86\x9f\x05agent-two"
            async with v3_agent([user(SECURE)], engine_id=other, port=port):
                assert await session.get([DESCR]) == {DESCR: READ[DESCR]}
                assert session.engine_id == other

    asyncio.run(main())


class Middle(asyncio.DatagramProtocol):
    """Stands between session and agent, and may change what passes."""

    def __init__(self, agent_port: int, change: Any) -> None:
        self.agent = ("127.0.0.1", agent_port)
        self.change = change
        self.client: Any = None
        self.answers = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        if peer != self.agent:
            self.client = peer
            self.transport.sendto(data, self.agent)
            return
        self.answers += 1
        changed = self.change(self.answers, data)
        if changed is not None:
            self.transport.sendto(changed, self.client)


async def tampered(agent_port: int, change: Any) -> dict[Oid, Value]:
    """sysDescr read through a `Middle`."""
    async with serving(Middle(agent_port, change)) as port, Transport() as transport:
        session = V3Session(transport, "127.0.0.1", port, SECURE, timeout=0.1, retries=0)
        return await session.get([DESCR])


def test_the_middle_alone_does_no_harm(shared: int) -> None:
    assert asyncio.run(tampered(shared, lambda _, data: data)) == {DESCR: READ[DESCR]}


@pytest.mark.parametrize("place", [-1, -30, 60])
def test_an_answer_changed_on_the_way_is_not_believed(shared: int, place: int) -> None:
    def change(number: int, data: bytes) -> bytes:
        if number == 1:  # the report to the engine probe
            return data
        flipped = bytearray(data)
        flipped[place] ^= 0x55
        return bytes(flipped)

    with pytest.raises((MalformedAnswer, NoAnswer, SecurityRefused)):
        asyncio.run(tampered(shared, change))


def test_an_answer_from_long_ago_is_not_believed(shared: int) -> None:
    """Rightly signed, but 1,000 seconds behind the agent's clock as we know it."""
    sessions: list[V3Session] = []

    def change(number: int, data: bytes) -> bytes:
        if number == 2:
            assert sessions[0]._engine is not None
            sessions[0]._engine.heard -= 1000
        return data

    async def main() -> None:
        async with serving(Middle(shared, change)) as port, Transport() as transport:
            session = V3Session(transport, "127.0.0.1", port, SECURE, timeout=0.2, retries=0)
            sessions.append(session)
            await session.get([DESCR])

    with pytest.raises(MalformedAnswer, match="another engine or time"):
        asyncio.run(main())


def test_an_answer_without_protection_is_not_believed(shared: int) -> None:
    """A forger answers in plain text what was asked encrypted."""
    from snmp_discovery.ber import encode_integer, encode_oid, encode_tlv
    from snmp_discovery.messages import peek_id
    from snmp_discovery.v3message import Header, decode_message, encode_message, encode_scoped

    def change(number: int, data: bytes) -> bytes:
        if number == 1:
            return data
        header = decode_message(data).header
        forged = Header(peek_id(data), 0, header.engine_id, header.boots, header.time, b"x")
        name = encode_tlv(0x30, encode_oid(DESCR) + encode_tlv(4, b"forged"))
        pdu = encode_tlv(
            0xA2,
            encode_integer(peek_id(data)) + b"\x02\x01\x00\x02\x01\x00" + encode_tlv(0x30, name),
        )
        return bytes(encode_message(forged, 0, b"", encode_scoped(b"", b"", pdu))[0])

    with pytest.raises(MalformedAnswer, match="too little protection"):
        asyncio.run(tampered(shared, change))


def test_a_report_that_asks_for_ever_is_given_up() -> None:
    """Each answer claims another engine id."""
    from snmp_discovery.v3message import decode_message

    asked = 0

    class Liar(Middle):
        def datagram_received(self, data: bytes, peer: Any) -> None:
            nonlocal asked
            asked += 1
            msg_id = decode_message(data).header.msg_id
            engine = b"engine-%d" % asked
            self.transport.sendto(v3_report(engine, asked, asked, msg_id), peer)

    async def main() -> None:
        async with serving(Liar(9, None)) as port, Transport() as transport:
            session = V3Session(transport, "127.0.0.1", port, SECURE, timeout=0.2)
            with pytest.raises(SecurityRefused):
                await session.get([DESCR])

    asyncio.run(main())
    assert asked <= 6
