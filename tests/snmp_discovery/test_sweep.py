"""Sweeps over loopback addresses with agents on some of them."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from snmp_discovery.errors import Cancelled, CredentialError
from snmp_discovery.lane import IDENTITY, SYS_DESCR, SYS_NAME, SYS_OBJECT_ID
from snmp_discovery.sweep import sweep
from snmp_discovery.targets import parse_targets
from snmp_discovery.topology import Lane, Pacing
from snmp_discovery.transport import Transport
from snmp_discovery.types import (
    AuthProtocol,
    CommunityCredential,
    Credential,
    Progress,
    Refusal,
    Responder,
    SweepOptions,
    UsmCredential,
    Version,
)
from tests.snmp_discovery.agents import (
    FakeAgent,
    Request,
    serving,
    v3_agent_in_thread,
    v3_report,
)
from tests.snmp_discovery.test_session_v3 import credential, user

PUBLIC = CommunityCredential(b"public", label="public")
SECRET = CommunityCredential(b"secret", label="secret")
PUBLIC_V1 = CommunityCredential(b"public", Version.V1, label="public v1")
KNOWN = credential(AuthProtocol.SHA1, label="technician")
UNKNOWN = credential(AuthProtocol.SHA1, user="nobody", label="nobody")
HOSTS = [f"127.0.7.{number}" for number in range(1, 21)]


class Net:
    """Agents on loopback addresses, all on one port, and a sweep of them."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def sweep(
        self, credentials: list[Credential], hosts: list[str] | None = None, **settings: Any
    ) -> dict[str, Responder | Refusal]:
        async with Transport() as transport:
            found = [item async for item in self.items(transport, credentials, hosts, **settings)]
        assert len({item.address for item in found}) == len(found)  # one answer for each address
        return {item.address: item for item in found}

    def items(
        self,
        transport: Transport,
        credentials: list[Credential],
        hosts: list[str] | None = None,
        *,
        timeout: float = 0.06,
        retries: int = 1,
        rate: int | None = None,
        **arguments: Any,
    ) -> AsyncIterator[Responder | Refusal]:
        options = SweepOptions(port=self.port, rate=rate, timeout=timeout, retries=retries)
        return sweep(hosts or HOSTS, credentials, options, transport, **arguments)


@asynccontextmanager
async def net(agents: dict[str, asyncio.DatagramProtocol], port: int = 0) -> AsyncIterator[Net]:
    async with AsyncExitStack() as stack:
        for host, agent in agents.items():
            port = await stack.enter_async_context(serving(agent, host, port))
        yield Net(port)


def refusing(status: int, index: int = 0) -> Any:
    """A twist: only this error-status."""
    return lambda _, request: request.response(
        [(oid, rfc1902.Null("")) for oid in request.oids] if request.version == 0 else [],
        status,
        index,
    )


def test_responders_are_found_and_described() -> None:
    async def main() -> None:
        agents: dict[str, Any] = {HOSTS[3]: FakeAgent(), HOSTS[7]: FakeAgent(community=b"other")}
        async with net(agents) as here:
            found = await here.sweep([PUBLIC])
        assert found == {
            HOSTS[3]: Responder(
                address=HOSTS[3],
                port=here.port,
                version=Version.V2C,
                credential=PUBLIC,
                sys_object_id=(1, 3, 6, 1, 4, 1, 99999, 1),
                sys_descr=b"Acme Laser 9000",
                sys_name=b"room-12",
            )
        }
        assert agents[HOSTS[3]].requests[0].oids == list(IDENTITY)
        assert len(agents[HOSTS[3]].requests) == 1  # answered: not asked again
        assert len(agents[HOSTS[7]].requests) == 2  # silent: one retry

    asyncio.run(main())


def test_ipv6_is_swept_too() -> None:
    async def main() -> None:
        async with net({"::1": FakeAgent()}) as here:
            assert set(await here.sweep([PUBLIC], parse_targets(["::1"], max_hosts=9))) == {"::1"}

    asyncio.run(main())


