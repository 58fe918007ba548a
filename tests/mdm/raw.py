"""Servers that say exactly what a test tells them, byte by byte."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Raw:
    """`heard` are the whole requests."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def saying(
    *replies: bytes | Sequence[bytes], pause: float = 0.0, tls: ssl.SSLContext | None = None
) -> Iterator[Raw]:
    """A server that answers its n-th connection with the n-th reply (the last for ever), and ends
    the connection. A reply in pieces is sent with a `pause` in seconds between them."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        listener.settimeout(0.05)
        raw, stop = Raw(listener.getsockname()[1]), threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, raw, replies, pause, tls, stop))
        thread.start()
        try:
            yield raw
        finally:
            stop.set()
            thread.join()


def _serve(
    listener: socket.socket, raw: Raw, replies: Sequence[bytes | Sequence[bytes]], pause: float,
    tls: ssl.SSLContext | None, stop: threading.Event,
) -> None:  # fmt: skip
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        reply = replies[min(len(raw.heard), len(replies) - 1)]
        try:
            with connection:
                connection.settimeout(2)
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                raw.heard.append(_whole(connection))
                for piece in [reply] if isinstance(reply, bytes) else reply:
                    connection.sendall(piece)
                    time.sleep(pause)
                connection.close()
        except OSError:
            continue


def _whole(connection: socket.socket) -> bytes:
    heard = b""
    while piece := connection.recv(65_536):
        heard += piece
        head, end, body = heard.partition(b"\r\n\r\n")
        told = re.search(rb"(?i)content-length: (\d+)", head)
        if end and len(body) >= int(told[1] if told else 0):
            break
    return heard


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
