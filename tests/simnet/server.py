"""One thread that answers for all simulated devices, each on its own loopback address."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable

from tests.simnet.ber import BerError

Handler = Callable[[bytes], bytes | None]
Peer = tuple[str, int]
DATAGRAMS_PER_TURN = 64


class SimnetError(RuntimeError):
    """The simulated network cannot run here; the message says why."""


def bind(address: str, port: int) -> socket.socket:
    """A UDP socket. Raises SimnetError."""
    try:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise SimnetError(_why(address, port, error)) from error
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((address, port))
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise SimnetError(_why(address, port, error)) from error
    return sock


def _why(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"this machine has no address {address}: the simulated network needs all of"
            " 127.0.0.0/8 on the loopback interface, as Linux has it. On macOS or BSD add each"
            f" address first, e.g. `sudo ifconfig lo0 alias {address} up`"
        )
    if error.errno == errno.EMFILE:
        return "too many open files: raise the limit (`ulimit -n`) above the number of agents"
    if error.errno == errno.EADDRINUSE:
        return f"UDP port {port} of {address} is taken; choose another port"
    return f"cannot listen on {address}, UDP port {port}: {error.strerror}"


class Server:
    """Sockets and their handlers, served by one daemon thread.

    latency   seconds before each answer leaves, as over a slow link
    """

    def __init__(self, latency: float = 0.0) -> None:
        self.received: Counter[str] = Counter()
        self._latency = latency
        self._late: deque[tuple[float, socket.socket, bytes, Peer]] = deque()
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._sockets: dict[str, socket.socket] = {}
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._selector.register(self._wake_in, selectors.EVENT_READ, None)
        self._running = True
        self._thread = threading.Thread(target=self._serve, name="simnet", daemon=True)

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def add(self, address: str, port: int, handler: Handler) -> int:
        """Listens for `handler`; the port that was bound. Raises SimnetError."""
        sock = bind(address, port)
        with self._lock:
            self._sockets[address] = sock
            self._selector.register(sock, selectors.EVENT_READ, (address, handler))
        return int(sock.getsockname()[1])

    def change(self, address: str, handler: Handler) -> None:
        """Lets another handler answer at an address that is being served."""
        with self._lock:
            sock = self._sockets[address]
            self._selector.modify(sock, selectors.EVENT_READ, (address, handler))

    def remove(self, address: str) -> None:
        """Stops answering at an address; its port is closed at once."""
        with self._lock:
            sock = self._sockets.pop(address)
            self._selector.unregister(sock)
            sock.close()

    def close(self) -> None:
        """Stops the thread and closes all sockets."""
        self._running = False
        self._wake_out.send(b"x")
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        for sock in (*self._sockets.values(), self._wake_in, self._wake_out):
            sock.close()
        self._selector.close()

    def _serve(self) -> None:
        while self._running:
            wait = self._late[0][0] - time.monotonic() if self._late else None
            for key, _ in self._selector.select(None if wait is None else max(0.0, wait)):
                if key.data is None:
                    continue
                with self._lock:
                    self._drain(key)
            while self._late and self._late[0][0] <= time.monotonic():
                _, sock, reply, peer = self._late.popleft()
                _send(sock, reply, peer)

    def _drain(self, key: selectors.SelectorKey) -> None:
        sock = key.fileobj
        assert isinstance(sock, socket.socket)
        address, handler = key.data
        if self._sockets.get(address) is not sock:
            return
        for _ in range(DATAGRAMS_PER_TURN):
            try:
                datagram, peer = sock.recvfrom(65535)
            except BlockingIOError:
                return
            self.received[address] += 1
            try:
                reply = handler(datagram)
            except BerError:
                continue
            if reply is None:
                continue
            if self._latency:
                self._late.append((time.monotonic() + self._latency, sock, reply, peer))
            else:
                _send(sock, reply, peer)


def _send(sock: socket.socket, reply: bytes, peer: Peer) -> None:
    # The asker has gone, its buffer is full or our socket was closed: a lost datagram.
    with contextlib.suppress(OSError):
        sock.sendto(reply, peer)