def test_credentials_are_tried_in_order_and_only_where_nothing_answered() -> None:
    async def main() -> None:
        agents: dict[str, Any] = {
            HOSTS[0]: FakeAgent(),
            HOSTS[1]: FakeAgent(community=b"secret"),
            HOSTS[2]: FakeAgent(versions=(0,)),
        }
        async with net(agents) as here:
            found = await here.sweep([PUBLIC, SECRET, PUBLIC_V1, PUBLIC])
        assert {host: (item.credential, item.version) for host, item in found.items()} == {  # type: ignore[union-attr]
            HOSTS[0]: (PUBLIC, Version.V2C),
            HOSTS[1]: (SECRET, Version.V2C),
            HOSTS[2]: (PUBLIC_V1, Version.V1),
        }
        assert len(agents[HOSTS[0]].requests) == 1
        heard = [(r.version, r.community) for r in agents[HOSTS[2]].requests]
        assert heard == [(1, b"public")] * 2 + [(1, b"secret")] * 2 + [(0, b"public")]

    asyncio.run(main())


def test_a_lost_answer_is_asked_for_again() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes | None:
        return agent.reply(request) if len(agent.requests) == 3 else None

    async def main() -> None:
        agent = FakeAgent(twist=twist)
        async with net({HOSTS[0]: agent}) as here:
            assert set(await here.sweep([PUBLIC], timeout=0.04, retries=2)) == {HOSTS[0]}
        assert len({request.request_id for request in agent.requests}) == 1

    asyncio.run(main())


def test_an_answer_twice_is_one_responder() -> None:
    async def main() -> None:
        agent = FakeAgent(twist=lambda agent, request: [agent.reply(request)] * 3)
        async with net({HOSTS[0]: agent}) as here:
            assert len(await here.sweep([PUBLIC])) == 1

    asyncio.run(main())


def test_a_version_1_agent_that_lacks_one_object_is_read_without_it() -> None:
    async def main() -> None:
        values = {SYS_DESCR: rfc1902.OctetString("Old Print Server")}
        async with net({HOSTS[0]: FakeAgent(values, versions=(0,))}) as here:
            found = await here.sweep([PUBLIC_V1])
        (responder,) = found.values()
        assert isinstance(responder, Responder)
        assert (responder.sys_descr, responder.sys_object_id) == (b"Old Print Server", ())

    asyncio.run(main())


@pytest.mark.parametrize(("status", "index"), [(16, 0), (2, 1), (5, 1), (5, 0), (6, 2)])
@pytest.mark.parametrize("used", [PUBLIC, PUBLIC_V1])
def test_an_error_still_proves_a_responder(
    used: CommunityCredential, status: int, index: int
) -> None:
    async def main() -> None:
        agent = FakeAgent(twist=refusing(status, index))
        async with net({HOSTS[0]: agent}) as here:
            found = await here.sweep([used], HOSTS[:1])
        (responder,) = found.values()
        assert isinstance(responder, Responder)
        assert (responder.credential, responder.sys_descr) == (used, b"")
        assert len(agent.requests) < 8

    asyncio.run(main())


def test_an_error_gives_way_to_a_credential_that_reads() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        if request.community == b"public":
            return request.response([], 16, 0)
        return agent.reply(request)

    class Both(FakeAgent):
        def datagram_received(self, data: bytes, peer: Any) -> None:
            self.community = b"public" if b"public" in data else b"secret"
            super().datagram_received(data, peer)

    async def main() -> None:
        async with net({HOSTS[0]: Both(twist=twist)}) as here:
            found = await here.sweep([PUBLIC, SECRET])
        (responder,) = found.values()
        assert isinstance(responder, Responder)
        assert (responder.credential, responder.sys_name) == (SECRET, b"room-12")

    asyncio.run(main())


