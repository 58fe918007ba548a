"""How fast a sweep goes, what it tells, how it stops, what it costs."""

from __future__ import annotations

import asyncio
import errno
import time
import tracemalloc
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from snmp_discovery.errors import Cancelled, CredentialError
from snmp_discovery.targets import parse_targets
from snmp_discovery.topology import Lane, Pacing
from snmp_discovery.transport import Transport
from snmp_discovery.types import (
    AuthProtocol,
    CommunityCredential,
    Credential,
    Progress,
    UsmCredential,
    Version,
)
from tests.snmp_discovery.agents import FakeAgent, serving
from tests.snmp_discovery.loopback_net import (
    HOSTS,
    PUBLIC,
    SECRET,
    UNKNOWN,
    Engine,
    Net,
    crowded,
    net,
)


def silent_net() -> dict[str, asyncio.DatagramProtocol]:
    return {HOSTS[0]: asyncio.DatagramProtocol()}


def test_the_pace_is_kept() -> None:
    class Counting(asyncio.DatagramProtocol):
        times: list[float] = []

        def datagram_received(self, data: bytes, peer: Any) -> None:
            self.times.append(time.monotonic())

    async def main() -> None:
        agent = Counting()
        async with AsyncExitStack() as stack:
            port = 0
            for host in HOSTS:
                port = await stack.enter_async_context(serving(agent, host, port))
            await Net(port).sweep([PUBLIC], HOSTS * 10, rate=500, retries=0, timeout=0.05)
        assert len(agent.times) == 200
        assert agent.times[-1] - agent.times[0] > 0.3  # 0.4 s at 500/s
        # No burst: within any 50 ms no more than the pace allows, with some slack.
        for at, began in enumerate(agent.times):
            assert sum(began <= t < began + 0.05 for t in agent.times[at:]) < 60

    asyncio.run(main())


def test_lanes_have_their_own_pace_and_run_side_by_side() -> None:
    async def main() -> None:
        pacing = Pacing((Lane(HOSTS[:10], 100), Lane(HOSTS[10:], 10_000)))
        arrivals: dict[str, Any] = {HOSTS[9]: FakeAgent(), HOSTS[19]: FakeAgent()}
        async with net(arrivals) as here, Transport() as transport:
            found = here.items(transport, [PUBLIC], pacing=pacing)
            assert [item.address async for item in found] == [HOSTS[19], HOSTS[9]]

    asyncio.run(main())


def test_progress_grows_to_the_whole() -> None:
    seen: list[tuple[int, int, int]] = []

    def tell(progress: Progress) -> None:
        seen.append((progress.total, progress.probed, progress.answered))

    async def main() -> None:
        async with net({HOSTS[0]: FakeAgent(), HOSTS[4]: FakeAgent()}) as here:
            await here.sweep([SECRET, PUBLIC], HOSTS, rate=200, on_progress=tell)

    asyncio.run(main())
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == (20, 20, 2)


@pytest.mark.parametrize("sign", ["event", "function"])
@pytest.mark.parametrize("moment", ["sending", "waiting", "conversing"])
def test_a_sweep_stops_within_a_moment(sign: str, moment: str) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        cancelled: Callable[[], bool] | asyncio.Event = stop if sign == "event" else stop.is_set
        agents: dict[str, Any] = {HOSTS[0]: FakeAgent(), HOSTS[1]: Engine(community=b"other")}
        hosts = HOSTS * 500 if moment == "sending" else HOSTS
        wait = 60.0 if moment == "waiting" else 0.2
        used: list[Credential] = [PUBLIC, UNKNOWN] if moment == "conversing" else [PUBLIC]
        found, stopped = [], 0.0
        async with net(agents) as here, Transport() as transport:
            timer = asyncio.get_running_loop().call_later(0.15, stop.set)
            items = here.items(
                transport, used, hosts, rate=1000, timeout=wait, retries=0, cancelled=cancelled
            )
            with pytest.raises(Cancelled):
                async for item in items:
                    found.append(item.address)
            stopped = asyncio.get_running_loop().time() - timer.when()
            assert len(asyncio.all_tasks()) == 1
        assert found[0] == HOSTS[0]  # delivered before the stop
        assert stopped < 0.2

    asyncio.run(main())


def test_a_sweep_stops_while_the_socket_is_full() -> None:
    async def main() -> None:
        stop = asyncio.Event()
        async with net(silent_net()) as here, crowded(errno.EAGAIN, 1), Transport() as transport:
            asyncio.get_running_loop().call_later(0.1, stop.set)
            with pytest.raises(Cancelled):
                async with asyncio.timeout(0.4):
                    async for _ in here.items(transport, [PUBLIC], cancelled=stop):
                        pass
            assert transport.traffic.sent == 0

    asyncio.run(main())


def test_a_sweep_that_is_left_early_leaves_nothing_behind() -> None:
    async def main() -> None:
        async with net({HOSTS[0]: FakeAgent()}) as here, Transport() as transport:
            items = here.items(transport, [PUBLIC], timeout=60)
            async for item in items:
                assert item.address == HOSTS[0]
                break
            await items.aclose()  # type: ignore[attr-defined]
            assert len(asyncio.all_tasks()) == 1
            again = here.items(transport, [PUBLIC], HOSTS[:1])
            assert [item.address async for item in again] == [HOSTS[0]]

    asyncio.run(main())


def test_a_silent_address_costs_almost_nothing() -> None:
    async def main() -> float:
        hosts = parse_targets(["127.0.16.0/20"], max_hosts=4096)
        tasks = 0

        def tell(_: Progress) -> None:
            nonlocal tasks
            tasks = max(tasks, len(asyncio.all_tasks()))

        async with net(silent_net()) as here, Transport() as transport:
            tracemalloc.start()
            items = here.items(transport, [PUBLIC], hosts, rate=100_000, on_progress=tell)
            assert [item async for item in items] == []
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert transport.traffic.sent == 2 * len(hosts)
        assert tasks <= 4
        return peak / len(hosts)

    assert asyncio.run(main()) < 200  # octets


def test_no_credentials_or_addresses_end_at_once() -> None:
    async def main() -> None:
        async with net(silent_net()) as here, Transport() as transport:
            assert await here.sweep([]) == {}
            assert [item async for item in here.items(transport, [PUBLIC], hosts=[])] == []

    asyncio.run(main())


@pytest.mark.parametrize(
    "bad", [UsmCredential("u", AuthProtocol.MD5), CommunityCredential(b"x", Version.V3)]
)
def test_a_bad_credential_is_told_before_anything_is_sent(bad: Credential) -> None:
    async def main() -> None:
        async with net(silent_net()) as here, Transport() as transport:
            with pytest.raises(CredentialError):
                async for _ in here.items(transport, [PUBLIC, bad]):
                    pass
            assert transport.traffic.sent == 0

    asyncio.run(main())
