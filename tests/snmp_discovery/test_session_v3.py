"""Version 3 against pysnmp's own command responder: levels, algorithms, refusals, clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pysnmp.proto import rfc1902

from snmp_discovery.errors import (
    CredentialError,
    NoAnswer,
    SecurityRefused,
    WalkRefused,
)
from snmp_discovery.session import V3Session, check_credential
from snmp_discovery.transport import Transport
from snmp_discovery.types import Oid, UsmCredential, Value
from tests.snmp_discovery.agents import SYSTEM, serving
from tests.snmp_discovery.conversations import DESCR, READ
from tests.snmp_discovery.v3agents import (
    AUTH_KEY,
    PRIV_KEY,
    SECURE,
    A,
    P,
    credential,
    speaking,
    user,
    v3_agent_in_thread,
)

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
        async with speaking(host="::1") as (session, _):
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


def test_tables_have_the_same_bounds_as_in_version_2c() -> None:
    rows = {(1, 3, 6, 1, 9, row): rfc1902.Integer32(row) for row in range(1, 120)}

    async def main() -> None:
        async with speaking(values=rows) as (session, _):
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
