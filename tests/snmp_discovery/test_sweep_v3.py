"""Sweeps with version 3 users."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from snmp_discovery.types import (
    AuthProtocol,
    Credential,
    Refusal,
    Responder,
    Version,
)
from tests.snmp_discovery.agents import FakeAgent
from tests.snmp_discovery.loopback_net import (
    HOSTS,
    KNOWN,
    PUBLIC,
    UNKNOWN,
    Engine,
    Net,
    net,
)
from tests.snmp_discovery.v3agents import credential, user, v3_agent_in_thread


@pytest.fixture(scope="module")
def secured() -> Iterator[int]:
    """The port of a version 3 agent at HOSTS[10]."""
    with v3_agent_in_thread([user(KNOWN)], host=HOSTS[10]) as port:
        yield port


def test_a_version_3_user_is_validated_with_a_real_question(secured: int) -> None:
    async def main() -> None:
        agents = {HOSTS[0]: FakeAgent(), HOSTS[1]: FakeAgent(community=b"x")}
        async with net(agents, secured) as here:
            found = await here.sweep([UNKNOWN, PUBLIC, KNOWN])
        assert set(found) == {HOSTS[0], HOSTS[10]}
        responder = found[HOSTS[10]]
        assert isinstance(responder, Responder)
        assert (responder.version, responder.credential) == (Version.V3, KNOWN)
        assert responder.engine_id == b"\x80\x00\x86\x9f\x05agent-one"
        assert responder.sys_descr == b"Acme Laser 9000"
        # Nobody who is silent to the engine probe hears of a user.
        assert not any(b"nobody" in raw or b"technician" in raw for raw in agents[HOSTS[1]].raw)

    asyncio.run(main())


def test_an_agent_that_lets_no_user_in_is_a_refusal_with_every_reason(secured: int) -> None:
    wrong = credential(AuthProtocol.SHA1, auth_key="wrong-key", label="old key")

    async def main() -> None:
        found = await Net(secured).sweep([UNKNOWN, wrong])
        (refusal,) = found.values()
        assert isinstance(refusal, Refusal)
        assert refusal.reason == (
            "nobody: user 'nobody' is not known on this device; "
            "old key: the authentication key or algorithm of user 'technician' is wrong"
        )
        assert refusal.engine_id == b"\x80\x00\x86\x9f\x05agent-one"
        assert await Net(secured).sweep([PUBLIC]) == {}  # no user given: not asked for version 3

    asyncio.run(main())


def test_a_user_is_tried_on_a_device_once_and_silence_is_a_refusal() -> None:
    async def main() -> None:
        agent = Engine(community=b"other")
        async with net({HOSTS[0]: agent}) as here:
            found = await here.sweep([UNKNOWN, UNKNOWN, PUBLIC, KNOWN], retries=0)
        (refusal,) = found.values()
        assert isinstance(refusal, Refusal)
        assert refusal.reason.count("does not answer") == 2
        assert refusal.engine_id == b"engine"
        assert set(agent.users) == {b"nobody", b"technician"}
        assert agent.users.count(b"nobody") <= 3  # one conversation; the same user is no second

    asyncio.run(main())


@pytest.mark.parametrize("first", [0, 1])
def test_a_device_that_answers_both_versions_has_the_first_credential_given(first: int) -> None:
    async def main() -> None:
        agent = Engine()
        credentials: list[Credential] = [PUBLIC, UNKNOWN] if first == 0 else [UNKNOWN, PUBLIC]
        async with net({HOSTS[0]: agent}) as here:
            (responder,) = (await here.sweep(credentials, retries=0)).values()
        assert isinstance(responder, Responder)
        assert responder.credential == PUBLIC  # the user did not work
        assert bool(agent.users) == (first == 1)
        assert responder.engine_id == (b"engine" if first == 1 else b"")

    asyncio.run(main())
