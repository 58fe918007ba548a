"""The HTTP side of a fake: calls in, replies out, and every way in which an answer goes wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from tests.mdm.fakes.base import FakeVendor


class Fault(StrEnum):
    """What goes wrong with a call. "After": the vendor has acted already."""

    THROTTLE = "throttle"
    ERROR = "error"
    ERROR_AFTER = "error_after"
    SLOW_AFTER = "slow_after"
    DROP = "drop"
    DROP_AFTER = "drop_after"
    CUT_AFTER = "cut_after"  # the connection ends in the middle of the body
    HTML_AFTER = "html_after"
    TRUNCATED_AFTER = "truncated_after"
    DEEP_AFTER = "deep_after"
    HUGE_AFTER = "huge_after"
    PAYMENT = "payment"
    REDIRECT = "redirect"
    REDIRECT_AFTER = "redirect_after"
    TWISTED = "twisted"  # the answer as the fake's `twist` makes it
    ECHO = "echo"  # a refusal that repeats the caller's credential


@dataclass
class Call:
    """One request as it came in; `arguments` is the query with what was repeated."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    acting: bool = False
    arguments: list[tuple[str, str]] = field(default_factory=list)

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def bearer(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Reply:
    """An answer: `body` is JSON unless it is bytes; None is empty."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def bytes(self) -> bytes:
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body).encode()


class Dropped(Exception):
    """The connection ends without an answer; `rest` is sent before it does."""

    def __init__(self, rest: bytes = b"") -> None:
        super().__init__()
        self.rest = rest


HTML = Reply(200, b"<html><body>Please log in to the guest network</body></html>",
             {"Content-Type": "text/html"})  # fmt: skip


def before(fault: Fault | None, fake: FakeVendor, call: Call) -> Reply | None:
    """The reply of a fault that comes in the place of acting."""
    if fault is Fault.DROP:
        raise Dropped
    if fault is Fault.THROTTLE:
        return fake.throttled()
    if fault is Fault.ERROR:
        return Reply(500, {"message": "internal error"})
    if fault is Fault.PAYMENT:
        return Reply(402, {"message": "your plan does not include this"})
    if fault is Fault.REDIRECT:
        return Reply(302, None, {"Location": fake.redirect_to})
    if fault is Fault.ECHO:
        shown = " ".join([call.headers.get("authorization", ""), call.body.decode(errors="ignore")])
        return Reply(403, {"error": {"message": f"no: {shown}"}, "message": f"no: {shown}"})
    return None


def after(fault: Fault | None, fake: FakeVendor, reply: Reply) -> Reply:
    """The reply of a fault that comes when the vendor has acted."""
    if fault is Fault.SLOW_AFTER:
        fake.stopping.wait(fake.slowness)
        return reply
    if fault is Fault.DROP_AFTER:
        raise Dropped
    if fault is Fault.CUT_AFTER:
        raise Dropped(reply.bytes[: len(reply.bytes) // 2] or b"{")
    if fault is Fault.TWISTED and reply.body is not None:
        return Reply(reply.status, fake.twist(reply.body), reply.headers)
    replies = {
        Fault.ERROR_AFTER: Reply(500, {"message": "internal error"}),
        Fault.HTML_AFTER: HTML,
        Fault.TRUNCATED_AFTER: Reply(200, reply.bytes[: len(reply.bytes) // 2] or b'{"a'),
        Fault.DEEP_AFTER: Reply(200, b'{"a":' * 100_000),
        Fault.HUGE_AFTER: Reply(200, {"a": "x" * 8_000_000}),
        Fault.REDIRECT_AFTER: Reply(303, None, {"Location": fake.redirect_to}),
    }
    return reply if fault is None else replies.get(fault, reply)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, fake: FakeVendor) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that went away is no news; everything else is kept by the handler."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece; two would wait for each other (Nagle)
    disable_nagle_algorithm = True
    server: Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        arguments = parse_qsl(parts.query, keep_blank_values=True)
        call = Call(
            self.command, parts.path, dict(arguments), headers, body, arguments=arguments
        )  # fmt: skip
        try:
            reply = self.server.fake.answer(call)
        except Dropped as dropped:
            self._drop(dropped.rest)
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _send(self, reply: Reply) -> None:
        body = reply.bytes
        self.send_response(reply.status)
        for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drop(self, rest: bytes) -> None:
        if rest:
            self.send_response(200)
            self.send_header("Content-Length", str(len(rest) + 1000))
            self.end_headers()
            self.wfile.write(rest)
            self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header, by the fake's own clock."""
        return super().date_time_string(self.server.fake.now().timestamp())

    def log_message(self, format: str, *args: object) -> None:
        """The fake keeps its calls itself."""


Route = Callable[..., Reply]
