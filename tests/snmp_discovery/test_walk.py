"""Tables of honest and of weak agents."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from pysnmp.proto import rfc1902, rfc1905

from snmp_discovery import walk
from snmp_discovery.errors import AgentError, NoAnswer, WalkRefused
from snmp_discovery.types import Oid, Version
from tests.snmp_discovery.agents import FakeAgent, Request
from tests.snmp_discovery.conversations import BOTH, talking

ENTRY: Oid = (1, 3, 6, 1, 2, 1, 99, 1)


def grid(columns: int, rows: int) -> dict[Oid, Any]:
    """A table: column, then row, with neighbours before and after it."""
    cells = {
        (*ENTRY, c, r): rfc1902.Integer32(c * 1000 + r)
        for c in range(1, columns + 1)
        for r in range(1, rows + 1)
    }
    return {
        (1, 3, 6, 1, 2, 1, 98, 0): rfc1902.Integer32(-1),
        **cells,
        (1, 3, 6, 1, 2, 1, 100, 0): rfc1902.Integer32(-1),
    }


def expected(columns: range | list[int], rows: int) -> dict[Oid, int]:
    return {(*ENTRY, c, r): c * 1000 + r for c in columns for r in range(1, rows + 1)}


@BOTH
def test_a_walk_reads_everything_below_the_root_and_nothing_else(version: Version) -> None:
    async def main() -> None:
        async with talking(FakeAgent(grid(3, 70)), version) as session:
            assert await session.walk(ENTRY, limit=1000) == expected([1, 2, 3], 70)
            assert await session.walk((*ENTRY, 2), limit=1000) == expected([2], 70)
            assert await session.walk((1, 3, 6, 1, 5), limit=1000) == {}
            assert await session.walk((1, 3, 6, 1, 2, 1, 100), limit=9) == {
                (1, 3, 6, 1, 2, 1, 100, 0): -1
            }

    asyncio.run(main())


@BOTH
def test_columns_are_read_side_by_side(version: Version) -> None:
    async def main() -> None:
        agent = FakeAgent(grid(20, 30))
        # A hole in one column and an empty one: rows no longer line up.
        del agent.values[*ENTRY, 3, 7]
        agent.keys = sorted(agent.values)
        roots = [(*ENTRY, column) for column in (1, 3, 4, 20, 50)]
        async with talking(agent, version) as session:
            found = await session.columns(roots, limit=1000)
            wanted = expected([1, 3, 4, 20], 30)
            del wanted[*ENTRY, 3, 7]
            assert found == wanted
        bulk = version is Version.V2C
        assert len(agent.requests) <= (8 if bulk else 40)

    asyncio.run(main())


def test_many_columns_are_read_in_groups() -> None:
    async def main() -> None:
        agent = FakeAgent(grid(40, 3))
        async with talking(agent) as session:
            roots = [(*ENTRY, column) for column in range(1, 41)]
            assert await session.columns(roots, limit=1000) == expected(range(1, 41), 3)
            assert await session.columns([], limit=5) == {}
        assert max(len(request.oids) for request in agent.requests) <= 12

    asyncio.run(main())


@settings(max_examples=25, deadline=None)
@given(
    st.sets(st.tuples(st.integers(1, 4), st.integers(1, 30)), max_size=40),
    st.sampled_from([Version.V1, Version.V2C]),
    st.integers(150, 1400),
)
def test_columns_equal_the_agents_own_table(
    cells: set[tuple[int, int]], version: Version, largest: int
) -> None:
    values = {(*ENTRY, *cell): rfc1902.Integer32(sum(cell)) for cell in cells}

    async def main() -> None:
        async with talking(FakeAgent(values, largest=largest), version) as session:
            found = await session.columns([(*ENTRY, c) for c in range(1, 5)], limit=1000)
            assert found == {oid: int(value) for oid, value in values.items()}

    asyncio.run(main())


def test_too_big_answers_make_the_questions_smaller() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        if request.kind == "GetBulkRequestPDU" and request.repetitions > 5:
            return request.response([], 1, 0)
        return agent.reply(request)

    async def main() -> None:
        agent = FakeAgent(grid(1, 60), twist=twist)
        async with talking(agent) as session:
            assert await session.walk(ENTRY, limit=1000) == expected([1], 60)
            asked = len(agent.requests)
            assert await session.walk(ENTRY, limit=1000) == expected([1], 60)
        assert agent.requests[asked].repetitions <= 5  # remembered

    asyncio.run(main())


def test_silence_at_large_answers_makes_the_questions_smaller() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        return None if request.repetitions > 10 else agent.reply(request)

    async def main() -> None:
        agent = FakeAgent(grid(1, 60), twist=twist)
        async with talking(agent, timeout=0.05) as session:
            assert await session.walk(ENTRY, limit=1000) == expected([1], 60)
        assert "GetNextRequestPDU" not in {request.kind for request in agent.requests}

    asyncio.run(main())


def broken_bulk(how: str) -> Any:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        if request.kind != "GetBulkRequestPDU":
            return agent.reply(request)
        answers = {
            "silent": None,
            "genErr": request.response([], 5, 1),
            "empty": request.response([]),
            "same": request.response([(oid, rfc1902.Integer32(1)) for oid in request.oids]),
            "garbage": agent.reply(request)[:40],
        }
        return answers[how]

    return twist


@pytest.mark.parametrize("how", ["silent", "genErr", "empty", "same", "garbage"])
def test_an_agent_that_mishandles_getbulk_is_walked_with_getnext(how: str) -> None:
    async def main() -> None:
        agent = FakeAgent(grid(2, 10), twist=broken_bulk(how))
        async with talking(agent, timeout=0.02) as session:
            assert await session.walk(ENTRY, limit=1000) == expected([1, 2], 10)
            asked = len(agent.requests)
            assert await session.walk((*ENTRY, 1), limit=1000) == expected([1], 10)
        assert {request.kind for request in agent.requests[asked:]} == {"GetNextRequestPDU"}

    asyncio.run(main())


def test_a_lost_datagram_does_not_end_getbulk() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        return None if len(agent.requests) == 2 else agent.reply(request)

    async def main() -> None:
        agent = FakeAgent(grid(1, 130), twist=twist)
        async with talking(agent, timeout=0.05) as session:
            assert await session.walk(ENTRY, limit=1000) == expected([1], 130)
        assert {request.repetitions for request in agent.requests} == {walk.VALUES_AT_ONCE}

    asyncio.run(main())


def test_exactly_the_limit_is_no_refusal() -> None:
    async def main() -> None:
        async with talking(FakeAgent(grid(2, 50))) as session:
            assert await session.walk(ENTRY, limit=100) == expected([1, 2], 50)
            with pytest.raises(WalkRefused):
                await session.walk(ENTRY, limit=99)

    asyncio.run(main())


def test_a_device_that_dies_on_the_way_leaves_its_rows() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        return agent.reply(request) if len(agent.requests) <= 2 else None

    async def main() -> None:
        agent = FakeAgent(grid(1, 150), twist=twist)
        async with talking(agent, timeout=0.02) as session:
            with pytest.raises(NoAnswer) as caught:
                await session.walk(ENTRY, limit=1000)
        assert len(caught.value.partial) >= 80
        assert len(agent.requests) < 20

    asyncio.run(main())


def test_an_error_in_one_column_does_not_cost_the_others() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        if any(oid[: len(ENTRY) + 1] == (*ENTRY, 2) for oid in request.oids):
            return request.response([], 5, 1)
        return agent.reply(request)

    async def main() -> None:
        agent = FakeAgent(grid(3, 5), twist=twist)
        async with talking(agent) as session:
            with pytest.raises(AgentError, match="genErr in a table") as caught:
                await session.columns([(*ENTRY, c) for c in (1, 2, 3)], limit=99)
        assert caught.value.partial == expected([1, 3], 5)

    asyncio.run(main())


def test_an_answer_without_end_of_view_ends_at_null_values_too() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        if request.oids[0][-1] == 3:
            return request.response([(request.oids[0], rfc1905.noSuchObject)])
        return agent.reply(request)

    async def main() -> None:
        values = {(*ENTRY, 1, row): rfc1902.Integer32(row) for row in (1, 2, 3)}
        agent = FakeAgent(values, twist=twist, largest=60)
        async with talking(agent) as session:
            assert len(await session.walk(ENTRY, limit=9)) == 3

    asyncio.run(main())
