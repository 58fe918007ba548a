"""The hostile agents really are."""

import socket
import time
from typing import Any

import pytest

from snmp_discovery.types import dotted
from tests.simnet import BEHAVIOURS, HostileAgent, ber
from tests.simnet.client import bindings_of, request

SYS_DESCR, SYS_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"


def ask(agent: HostileAgent, datagram: bytes, timeout: float = 0.3) -> tuple[bytes, Any] | None:
    """What comes back to an unconnected socket, and from where."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        sock.sendto(datagram, (agent.address, agent.port))
        try:
            return sock.recvfrom(65535)
        except TimeoutError:
            return None


@pytest.mark.parametrize("behaviour", sorted(BEHAVIOURS - {"silent", "slow"}))
def test_every_hostile_agent_answers_something_but_nothing_honest(behaviour: str) -> None:
    probe = request(0xA0, 0, 0, SYS_NAME)
    walk = request(0xA1, 0, 0, "1.3.6.1.2.1.1.3.0")
    with HostileAgent("honest") as honest, HostileAgent(behaviour, rows=50) as agent:
        questions = [probe, walk] if not behaviour.startswith("v3") else [v3_probe()]
        good = [ask(honest, question) for question in questions]
        replies = [ask(agent, question) for question in questions]
        assert all(reply is not None for reply in replies)
        assert agent.received == len(questions)
        if behaviour not in ("honest", "duplicate", "endless"):
            assert replies != [(g[0], (agent.address, agent.port)) if g else None for g in good]


def v3_probe() -> bytes:
    """The engine discovery of RFC 3414 §4."""
    header = ber.integer(5) + ber.integer(65507) + b"\x04\x01\x04" + ber.integer(3)
    empty = b"\x04\x00"
    security = ber.tlv(0x30, empty + ber.integer(0) * 2 + empty * 3)
    pdu = ber.tlv(0xA0, ber.integer(1) + ber.integer(0) * 2 + b"\x30\x00")
    scoped = ber.tlv(0x30, empty * 2 + pdu)
    return ber.tlv(0x30, ber.integer(3) + ber.tlv(0x30, header) + ber.tlv(4, security) + scoped)


def test_walks_that_lie() -> None:
    def follow(behaviour: str, steps: int) -> list[ber.Oid]:
        names: list[ber.Oid] = [(1, 3, 6, 1, 2, 1, 43)]
        with HostileAgent(behaviour) as agent:
            for _ in range(steps):
                got = ask(agent, request(0xA1, 0, 0, dotted(names[-1])))
                assert got is not None
                names.append(bindings_of(got[0])[0][0])
        return names

    loop = follow("getnext-loop", 3)
    assert len(set(loop)) == 1
    back = follow("backwards", 3)
    assert back[2] < back[1]
    cycle = follow("cycle", 6)
    assert cycle[-1] in cycle[:-1] and len(set(cycle[1:])) == 3
    infinite = follow("infinite", 5)
    assert infinite == sorted(set(infinite)) and infinite[-1][:7] == infinite[0]


def test_slow_and_silent() -> None:
    with HostileAgent("slow", delay=0.25) as agent:
        begin = time.monotonic()
        assert ask(agent, request(0xA0, 0, 0, SYS_NAME), timeout=2) is not None
        assert time.monotonic() - begin >= 0.25
    with HostileAgent("silent") as agent:
        assert ask(agent, request(0xA0, 0, 0, SYS_NAME), timeout=0.1) is None
        assert agent.received == 1


def test_strangers_huge_strings_and_long_tables() -> None:
    for behaviour, same_address in (("wrong-address", False), ("wrong-port", True)):
        with HostileAgent(behaviour) as agent:
            got = ask(agent, request(0xA0, 0, 0, SYS_NAME))
            assert got is not None and (got[1][0] == agent.address) is same_address
    with HostileAgent("huge-strings") as agent:
        got = ask(agent, request(0xA0, 0, 0, SYS_DESCR, "1.3.6.1.2.1.1.2.0", SYS_NAME))
        assert got is not None and len(got[0]) > 60_000
    with HostileAgent("endless", rows=100_000) as agent:
        column = "1.3.6.1.2.1.43.11.1.1.6.1"
        got = ask(agent, request(0xA1, 0, 0, f"{column}.99999"), timeout=2)
        assert got is not None and bindings_of(got[0]) == [
            ((*map(int, column.split(".")), 100_000), b"row 100000")
        ]


def test_an_unknown_behaviour_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown behaviour"):
        HostileAgent("polite")
