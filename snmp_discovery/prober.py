"""One datagram, encoded once, to many addresses at a steady pace; only the id is patched."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable, Sequence

from snmp_discovery.matching import RangeHandler
from snmp_discovery.transport import Transport
from snmp_discovery.types import SweepOptions

_BURST_SECONDS = 0.02  # a delayed event loop may catch up this much, never more
_LARGEST_BURST = 256  # datagrams sent before answers get their turn
_USUAL_BURST = 8  # fewer at once would only wake the event loop more often
_TICK = 0.001
_PULSE = 0.02  # seconds; a stop is noticed at least this often
_TWO_IDS = (0x40000000, 0x7FFFFFFF)  # differ in all four octets

Pulse = Callable[[], None]
"""Called at every pause; raises Cancelled to stop."""


class Pacer:
    """A token bucket of `rate` datagrams per second."""

    def __init__(self, rate: float, pulse: Pulse) -> None:
        self._rate = max(1.0, rate)
        self._burst = max(1.0, min(self._rate * _BURST_SECONDS, _LARGEST_BURST))
        self._tokens = 1.0
        self._pulse = pulse
        self._clock = asyncio.get_running_loop().time
        self._filled = self._clock()

    def take(self) -> bool:
        """Whether one more may be sent now; if not, await `wait`."""
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    async def wait(self) -> None:
        """Let the event loop work until the bucket has filled a little."""
        self._pulse()
        lacking = (_USUAL_BURST - self._tokens) / self._rate
        await asyncio.sleep(max(_TICK, min(lacking, _PULSE)))
        now = self._clock()
        gained = (now - self._filled) * self._rate
        self._tokens = min(self._tokens + gained, self._burst)
        self._filled = now


class Prober:
    """Sends probes to `addresses`, `rate` a second; `stages` kinds of probe will be sent."""

    def __init__(
        self,
        addresses: Sequence[str],
        rate: float,
        options: SweepOptions,
        transport: Transport,
        stages: int,
        pulse: Pulse,
    ) -> None:
        self._addresses = addresses
        self._options = options
        self._transport = transport
        self._pulse = pulse
        self._pacer = Pacer(rate, pulse)
        self._rounds = max(1, stages * (options.retries + 1))
        self._rounds_done = 0
        self._at = 0

    @property
    def probed(self) -> int:
        """How far all stages are, scaled to the number of addresses."""
        count = len(self._addresses)
        return min(count, (self._rounds_done * count + self._at) // self._rounds)

    async def probe(
        self, encode: Callable[[int], bytes], quiet: bytearray, handler: RangeHandler
    ) -> None:
        """Send `encode(id)` to every address whose octet in `quiet` is 0, and again to those that
        are still 0 after the timeout, `retries` times; `handler` hears the answers.

        Returns when nobody is left to ask, or the timeout after the last try has passed.
        """
        tries = self._options.retries + 1
        end = self._rounds_done + tries
        with self._transport.reserve(len(self._addresses), handler) as first:
            for attempt in range(tries):
                began = asyncio.get_running_loop().time()
                await self._round(encode, first, quiet)
                self._rounds_done += 1
                self._at = 0
                # In a further round each address comes up as long after its last probe as the
                # round before has taken: only what lacks to the timeout is waited for.
                since = asyncio.get_running_loop().time() if attempt + 1 == tries else began
                await self._pause(since + self._options.timeout, quiet)
                if quiet.find(0) < 0:
                    break
        self._rounds_done = end

    async def _round(self, encode: Callable[[int], bytes], first: int, quiet: bytearray) -> None:
        message, place = _template(encode)
        pack, pacer, addresses = struct.Struct(">I").pack_into, self._pacer, self._addresses
        send, port = self._transport.send_now, self._options.port
        index = quiet.find(0)
        while index >= 0:
            while not pacer.take():
                await pacer.wait()
            pack(message, place, first + index)
            try:
                while not send(addresses[index], port, message):
                    await self._room(addresses[index])
            except OSError:  # no route to it: counted by the transport, silent for us
                pass
            self._at = index
            index = quiet.find(0, index + 1)

    async def _room(self, address: str) -> None:
        """Wait for a full socket, which may take seconds, without being deaf to a stop."""
        self._pulse()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PULSE):
                await self._transport.writable(address)

    async def _pause(self, until: float, quiet: bytearray) -> None:
        clock = asyncio.get_running_loop().time
        while (left := until - clock()) > 0 and quiet.find(0) >= 0:
            self._pulse()
            await asyncio.sleep(min(left, _PULSE))


def _template(encode: Callable[[int], bytes]) -> tuple[bytearray, int]:
    """(a message, the place of its first id): where two encodings first differ."""
    one, other = (encode(number) for number in _TWO_IDS)
    return bytearray(one), next(place for place in range(len(one)) if one[place] != other[place])
