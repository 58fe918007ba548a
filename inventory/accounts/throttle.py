"""How often: token buckets in the memory of one process.

With several server processes each counts for itself, so that the whole allows that many times as
much. What must hold across processes (an account's failed logins) is counted in the database.
"""

import ipaddress
import threading
from collections.abc import Hashable
from datetime import datetime

MOST_KEYS = 20_000
"""Buckets remembered; the longest unused is forgotten first."""


class Buckets:
    """One bucket per key: `burst` at once, then `per_minute` spread evenly."""

    def __init__(self, *, burst: float, per_minute: float, most: int = MOST_KEYS) -> None:
        self._burst = burst
        self._rate = per_minute / 60
        self._most = most
        self._levels: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, now: datetime) -> float:
        """Take one. Returns 0, or the seconds until there is one (then nothing was taken)."""
        at = now.timestamp()
        with self._lock:
            level, since = self._levels.pop(key, (self._burst, at))
            # A clock that was set back must not drain anybody's bucket.
            level = min(self._burst, level + max(0.0, at - since) * self._rate)
            wait = 0.0 if level >= 1 else (1 - level) / self._rate
            self._levels[key] = (level if wait else level - 1, at)
            if len(self._levels) > self._most:
                del self._levels[next(iter(self._levels))]
        return wait

    def give_back(self, key: Hashable) -> None:
        """Undo one `take`."""
        with self._lock:
            if key in self._levels:
                level, since = self._levels[key]
                self._levels[key] = (min(self._burst, level + 1), since)

    def __len__(self) -> int:
        return len(self._levels)


def neighbourhood(address: str) -> str:
    """The key under which an address is counted: itself, or the /64 of an IPv6 address.

    One subscriber owns a whole /64 and could otherwise change its address with every request.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:80]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed)
