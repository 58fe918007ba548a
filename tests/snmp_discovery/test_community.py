"""v1 and v2c conversations with good, weak and broken agents."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from snmp_discovery.community import CommunitySession
from snmp_discovery.errors import AgentError, CredentialError, MalformedAnswer, NoAnswer
from snmp_discovery.transport import Transport
from snmp_discovery.types import CommunityCredential, Oid, Version
from tests.snmp_discovery.agents import SYSTEM, FakeAgent, Request
from tests.snmp_discovery.conversations import ABSENT, BOTH, DESCR, NAME, OBJECT_ID, READ, talking


@BOTH
def test_get_reads_every_type_in_one_datagram(version: Version) -> None:
    async def main() -> None:
        agent = FakeAgent()
        async with talking(agent, version) as session:
            assert await session.get(sorted(SYSTEM)) == READ
            assert len(agent.requests) == 1
            assert agent.requests[0].version == (0 if version is Version.V1 else 1)

    asyncio.run(main())


@BOTH
def test_what_the_agent_lacks_is_left_out(version: Version) -> None:
    async def main() -> None:
        agent = FakeAgent()
        missing = [(*ABSENT[:-1], number) for number in range(5)]
        async with talking(agent, version) as session:
            assert await session.get([missing[0], *sorted(SYSTEM), *missing[1:]]) == READ
            assert await session.get(missing) == {}
            assert await session.get([]) == {}
            assert len(agent.requests) <= 12

    asyncio.run(main())


def test_names_asked_twice_are_sent_once() -> None:
    async def main() -> None:
        agent = FakeAgent()
        async with talking(agent) as session:
            assert await session.get([DESCR, NAME, DESCR]) == {
                DESCR: READ[DESCR],
                NAME: READ[NAME],
            }
        assert agent.requests[0].oids == [DESCR, NAME]

    asyncio.run(main())


@BOTH
def test_a_wrong_community_is_silence(version: Version) -> None:
    async def main() -> None:
        async with talking(FakeAgent(), version, community=b"wrong") as session:
            with pytest.raises(NoAnswer):
                await session.get([DESCR])

    asyncio.run(main())


def test_a_community_does_not_go_with_version_3() -> None:
    with pytest.raises(CredentialError, match="version 1 or 2c"):
        CommunitySession(Transport(), "::1", 161, CommunityCredential(b"x", Version.V3))


def table(rows: int, size: int) -> dict[Oid, Any]:
    return {(1, 3, 6, 1, 9, row): rfc1902.OctetString(b"x" * size) for row in range(rows)}


def test_an_answer_too_big_is_asked_for_in_parts() -> None:
    async def main() -> None:
        agent = FakeAgent(table(30, 100), largest=484)
        async with talking(agent) as session:
            found = await session.get(list(agent.values))
            assert len(found) == 30
            assert set(found.values()) == {b"x" * 100}

    asyncio.run(main())


@pytest.mark.parametrize("truncated", [False, True])
def test_an_agent_that_drops_or_cuts_large_answers_is_asked_for_less(truncated: bool) -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        answer = agent.reply(request)
        if len(answer) <= 1000:
            return answer
        return answer[:1000] if truncated else None

    async def main() -> None:
        agent = FakeAgent(table(30, 100), twist=twist, largest=9999)
        async with talking(agent, timeout=0.06) as session:
            assert len(await session.get(list(agent.values))) == 30

    asyncio.run(main())


def test_one_object_that_silences_the_agent_does_not_hide_the_others() -> None:
    poison = (1, 3, 6, 1, 9, 17)

    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        return None if poison in request.oids else agent.reply(request)

    async def main() -> None:
        agent = FakeAgent(table(30, 4), twist=twist)
        async with talking(agent, timeout=0.03) as session:
            found = await session.get(list(agent.values))
            assert set(found) == set(agent.values) - {poison}

    asyncio.run(main())


def test_a_dead_device_costs_few_questions() -> None:
    async def main() -> None:
        agent = FakeAgent(table(40, 4), twist=lambda *_: None)
        async with talking(agent, timeout=0.02) as session:
            with pytest.raises(NoAnswer) as caught:
                await session.get(list(agent.values))
        assert len(agent.requests) <= 3
        assert caught.value.partial == {}

    asyncio.run(main())


def test_a_device_that_dies_on_the_way_leaves_what_it_said() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        return agent.reply(request) if len(agent.requests) == 1 else None

    async def main() -> None:
        agent = FakeAgent(table(90, 1), twist=twist)
        async with talking(agent, timeout=0.02) as session:
            with pytest.raises(NoAnswer) as caught:
                await session.get(list(agent.values))
        assert len(caught.value.partial) == 40
        assert len(agent.requests) < 20

    asyncio.run(main())


def test_an_error_that_names_an_object_costs_only_that_object() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        if NAME in request.oids:
            return request.response([], 5, request.oids.index(NAME) + 1)  # genErr
        return agent.reply(request)

    async def main() -> None:
        async with talking(FakeAgent(twist=twist)) as session:
            found = await session.get(sorted(SYSTEM))
            assert found == {oid: READ[oid] for oid in READ if oid != NAME}

    asyncio.run(main())


@pytest.mark.parametrize("index", [0, 1, 77])
@pytest.mark.parametrize(
    ("status", "name"), [(16, "authorizationError"), (5, "genErr"), (1, "tooBig")]
)
def test_nothing_but_errors_is_an_agent_error(status: int, name: str, index: int) -> None:
    async def main() -> None:
        agent = FakeAgent(twist=lambda _, request: request.response([], status, index))
        async with talking(agent) as session:
            with pytest.raises(AgentError, match=name):
                await session.get(sorted(SYSTEM))
        assert len(agent.requests) <= 8

    asyncio.run(main())


def test_an_answer_to_a_different_question_is_malformed() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        return request.response([(ABSENT, rfc1902.OctetString("?"))])

    async def main() -> None:
        async with talking(FakeAgent(twist=twist)) as session:
            with pytest.raises(MalformedAnswer, match="different question"):
                await session.get([DESCR])

    asyncio.run(main())


def test_wrong_types_arrive_as_they_are() -> None:
    async def main() -> None:
        agent = FakeAgent(
            {DESCR: rfc1902.Counter32(9), OBJECT_ID: rfc1902.OctetString(b"\xff\x00")}
        )
        async with talking(agent) as session:
            assert await session.get([DESCR, OBJECT_ID]) == {DESCR: 9, OBJECT_ID: b"\xff\x00"}

    asyncio.run(main())


def test_a_string_of_60_kilobytes_is_read() -> None:
    async def main() -> None:
        agent = FakeAgent({DESCR: rfc1902.OctetString(b"A" * 60_000)}, largest=65_000)
        async with talking(agent, timeout=1) as session:
            assert await session.get([DESCR]) == {DESCR: b"A" * 60_000}

    asyncio.run(main())


def test_a_device_is_never_asked_two_things_at_once() -> None:
    open_questions, most = 0, 0

    def twist(agent: FakeAgent, request: Request) -> None:
        nonlocal open_questions, most
        open_questions += 1
        most = max(most, open_questions)

        def answer() -> None:
            nonlocal open_questions
            open_questions -= 1
            agent.transport.sendto(agent.reply(request), agent.peer)

        asyncio.get_running_loop().call_later(0.01, answer)

    async def main() -> None:
        async with talking(FakeAgent(twist=twist), timeout=1) as session:
            asked = [session.get([oid]) for oid in sorted(SYSTEM)]
            await asyncio.gather(*asked, session.walk((1, 3, 6), limit=99))

    asyncio.run(main())
    assert most == 1


def test_a_slow_agent_is_waited_for() -> None:
    async def main() -> None:
        async with talking(FakeAgent(delay=0.15), timeout=0.1, retries=2) as session:
            assert await session.get([DESCR]) == {DESCR: READ[DESCR]}

    asyncio.run(main())
