"""Which question does this datagram answer?

An answer belongs to a question only if it comes from the very address and port asked and carries
the question's request-id (msgID in version 3); everything else is counted and dropped. Ids start
at a random place, so that a third party cannot guess them.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from snmp_discovery.errors import MalformedAnswer
from snmp_discovery.messages import peek_id

_FIRST_ID, _LAST_ID = 0x40000000, 0x7FFFFFFF  # always four octets, so ids can be patched in place
_GARBLED_KEPT = 4096

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
class Pending:
    """A question that waits; its future gives the datagram, or None when time is up."""

    address: str
    port: int
    future: asyncio.Future[bytes | None]
    garbled: bool = False


@dataclass(slots=True)
class _Range:
    first: int
    end: int
    handler: RangeHandler


class Matcher:
    """Questions that wait, and the ids to ask them under."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.garbled: set[tuple[str, int]] = set()
        self.pending: dict[int, Pending] = {}
        self._asked: dict[tuple[str, int], Pending] = {}
        self._ranges: list[_Range] = []
        self._next = _FIRST_ID + secrets.randbelow(_LAST_ID - _FIRST_ID)

    def next_id(self) -> int:
        """A fresh request-id (always four octets long)."""
        return self._take(1)

    @contextlib.contextmanager
    def reserve(self, count: int, handler: RangeHandler) -> Iterator[int]:
        """`count` consecutive ids whose answers go to `handler`: a probe needs no futures.

        Gives the first id; after the `with` block their answers are strange.
        """
        first = self._take(count)
        entry = _Range(first, first + count, handler)
        self._ranges.append(entry)
        try:
            yield first
        finally:
            self._ranges.remove(entry)

    def _take(self, count: int) -> int:
        if self._next + count > _LAST_ID:
            self._next = _FIRST_ID
        first = self._next
        self._next += count
        return first

    @contextlib.contextmanager
    def expect(self, address: str, port: int, request_id: int) -> Iterator[Pending]:
        """Within the `with` block the answer to `request_id` from there goes to the Pending."""
        pending = Pending(address, port, asyncio.get_running_loop().create_future())
        self.pending[request_id] = self._asked[address, port] = pending
        try:
            yield pending
        finally:
            self.pending.pop(request_id, None)
            if self._asked.get((address, port)) is pending:
                del self._asked[address, port]

    def take(self, data: bytes, address: str, port: int) -> None:
        """Give a datagram to whoever waits for it, or count it as strange or garbage."""
        self.traffic.received += 1
        try:
            request_id = peek_id(data)
        except MalformedAnswer:
            self.traffic.garbage += 1
            if len(self.garbled) < _GARBLED_KEPT:
                self.garbled.add((address, port))
            asked = self._asked.get((address, port))
            if asked is not None:
                asked.garbled = True
            return
        pending = self.pending.get(request_id)
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
