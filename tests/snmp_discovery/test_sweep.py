"""Sweeps over loopback addresses with agents on some of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pysnmp.proto import rfc1902

from snmp_discovery.lane import IDENTITY, SYS_DESCR, SYS_NAME, SYS_OBJECT_ID
from snmp_discovery.targets import parse_targets
from snmp_discovery.transport import Transport
from snmp_discovery.types import (
    CommunityCredential,
    Refusal,
    Responder,
    Version,
)
from tests.snmp_discovery.agents import FakeAgent, Request
from tests.snmp_discovery.loopback_net import (
    HOSTS,
    PUBLIC,
    PUBLIC_V1,
    SECRET,
    net,
)


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
