"""One non-blocking UDP socket per address family, shared by the probe and every conversation.

An answer belongs to a question only if it comes from the very address and port asked and carries
the question's request-id (msgID in version 3); everything else is counted and dropped. Ids start
at a random place, so that a third party cannot guess them.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from snmp_discovery.ber import peek_id
from snmp_discovery.errors import MalformedAnswer, NoAnswer

MAX_DATAGRAM = 65_535
_FIRST_ID, _LAST_ID = 0x40000000, 0x7FFFFFFF  # always four octets, so ids can be patched in place
_DRAIN = 256  # datagrams read per wake-up before timers and senders get their turn
_BACK_OFF = 1.5  # each further try waits this much longer
_NO_BUFFER_PAUSE = 0.002
_SO_RCVBUFFORCE = 33  # Linux; not in the socket module
_WOULD_BLOCK = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS)

RangeHandler = Callable[[int, str, int, bytes], bool]
"""(offset in the range, address, port, datagram) → whether it was a wanted answer."""


@dataclass(slots=True)
class Traffic:
    """Datagrams counted since the transport was opened.

    strange   from an address that was not asked, or with an id nobody waits for (late included)
    garbage   no readable message header
    refused   the local system would not send (no route, no such address family)
    """

    sent: int = 0
    received: int = 0
    strange: int = 0
    garbage: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Pending:
    address: str
    port: int
    future: asyncio.Future[bytes | None]


@dataclass(slots=True)
class _Range:
    first: int
    end: int
    handler: RangeHandler


class IdRange:
    """A block of ids whose answers go to one handler; leave the `with` block to release it."""

    def __init__(self, transport: Transport, entry: _Range) -> None:
        self.first = entry.first
        self._transport = transport
        self._entry = entry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.release(self._entry)


class Transport:
    """Datagrams out, matched answers in. Use as `async with Transport() as transport`.

    receive_buffer  octets asked of the system for the socket's queue (it may grant less)
    max_pending     requests waiting for an answer at once; more wait for their turn
    """

    def __init__(self, *, receive_buffer: int = 8 << 20, max_pending: int = 1024) -> None:
        self.traffic = Traffic()
        self._receive_buffer = receive_buffer
        self._slots = asyncio.Semaphore(max_pending)
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self._pending: dict[int, _Pending] = {}
        self._garbled: dict[tuple[str, int], int] = {}
        self._ranges: list[_Range] = []
        self._writable: dict[socket.socket, asyncio.Future[None]] = {}
        self._next = _FIRST_ID + secrets.randbelow(_LAST_ID - _FIRST_ID)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the sockets; every request still waiting ends with NoAnswer."""
        for sock in self._sockets.values():
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)
            sock.close()
        self._sockets.clear()
        for waiting in (*self._writable.values(), *(p.future for p in self._pending.values())):
            if not waiting.done():
                waiting.set_exception(NoAnswer("the socket was closed"))
        self._writable.clear()

    # ---- ids -------------------------------------------------------------------------------

    def next_id(self) -> int:
        """A fresh request-id (always four octets long)."""
        return self._take(1)

    def reserve(self, count: int, handler: RangeHandler) -> IdRange:
        """`count` consecutive ids whose answers go to `handler`: a probe needs no futures."""
        first = self._take(count)
        entry = _Range(first, first + count, handler)
        self._ranges.append(entry)
        return IdRange(self, entry)

    def release(self, entry: _Range) -> None:
        """Answers to the ids of `entry` are strange from now on."""
        self._ranges.remove(entry)

    def _take(self, count: int) -> int:
        if self._next + count > _LAST_ID:
            self._next = _FIRST_ID
        first = self._next
        self._next += count
        return first

    # ---- questions -------------------------------------------------------------------------

    async def request(
        self,
        address: str,
        port: int,
        datagram: bytes,
        request_id: int,
        *,
        timeout: float,
        retries: int,
    ) -> bytes:
        """Send `datagram` until a datagram carrying `request_id` comes back; return that.

        Waits `timeout` seconds, half as long again for each of `retries` further tries.
        Raises NoAnswer after silence or when the address cannot be sent to, MalformedAnswer if
        only unreadable datagrams came from that address and port.
        """
        async with self._slots:
            garbled = self._garbled.get((address, port), 0)
            pending = _Pending(address, port, self._loop.create_future())
            self._pending[request_id] = pending
            try:
                for attempt in range(retries + 1):
                    await self.send(address, port, datagram)
                    answer = await self._answer(pending, timeout * _BACK_OFF**attempt)
                    if answer is not None:
                        return answer
            finally:
                del self._pending[request_id]
            if self._garbled.get((address, port), 0) > garbled:
                raise MalformedAnswer(f"{address} answers with what is not SNMP")
            raise NoAnswer(f"{address} does not answer")

    async def _answer(self, pending: _Pending, timeout: float) -> bytes | None:
        timer = self._loop.call_later(timeout, _expire, pending.future)
        try:
            answer = await pending.future
        finally:
            timer.cancel()
        if answer is None:
            pending.future = self._loop.create_future()
        return answer

    # ---- sending ---------------------------------------------------------------------------

    async def send(self, address: str, port: int, datagram: bytes | bytearray) -> None:
        """Send one datagram, waiting while the socket is full. Raises NoAnswer if impossible."""
        try:
            while not self.send_now(address, port, datagram):
                await self.writable(address)
        except OSError as error:
            raise NoAnswer(f"{address} cannot be reached: {error.strerror or error}") from error

    def send_now(self, address: str, port: int, datagram: bytes | bytearray) -> bool:
        """Send one datagram; False if the socket is full (await `writable`, then try again).

        Raises OSError where the local system has no way to that address.
        """
        sock = self._socket(address)
        try:
            sock.sendto(datagram, (address, port))
        except OSError as error:
            if error.errno in _WOULD_BLOCK:
                return False
            # An ICMP refusal of an *earlier* datagram is reported here on some systems.
            if error.errno == errno.ECONNREFUSED:
                return False
            self.traffic.refused += 1
            raise
        self.traffic.sent += 1
        return True

    async def writable(self, address: str) -> None:
        """Wait until the socket that serves `address` takes datagrams again."""
        sock = self._socket(address)
        waiting = self._writable.get(sock)
        if waiting is None:
            waiting = self._writable[sock] = self._loop.create_future()
            self._loop.add_writer(sock, self._on_writable, sock)
        await asyncio.shield(waiting)

    def _on_writable(self, sock: socket.socket) -> None:
        self._loop.remove_writer(sock)
        waiting = self._writable.pop(sock)
        # ENOBUFS comes from the device's queue, while the socket itself is writable: without the
        # pause the senders would spin.
        self._loop.call_later(_NO_BUFFER_PAUSE, _wake, waiting)

    def _socket(self, address: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = self._sockets.get(family)
        if sock is None:
            sock = self._sockets[family] = self._open(family)
        return sock

    def _open(self, family: socket.AddressFamily) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:  # the forced form passes net.core.rmem_max, but only for the administrator
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, self._receive_buffer)
        except OSError:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        self._loop.add_reader(sock, self._on_readable, sock)
        return sock

    # ---- receiving -------------------------------------------------------------------------

    def _on_readable(self, sock: socket.socket) -> None:
        for _ in range(_DRAIN):
            try:
                data, peer = sock.recvfrom(MAX_DATAGRAM)
            except BlockingIOError:
                return
            except OSError:  # an ICMP refusal of something sent earlier: silence will tell
                continue
            self.traffic.received += 1
            self._dispatch(data, peer[0], peer[1])

    def _dispatch(self, data: bytes, address: str, port: int) -> None:
        try:
            request_id = peek_id(data)
        except MalformedAnswer:
            self.traffic.garbage += 1
            self._remember_garbage(address, port)
            return
        pending = self._pending.get(request_id)
        if pending is not None:
            wanted = pending.address == address and pending.port == port
            if wanted and not pending.future.done():
                pending.future.set_result(data)
                return
        else:
            for entry in self._ranges:
                if entry.first <= request_id < entry.end:
                    if entry.handler(request_id - entry.first, address, port, data):
                        return
                    break
        self.traffic.strange += 1

    def _remember_garbage(self, address: str, port: int) -> None:
        if any(p.address == address and p.port == port for p in self._pending.values()):
            if len(self._garbled) > 4096:
                self._garbled.clear()
            self._garbled[address, port] = self._garbled.get((address, port), 0) + 1


def _expire(future: asyncio.Future[bytes | None]) -> None:
    if not future.done():
        future.set_result(None)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
