"""The caller's side of a webhook: a real server that hands each call to `receive`, and a memory."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Self

from mdm.connector import ReceivesEvents
from mdm.errors import MdmError
from mdm.types import Event


class RamMemory:
    """A `Memory` in RAM. `page_size` is asked anew for every page."""

    def __init__(self, page_size: Callable[[], int]) -> None:
        self.values: dict[str, str] = {}
        self._page_size = page_size

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def put(self, key: str, value: str) -> None:
        self.values[key] = value

    def listed(self, prefix: str, after: str | None) -> tuple[list[tuple[str, str]], bool]:
        keys = sorted(key for key in self.values if key.startswith(prefix))
        start = 0 if after is None else bisect_right(keys, after)
        page = keys[start : start + self._page_size()]
        return [(key, self.values[key]) for key in page], start + len(page) < len(keys)


class Hook:
    """One address that a fake calls.

    heard    what `receive` made of the calls     refused  the errors that it raised instead
    """

    def __init__(self, opened: Callable[[], object]) -> None:
        self.heard: list[Event] = []
        self.refused: list[MdmError] = []
        self._opened = opened
        self._connector: ReceivesEvents | None = None
        self._server = HTTPServer(("127.0.0.1", 0), _handler(self))

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._server.server_port

    def start(self) -> Self:
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """One call; the status that answers it."""
        if self._connector is None:
            opened = self._opened()
            assert isinstance(opened, ReceivesEvents)
            self._connector = opened
        try:
            self.heard += self._connector.receive(headers, body)
        except MdmError as refused:
            self.refused.append(refused)
            return 400
        return 200


def _handler(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = hook.take(dict(self.headers.items()), body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """The hook keeps what it heard itself."""

    return Handler
