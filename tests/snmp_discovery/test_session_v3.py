"""Version 3 against pysnmp's own command responder: levels, algorithms, refusals, clocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from pysnmp.entity import config
from pysnmp.proto import rfc1902

from snmp_discovery.errors import (
    CredentialError,
    MalformedAnswer,
    NoAnswer,
    SecurityRefused,
    WalkRefused,
)
from snmp_discovery.session import V3Session, check_credential
from snmp_discovery.transport import Transport
from snmp_discovery.types import AuthProtocol, Oid, PrivProtocol, UsmCredential, Value
from tests.snmp_discovery.agents import (
    SYSTEM,
    User,
    serving,
    v3_agent,
    v3_agent_in_thread,
    v3_report,
)
from tests.snmp_discovery.test_community import DESCR, READ

A, P = AuthProtocol, PrivProtocol
AUTH_KEY, PRIV_KEY = "authentic-Ärger", "private-8chars"
WIRE_AUTH = {
    A.MD5: config.USM_AUTH_HMAC96_MD5,
    A.SHA1: config.USM_AUTH_HMAC96_SHA,
    A.SHA224: config.USM_AUTH_HMAC128_SHA224,
    A.SHA256: config.USM_AUTH_HMAC192_SHA256,
    A.SHA384: config.USM_AUTH_HMAC256_SHA384,
    A.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
WIRE_PRIV = {
    P.DES: config.USM_PRIV_CBC56_DES,
    P.AES128: config.USM_PRIV_CFB128_AES,
    P.AES192: config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    P.AES256: config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
REEDER = {P.AES192: config.USM_PRIV_CFB192_AES, P.AES256: config.USM_PRIV_CFB256_AES}


def user(credential: UsmCredential, *, reeder: bool = False) -> User:
    """The agent's side of a credential."""
    auth, priv = credential.auth_protocol, credential.priv_protocol
    made = User(credential.user)
    if auth is not None:
        made.auth, made.level = WIRE_AUTH[auth], "authNoPriv"
        made.auth_key = rfc1902.OctetString(str(credential.auth_key).encode())
    if priv is not None:
        made.priv, made.level = (REEDER if reeder else WIRE_PRIV)[priv], "authPriv"
        made.priv_key = rfc1902.OctetString(str(credential.priv_key).encode())
    return made


def credential(
    auth: AuthProtocol | None = None, priv: PrivProtocol | None = None, **changes: Any
) -> UsmCredential:
    fields: dict[str, Any] = {
        "user": "technician",
        "auth_protocol": auth,
        "auth_key": AUTH_KEY if auth else None,
        "priv_protocol": priv,
        "priv_key": PRIV_KEY if priv else None,
    }
    return UsmCredential(**fields | changes)


SECURE = credential(A.SHA256, P.AES128)


@asynccontextmanager
async def talking(
    known: UsmCredential = SECURE, **agent: Any
) -> AsyncIterator[tuple[V3Session, Any]]:
    """A session with an agent of its own; gives it and the agent's engine."""
    async with v3_agent([user(known)], **agent) as (port, engine), Transport() as transport:
        host = agent.get("host", "127.0.0.1")
        yield V3Session(transport, host, port, known, timeout=1.0, retries=0), engine


LEVELS = [
    credential(),
    *(credential(auth) for auth in A),
    *(credential(A.SHA1, priv) for priv in P),
    credential(A.MD5, P.DES),
    credential(A.MD5, P.AES256),
    credential(A.SHA224, P.AES192),
    SECURE,
    credential(A.SHA384, P.AES256),
    credential(A.SHA512, P.AES256),
    credential(A.SHA512, P.DES),
]
STRETCHED = [credential(A.MD5, P.AES192), credential(A.SHA1, P.AES256)]
CONTEXT = {DESCR: rfc1902.OctetString("the card")}


def named(value: UsmCredential, prefix: str = "") -> str:
    return f"{prefix}{value.auth_protocol or 'noAuth'}-{value.priv_protocol or 'noPriv'}"


def renamed(value: UsmCredential, prefix: str = "") -> UsmCredential:
    """The credential as the shared agent knows it: one user for each level."""
    return replace(value, user=named(value, prefix))


@pytest.fixture(scope="module")
def shared() -> Iterator[int]:
    """The port of an agent that knows a user of every level."""
    users = [user(renamed(value)) for value in LEVELS]
    users += [user(renamed(value, "reeder-"), reeder=True) for value in STRETCHED]
    users += [user(SECURE)]
    with v3_agent_in_thread(users, contexts={"Jetdirect": CONTEXT}) as port:
        yield port


async def read(port: int, used: UsmCredential, timeout: float = 1.0) -> dict[Oid, Value]:
    """What one session with the shared agent reads."""
    async with Transport() as transport:
        session = V3Session(transport, "127.0.0.1", port, used, timeout=timeout, retries=0)
        found = await session.get(sorted(SYSTEM))
        assert await session.walk((1, 3, 6, 1), limit=10) == found
        assert session.engine_id == b"\x80\x00\x86\x9f\x05agent-one"
        return found