def test_truncated_probes_are_asked_again_in_parts() -> None:
    def twist(agent: FakeAgent, request: Request) -> bytes:
        answer = agent.reply(request)
        return answer[:70] if len(request.oids) > 1 else answer

    async def main() -> None:
        async with net({HOSTS[0]: FakeAgent(twist=twist)}) as here:
            found = await here.sweep([PUBLIC], HOSTS[:2])
        (responder,) = found.values()
        assert isinstance(responder, Responder)
        assert (responder.sys_descr, responder.sys_name) == (b"Acme Laser 9000", b"room-12")

    asyncio.run(main())


def test_what_is_never_snmp_is_a_refusal_that_says_so() -> None:
    async def main() -> None:
        broken = FakeAgent(twist=lambda agent, request: agent.reply(request)[:50])
        junk = FakeAgent(twist=lambda *_: b"\x00" * 40)
        async with net({HOSTS[0]: broken, HOSTS[1]: junk, HOSTS[2]: FakeAgent()}) as here:
            found = await here.sweep([PUBLIC], HOSTS[:4])
        assert isinstance(found.pop(HOSTS[2]), Responder)
        assert found == {
            HOSTS[0]: Refusal(HOSTS[0], here.port, b"", "public: the datagram is cut off"),
            HOSTS[1]: Refusal(HOSTS[1], here.port, b"", "answers with what is not SNMP"),
        }

    asyncio.run(main())


def test_wrong_types_and_huge_strings_do_no_harm() -> None:
    odd = {
        SYS_OBJECT_ID: rfc1902.OctetString("not an oid"),
        SYS_DESCR: rfc1902.Integer32(5),
        SYS_NAME: rfc1902.OctetString(b"\xff" * 60_000),
    }
    other = {
        SYS_DESCR: rfc1902.OctetString(b"\x00" * 60_000),
        SYS_NAME: rfc1902.ObjectIdentifier((1, 3, 6)),
    }

    async def main() -> None:
        agents = {HOSTS[0]: FakeAgent(odd, largest=65_000)}
        agents[HOSTS[1]] = FakeAgent(other, largest=65_000)
        async with net(agents) as here:
            found = await here.sweep([PUBLIC], HOSTS[:2], timeout=0.5)
        first, second = found[HOSTS[0]], found[HOSTS[1]]
        assert isinstance(first, Responder)
        assert isinstance(second, Responder)
        assert (first.sys_object_id, first.sys_descr) == ((), b"")
        assert first.sys_name == b"\xff" * 4096
        assert (second.sys_descr, second.sys_name) == (b"\x00" * 4096, b"")

    asyncio.run(main())


def test_answers_for_somebody_else_are_ignored() -> None:
    """An agent answers from the address of another target, and with that target's id."""

    async def main() -> None:
        liar = FakeAgent(
            twist=lambda agent, request: [
                agent.reply(request)[:0] or request.response([], request_id=other)
                for other in range(request.request_id - 5, request.request_id + 6)
                if other != request.request_id
            ]
        )
        async with net({HOSTS[5]: liar}) as here, Transport() as transport:
            found = [item async for item in here.items(transport, [PUBLIC])]
            assert found == []
            assert transport.traffic.strange == 20

    asyncio.run(main())


# ---- version 3 ---------------------------------------------------------------------------------


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


class Engine(FakeAgent):
    """Answers communities, and the version 3 engine probe; counts what users it hears of."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.probes = 0
        self.users: list[bytes] = []

    def datagram_received(self, data: bytes, peer: Any) -> None:
        if data[4 if data[1] < 0x80 else 5] != 3:
            super().datagram_received(data, peer)
            return
        msg_id = int.from_bytes(data[data.index(b"\x02\x04") + 2 :][:4], "big")
        for name in (b"technician", b"nobody"):
            if name in data:
                self.users.append(name)
                return
        self.probes += 1
        self.transport.sendto(v3_report(b"engine", 1, 1, msg_id), peer)


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


# ---- pace, progress, stopping ------------------------------------------------------------------


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
