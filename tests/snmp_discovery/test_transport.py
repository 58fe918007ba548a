"""The shared socket: who may answer, retries, garbage, a full socket."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import Any

import pytest

from snmp_discovery.errors import MalformedAnswer, NoAnswer
from snmp_discovery.messages import GET, decode_response, encode_request
from snmp_discovery.transport import Transport
from tests.snmp_discovery.agents import SYSTEM, FakeAgent, parse_request, serving
from tests.snmp_discovery.loopback_net import crowded

DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)
LOCAL = "127.0.0.1"


async def ask(
    transport: Transport,
    port: int,
    *,
    address: str = LOCAL,
    timeout: float = 0.2,
    retries: int = 0,
) -> bytes:
    """sysDescr as the agent on `port` gives it."""
    request_id = transport.next_id()
    datagram = encode_request(1, b"public", GET, request_id, [DESCR])
    raw = await transport.request(
        address, port, datagram, request_id, timeout=timeout, retries=retries
    )
    value = decode_response(raw).varbinds[0][1]
    assert isinstance(value, bytes)
    return value


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_answer_comes_back(host: str) -> None:
    async def main() -> None:
        async with serving(FakeAgent(), host) as port, Transport() as transport:
            assert await ask(transport, port, address=host) == b"Acme Laser 9000"
            assert (transport.traffic.sent, transport.traffic.received) == (1, 1)

    asyncio.run(main())


def test_an_address_in_another_spelling_is_the_same_device() -> None:
    async def main() -> None:
        async with serving(FakeAgent(), "::1") as port, Transport() as transport:
            assert await ask(transport, port, address="0:0:0:0:0:0:0:1") == b"Acme Laser 9000"

    asyncio.run(main())


class Raw(asyncio.DatagramProtocol):
    """Answers each datagram with what `make` makes of it, from wherever `make` likes."""

    def __init__(self, make: Callable[[bytes, Any], list[bytes]]) -> None:
        self.make = make
        self.received: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        self.received.append(data)
        for answer in self.make(data, peer):
            self.transport.sendto(answer, peer)


def honest(data: bytes) -> bytes:
    return FakeAgent().reply(parse_request(data))


def test_a_reply_from_another_address_or_port_is_ignored() -> None:
    async def main() -> None:
        strangers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        strangers[0].bind(("127.0.0.2", 0))
        strangers[1].bind((LOCAL, 0))

        def elsewhere(data: bytes, peer: Any) -> list[bytes]:
            for stranger in strangers:
                stranger.sendto(honest(data), peer)
            return []

        async with serving(Raw(elsewhere)) as port, Transport() as transport:
            with pytest.raises(NoAnswer, match=r"127\.0\.0\.1 does not answer"):
                await ask(transport, port)
            assert transport.traffic.strange == 2
        for stranger in strangers:
            stranger.close()

    asyncio.run(main())


def test_a_reply_with_another_request_id_is_ignored_and_the_right_one_taken() -> None:
    def twist(agent: FakeAgent, request: Any) -> list[bytes]:
        wrong = [(DESCR, SYSTEM[(1, 3, 6, 1, 2, 1, 1, 5, 0)])]
        return [
            request.response(wrong, request_id=request.request_id + 1),
            request.response(wrong, request_id=0),
            agent.reply(request),
        ]

    async def main() -> None:
        async with serving(FakeAgent(twist=twist)) as port, Transport() as transport:
            assert await ask(transport, port) == b"Acme Laser 9000"
            assert transport.traffic.strange == 2

    asyncio.run(main())


@pytest.mark.parametrize("garbage", [b"\x00", b"hello", b"\x30\x82\xff\xff" + b"A" * 60_000])
def test_only_garbage_is_told_apart_from_silence(garbage: bytes) -> None:
    async def main() -> None:
        async with serving(Raw(lambda *_: [garbage])) as port, Transport() as transport:
            with pytest.raises(MalformedAnswer, match="not SNMP"):
                await ask(transport, port)
            assert transport.traffic.garbage == 1

    asyncio.run(main())


def test_garbage_before_the_answer_does_no_harm() -> None:
    async def main() -> None:
        agent = Raw(lambda data, _: [b"junk", honest(data)])
        async with serving(agent) as port, Transport() as transport:
            assert await ask(transport, port) == b"Acme Laser 9000"

    asyncio.run(main())


def test_a_lost_datagram_is_sent_again_with_the_same_id() -> None:
    async def main() -> None:
        agent = Raw(lambda data, _: [honest(data)] if len(agent.received) == 3 else [])
        async with serving(agent) as port, Transport() as transport:
            assert await ask(transport, port, timeout=0.05, retries=2) == b"Acme Laser 9000"
        assert len(set(agent.received)) == 1
        assert len(agent.received) == 3

    asyncio.run(main())


def test_a_late_answer_to_the_first_try_still_counts() -> None:
    async def main() -> None:
        async with serving(FakeAgent(delay=0.08)) as port, Transport() as transport:
            assert await ask(transport, port, timeout=0.05, retries=3) == b"Acme Laser 9000"

    asyncio.run(main())


def test_silence_is_no_answer_after_all_tries() -> None:
    async def main() -> None:
        agent = Raw(lambda *_: [])
        async with serving(agent) as port, Transport() as transport:
            with pytest.raises(NoAnswer):
                await ask(transport, port, timeout=0.03, retries=2)
        assert len(agent.received) == 3

    asyncio.run(main())


def test_a_closed_port_is_silence_and_harms_nobody_else() -> None:
    async def main() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((LOCAL, 0))
            closed = probe.getsockname()[1]
        async with serving(FakeAgent()) as port, Transport() as transport:
            asked = [ask(transport, port, retries=1) for _ in range(20)]
            refused = [ask(transport, closed, timeout=0.1) for _ in range(20)]
            found = await asyncio.gather(*asked, *refused, return_exceptions=True)
            assert found[:20] == [b"Acme Laser 9000"] * 20
            assert all(isinstance(error, NoAnswer) for error in found[20:])

    asyncio.run(main())


def test_an_address_without_a_route_is_no_answer_at_once() -> None:
    async def main() -> None:
        async with Transport() as transport:
            with pytest.raises(NoAnswer, match="cannot be reached"):
                await ask(transport, 161, address="255.255.255.255", timeout=5)
            assert transport.traffic.refused == 1

    asyncio.run(main())


@pytest.mark.parametrize("error", [errno.EAGAIN, errno.ENOBUFS, errno.ECONNREFUSED])
def test_a_full_socket_is_waited_for_and_loses_nothing(error: int) -> None:
    async def main() -> None:
        agent = FakeAgent()
        async with serving(agent) as port, crowded(error, 3) as refusals, Transport() as transport:
            found = await asyncio.gather(*(ask(transport, port, timeout=5) for _ in range(60)))
        assert found == [b"Acme Laser 9000"] * 60
        assert len(agent.requests) == 60  # waited, not sent twice
        assert len(refusals) >= 20

    asyncio.run(main())


def test_requests_beyond_the_bound_wait_their_turn() -> None:
    async def main() -> None:
        agent = FakeAgent(delay=0.02)
        async with serving(agent) as port, Transport(max_pending=2) as transport:
            asked = [asyncio.create_task(ask(transport, port, timeout=5)) for _ in range(6)]
            await asyncio.sleep(0.01)
            assert len(agent.requests) == 2
            assert await asyncio.gather(*asked) == [b"Acme Laser 9000"] * 6

    asyncio.run(main())


def test_closing_ends_what_still_waits() -> None:
    async def main() -> None:
        async with serving(Raw(lambda *_: [])) as port:
            transport = Transport()
            async with transport:
                waiting = asyncio.create_task(ask(transport, port, timeout=60, retries=3))
                await asyncio.sleep(0.02)
            with pytest.raises(NoAnswer):
                await asyncio.wait_for(waiting, 1)

    asyncio.run(main())


def test_cancelling_a_request_forgets_it() -> None:
    async def main() -> None:
        async with serving(FakeAgent(delay=0.05)) as port, Transport() as transport:
            waiting = asyncio.create_task(ask(transport, port, timeout=60))
            await asyncio.sleep(0.02)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await asyncio.sleep(0.06)
            assert transport.traffic.strange == 1
            assert await ask(transport, port) == b"Acme Laser 9000"

    asyncio.run(main())


def test_ids_are_four_octets_and_not_guessable() -> None:
    async def main() -> set[int]:
        starts = set()
        for _ in range(20):
            async with Transport() as transport:
                number = transport.next_id()
                assert 0x40000000 <= number <= 0x7FFFFFFF
                assert transport.next_id() == number + 1 or number == 0x7FFFFFFE
                starts.add(number)
        return starts

    assert len(asyncio.run(main())) > 15


def test_a_reserved_range_hears_its_answers_and_is_released() -> None:
    async def main() -> None:
        heard: list[tuple[int, str]] = []

        def handler(offset: int, address: str, port: int, data: bytes) -> bool:
            heard.append((offset, address))
            return True

        async with serving(FakeAgent()) as port, Transport() as transport:
            with transport.reserve(10, handler) as first:
                for offset in (3, 9):
                    raw = encode_request(1, b"public", GET, first + offset, [DESCR])
                    await transport.send(LOCAL, port, raw)
                await asyncio.sleep(0.05)
            await transport.send(LOCAL, port, encode_request(1, b"public", GET, first, [DESCR]))
            await asyncio.sleep(0.05)
            assert heard == [(3, LOCAL), (9, LOCAL)]
            assert transport.traffic.strange == 1

    asyncio.run(main())