@pytest.mark.parametrize("used", LEVELS, ids=named)
def test_every_level_and_algorithm_reads(shared: int, used: UsmCredential) -> None:
    assert asyncio.run(read(shared, renamed(used))) == READ


@pytest.mark.parametrize("used", STRETCHED, ids=named)
def test_the_other_way_to_stretch_a_key_is_found_by_itself(
    shared: int, used: UsmCredential
) -> None:
    assert asyncio.run(read(shared, renamed(used, "reeder-"))) == READ


def test_ipv6_works_too() -> None:
    async def main() -> None:
        async with talking(host="::1") as (session, _):
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}

    asyncio.run(main())


REFUSALS = [
    (credential(A.SHA256, P.AES128, user="nobody"), "user 'nobody' is not known"),
    (credential(user="nobody"), "user 'nobody' is not known"),
    (credential(A.SHA256, P.AES128, auth_key="wrong-key"), "authentication key or algorithm"),
    (credential(A.MD5, P.AES128), "authentication key or algorithm"),
    (credential(A.SHA256, P.AES128, priv_key="wrong-key"), "privacy key or algorithm"),
    (credential(A.SHA256, P.AES256), "privacy key or algorithm"),
    (credential(A.SHA256, P.DES), "privacy key or algorithm"),
    (credential(A.SHA256), "not allowed at level authNoPriv"),
    (credential(), "not allowed at level noAuthNoPriv"),
]


@pytest.mark.parametrize(("used", "reason"), REFUSALS)
def test_each_refusal_has_its_own_plain_words(
    shared: int, used: UsmCredential, reason: str
) -> None:
    with pytest.raises(SecurityRefused, match=reason) as caught:
        asyncio.run(read(shared, used))
    for secret in (AUTH_KEY, PRIV_KEY, "wrong-key"):
        assert secret not in str(caught.value)


def test_an_agent_that_drops_what_it_cannot_decrypt_is_explained(shared: int) -> None:
    # The agent's user of this name has no privacy key: it does not answer.
    used = replace(SECURE, user=named(credential(A.SHA256)))
    with pytest.raises(SecurityRefused, match="encrypted requests are ignored"):
        asyncio.run(read(shared, used, timeout=0.2))


def test_contexts_are_told_apart(shared: int) -> None:
    inside = asyncio.run(read(shared, replace(SECURE, context="Jetdirect")))
    assert inside == {DESCR: b"the card"}
    with pytest.raises(SecurityRefused, match="context 'nowhere'"):
        asyncio.run(read(shared, replace(SECURE, context="nowhere"), timeout=0.2))


def test_no_agent_is_silence() -> None:
    async def main() -> None:
        async with serving(asyncio.DatagramProtocol()) as port, Transport() as transport:
            session = V3Session(transport, "127.0.0.1", port, SECURE, timeout=0.05, retries=1)
            with pytest.raises(NoAnswer):
                await session.get([DESCR])

    asyncio.run(main())


def clock(engine: Any, name: str, value: int) -> None:
    """Set a value of the agent's engine."""
    (symbol,) = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", name)
    symbol.syntax = symbol.syntax.clone(value)


@pytest.mark.parametrize(("used", "boots"), [(credential(A.SHA1), 2), (SECURE, 2), (SECURE, 500)])
def test_an_agent_that_restarted_is_followed(used: UsmCredential, boots: int) -> None:
    """Boots went up, or down to what they were: printers forget them."""

    async def main() -> None:
        async with talking(used, boots=100) as (session, engine):
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}
            clock(engine, "snmpEngineBoots", boots)
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}

    asyncio.run(main())


def test_a_clock_that_drifted_is_set_again() -> None:
    async def main() -> None:
        async with talking() as (session, _):
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


def test_tables_have_the_same_bounds_as_in_version_2c() -> None:
    rows = {(1, 3, 6, 1, 9, row): rfc1902.Integer32(row) for row in range(1, 120)}

    async def main() -> None:
        async with talking(values=rows) as (session, _):
            assert len(await session.walk((1, 3, 6, 1, 9), limit=200)) == 119
            with pytest.raises(WalkRefused) as caught:
                await session.walk((1, 3, 6, 1, 9), limit=50)
            assert len(caught.value.partial) == 50

    asyncio.run(main())


@pytest.mark.parametrize(
    ("used", "reason"),
    [
        (UsmCredential(""), "1 to 32"),
        (UsmCredential("x" * 33), "1 to 32"),
        (UsmCredential("u", A.MD5), "go together"),
        (UsmCredential("u", None, "key"), "go together"),
        (UsmCredential("u", A.MD5, "key", P.DES), "go together"),
        (UsmCredential("u", A.MD5, "key", None, "key"), "go together"),
        (UsmCredential("u", None, None, P.DES, "key"), "needs authentication"),
        (UsmCredential("u", A.MD5, ""), "empty"),
        (UsmCredential("u", A.MD5, "key", P.DES, ""), "empty"),
    ],
)
def test_an_incomplete_credential_is_refused(used: UsmCredential, reason: str) -> None:
    with pytest.raises(CredentialError, match=reason):
        check_credential(used)
    with pytest.raises(CredentialError, match=reason):
        V3Session(Transport(), "127.0.0.1", 161, used)
