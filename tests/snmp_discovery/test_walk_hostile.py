"""Tables of agents that loop, lie, or never end."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from snmp_discovery import walk
from snmp_discovery.community import CommunitySession
from snmp_discovery.errors import WalkRefused
from snmp_discovery.transport import Transport
from snmp_discovery.types import CommunityCredential, Oid, Version
from tests.snmp_discovery.agents import FakeAgent, Request, serving
from tests.snmp_discovery.conversations import BOTH, talking

ENTRY: Oid = (1, 3, 6, 1, 2, 1, 99, 1)


def test_rows_after_the_end_of_a_column_are_not_looked_at() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        end = (*ENTRY[:-1], 2, 0)
        rest = [((1, 3, 0, row), rfc1902.Integer32(row)) for row in range(5)]
        return request.response(
            [((*ENTRY, 1, 1), rfc1902.Integer32(1)), (end, rfc1902.Integer32(1)), *rest]
        )

    async def main() -> None:
        agent = FakeAgent(twist=twist)
        async with talking(agent) as session:
            for _ in range(2):
                assert await session.walk(ENTRY, limit=9) == {(*ENTRY, 1, 1): 1}
        assert [request.kind for request in agent.requests] == ["GetBulkRequestPDU"] * 2

    asyncio.run(main())


def loops(agent: FakeAgent, request: Request) -> bytes:
    """Ten honest rows, then the same rows again and again."""
    found: list[tuple[Oid, Any]] = []
    cursors = list(request.oids)
    for _ in range(request.repetitions or 1):
        for column, oid in enumerate(cursors):
            row = oid[-1] % 10 + 1 if len(oid) > len(ENTRY) + 1 else 1
            cursors[column] = (*ENTRY, 1, row)
            found.append((cursors[column], rfc1902.Integer32(row)))
    return request.response(found)


def backwards(agent: FakeAgent, request: Request) -> bytes:
    """Each answer lies before the question."""
    found = [((*ENTRY[:-1], 1, 0), rfc1902.Integer32(0)) for _ in range(request.repetitions or 1)]
    return request.response(found[: max(1, len(request.oids))])


def stuck(agent: FakeAgent, request: Request) -> bytes:
    """The question's own name comes back."""
    return request.response([(oid, rfc1902.Integer32(1)) for oid in request.oids])


@BOTH
@pytest.mark.parametrize("twist", [loops, stuck])
def test_an_agent_that_does_not_move_forward_is_refused(version: Version, twist: Any) -> None:
    async def main() -> None:
        agent = FakeAgent(twist=twist)
        async with talking(agent, version) as session:
            with pytest.raises(WalkRefused, match="does not move forward") as caught:
                await session.walk((*ENTRY, 1), limit=100_000)
        assert len(agent.requests) < 20
        if twist is loops:
            assert caught.value.partial == {(*ENTRY, 1, row): row for row in range(1, 11)}

    asyncio.run(main())


@BOTH
def test_an_agent_that_runs_backwards_is_refused(version: Version) -> None:
    async def main() -> None:
        agent = FakeAgent(twist=backwards)
        async with talking(agent, version) as session:
            with pytest.raises(WalkRefused, match="does not move forward"):
                await session.walk(ENTRY, limit=100)
        assert len(agent.requests) < 5

    asyncio.run(main())


def endless(size: int) -> Any:
    """Rows for ever, each `size` octets."""

    def twist(agent: FakeAgent, request: Request) -> bytes:
        row = request.oids[0][-1] if len(request.oids[0]) > len(ENTRY) + 1 else 0
        found = [
            ((*ENTRY, 1, row + step), rfc1902.OctetString(b"x" * size))
            for step in range(1, min(request.repetitions or 1, 60_000 // (size + 30)) + 1)
        ]
        return request.response(found)

    return twist


@BOTH
def test_a_table_of_100_000_rows_stops_at_the_limit(version: Version) -> None:
    async def main() -> None:
        agent = FakeAgent(twist=endless(4))
        async with talking(agent, version, timeout=2) as session:
            with pytest.raises(WalkRefused, match="larger than 500 values") as caught:
                await session.walk(ENTRY, limit=500)
        assert len(caught.value.partial) == 500
        assert len(agent.requests) <= (12 if version is Version.V2C else 501)

    asyncio.run(main())


def test_long_values_stop_a_walk_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walk, "MAX_WALK_OCTETS", 2 << 20)

    async def main() -> None:
        async with talking(FakeAgent(twist=endless(50_000)), timeout=2) as session:
            with pytest.raises(WalkRefused, match="larger than 2 MiB") as caught:
                await session.walk(ENTRY, limit=100_000)
        assert 30 < len(caught.value.partial) < 50

    asyncio.run(main())


def test_a_getnext_answer_with_too_few_values_is_refused() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        return request.response([(request.oids[0] + (1,), rfc1902.Integer32(1))])

    async def main() -> None:
        async with talking(FakeAgent(twist=twist), Version.V1) as session:
            with pytest.raises(WalkRefused, match="wrong number"):
                await session.columns([(*ENTRY, 1), (*ENTRY, 2)], limit=99)

    asyncio.run(main())


def test_a_walk_of_a_hostile_table_takes_bounded_time_and_memory() -> None:
    async def main() -> None:
        async with serving(FakeAgent(twist=endless(1000))) as port, Transport() as transport:
            session = CommunitySession(
                transport, "127.0.0.1", port, CommunityCredential(b"public"), timeout=2
            )
            with pytest.raises(WalkRefused):
                await session.walk(ENTRY, limit=500)

    tracemalloc.start()
    began = time.process_time()
    asyncio.run(main())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20
    assert time.process_time() - began < 5  # almost all of it the agent's
