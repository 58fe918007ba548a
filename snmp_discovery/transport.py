"""Non-blocking UDP sockets, shared by the probe and every conversation: one for each address
family, a few more of them while that one is full.

On an attached subnet the kernel holds each datagram for an unknown neighbour up to three seconds,
and counts it against its socket's send buffer: with the usual 208 kB, silent addresses would slow
the sweep to some 80 a second and keep conversations waiting. Hence large buffers where the system
grants them, and further sockets where it does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections import deque
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from snmp_discovery.errors import MalformedAnswer, NoAnswer
from snmp_discovery.matching import Matcher, Pending, RangeHandler

MAX_DATAGRAM = 65_535
_DRAIN = 256  # datagrams read per wake-up before timers and senders get their turn
_BACK_OFF = 1.5  # each further try waits this much longer
_NO_BUFFER_PAUSE = 0.002
_SOCKETS = 4  # for each address family, at most
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33  # Linux; not in the socket module
# ECONNREFUSED: some systems report an ICMP refusal of an *earlier* datagram here.
_TRY_AGAIN = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.ECONNREFUSED)


class Transport:
    """Datagrams out, matched answers in. Use as `async with Transport() as transport`.

    buffer       octets asked of the system for each socket's queues (it may grant less)
    max_pending  requests waiting for an answer at once; more wait for their turn

    `traffic` counts; `garbled` names the first senders of what is not SNMP (address, port).
    """

    def __init__(self, *, buffer: int = 8 << 20, max_pending: int = 1024) -> None:
        self._matcher = Matcher()
        self.traffic = self._matcher.traffic
        self.garbled = self._matcher.garbled
        self._closed = False
        self._buffer = buffer
        self._slots = asyncio.Semaphore(max_pending)
        self._pools: dict[socket.AddressFamily, deque[socket.socket]] = {}
        self._writable: dict[socket.socket, asyncio.Future[None]] = {}

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
        """Close the sockets; whatever still waits for an answer learns that none came."""
        self._closed = True
        for sock in (sock for pool in self._pools.values() for sock in pool):
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)
            sock.close()
        self._pools.clear()
        for pending in self._matcher.pending.values():
            _expire(pending.future)
        for waiting in self._writable.values():
            _wake(waiting)
        self._writable.clear()

    def next_id(self) -> int:
        """A fresh request-id (always four octets long)."""
        return self._matcher.next_id()

    def reserve(self, count: int, handler: RangeHandler) -> AbstractContextManager[int]:
        """`count` consecutive ids whose answers go to `handler`; gives the first."""
        return self._matcher.reserve(count, handler)

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
        address = canonical(address)
        async with self._slots:
            with self._matcher.expect(unscoped(address), port, request_id) as pending:
                for attempt in range(retries + 1):
                    await self.send(address, port, datagram)
                    answer = await self._answer(pending, timeout * _BACK_OFF**attempt)
                    if answer is not None:
                        return answer
            if pending.garbled:
                raise MalformedAnswer(f"{address} answers with what is not SNMP")
            raise NoAnswer(f"{address} does not answer")

    async def _answer(self, pending: Pending, timeout: float) -> bytes | None:
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
        """Send one datagram; False if every socket is full (await `writable`, then try again).

        Raises OSError where the local system has no way to that address.
        """
        pool = self._pool(address)
        for _ in range(_SOCKETS):
            try:
                pool[0].sendto(datagram, (address, port))
            except OSError as error:
                if error.errno not in _TRY_AGAIN:
                    self.traffic.refused += 1
                    raise
                self._turn(pool)
            else:
                self.traffic.sent += 1
                return True
        return False

    async def writable(self, address: str) -> None:
        """Wait until the next socket that serves `address` takes datagrams again."""
        sock = self._pool(address)[0]
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

    def _pool(self, address: str) -> deque[socket.socket]:
        """The sockets that serve `address`; the first is the one to use now."""
        if self._closed:
            raise OSError(errno.EBADF, "the transport is closed")
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        pool = self._pools.get(family)
        if pool is None:
            pool = self._pools[family] = deque((self._open(family),))
        return pool

    def _turn(self, pool: deque[socket.socket]) -> None:
        """The first socket is full: bring another one forward."""
        if len(pool) < _SOCKETS:
            pool.appendleft(self._open(pool[0].family))
        else:
            pool.rotate(-1)

    def _open(self, family: int) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # The forced form passes net.core.[rw]mem_max, but only for the administrator.
        for force, option in (
            (_SO_RCVBUFFORCE, socket.SO_RCVBUF),
            (_SO_SNDBUFFORCE, socket.SO_SNDBUF),
        ):
            try:
                sock.setsockopt(socket.SOL_SOCKET, force, self._buffer)
            except OSError:
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, option, self._buffer)
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
            self._matcher.take(data, peer[0], peer[1])


def canonical(address: str) -> str:
    """An IPv6 address in the system's own spelling; anything else as it is."""
    if ":" not in address:
        return address
    host, percent, scope = address.partition("%")
    with contextlib.suppress(OSError):
        host = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host))
    return host + percent + scope


def unscoped(address: str) -> str:
    """How the system names a sender: a link-local address comes without its interface."""
    return address.partition("%")[0]


def _expire(future: asyncio.Future[bytes | None]) -> None:
    if not future.done():
        future.set_result(None)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
