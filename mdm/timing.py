"""Time and pace: the clock a connector lives by, and how fast it may ask."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks, as arguments: `now` with a zone, `monotonic` and `sleep` in seconds.

    `random` gives numbers in [0, 1) that spread retries.
    """

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


class Pace(Protocol):
    """Waits until one more request may be made. Shared by all who use a credential."""

    def wait(self) -> None: ...


class TokenBucket:
    """`rate` requests a second on average, `burst` at once. Safe between threads."""

    def __init__(self, rate: float, burst: int, timing: Timing) -> None:
        self._rate, self._burst, self._timing = rate, float(burst), timing
        self._tokens, self._seen = float(burst), timing.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            now = self._timing.monotonic()
            grown = self._tokens + max(0.0, now - self._seen) * self._rate
            self._tokens, self._seen = min(self._burst, grown) - 1, now
            owed = -self._tokens / self._rate
        if owed > 0:
            self._timing.sleep(owed)
