"""What one server process remembers about callers between requests. Losing it loses nothing.

Verified tokens are remembered for `FRESH` (5 s), keyed by the token's hash, so that a script which
looks up a thousand tags costs one query in five seconds and not a thousand. The price, decided on
purpose: a token revoked, an account disabled or a role withdrawn by *another* process keeps working
here for at most those 5 s. In the same process it ends at once: the services call `forget_reach`
(see `inventory.db.after_commit`) as soon as the change is committed. Sessions are never remembered.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network

from inventory.access import Actor
from inventory.accounts.throttle import Buckets
from inventory.db import Database
from inventory.settings import Settings

FRESH = timedelta(seconds=5)
TOUCH_EVERY = timedelta(minutes=1)
MOST_TOKENS = 5_000


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token as it was found: `actor` has no origin yet."""

    token_id: int
    actor: Actor
    networks: tuple[IPv4Network | IPv6Network, ...]
    expires_at: datetime
    last_used_at: datetime | None


class VerifiedTokens:
    """Tokens by their hash, for `FRESH`.

    A generation keeps a look-up that began before a revocation from storing what it saw after it.
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[datetime, VerifiedToken]] = {}
        self._lock = threading.Lock()
        self.generation = 0

    def get(self, secret_hash: str, now: datetime) -> VerifiedToken | None:
        found = self._found.get(secret_hash)
        if found is None or not found[0] <= now < found[0] + FRESH:
            return None
        return found[1]

    def put(self, secret_hash: str, token: VerifiedToken, now: datetime, generation: int) -> None:
        with self._lock:
            if generation != self.generation:
                return
            if len(self._found) >= MOST_TOKENS:
                self._found.clear()
            self._found[secret_hash] = now, token

    def forget(self) -> None:
        """Everything: grants and sites reach many tokens, and reading them again is cheap."""
        with self._lock:
            self.generation += 1
            self._found.clear()


class Touches:
    """When the last use of a session or token was written down, so that it is once a minute."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, int], datetime] = {}
        self._lock = threading.Lock()

    def due(self, kind: str, id_: int, now: datetime, known: datetime | None) -> bool:
        """Whether to write now; whoever is told so counts as having written."""
        with self._lock:
            last = self._written.get((kind, id_), known)
            if last is not None and now - last < TOUCH_EVERY:
                return False
            if len(self._written) >= MOST_TOKENS:
                self._written.clear()
            self._written[kind, id_] = now
            return True


@dataclass
class Remembered:
    """All of it, one per database opened by this process.

    login_rate   failed logins of one address: a school shares one address, hence the wide burst
    denial_rate  denials of one address that are written to the audit log
    denials_all  the same for everybody together, since an attacker may have many addresses
    """

    token_rate: Buckets
    login_rate: Buckets = field(default_factory=lambda: Buckets(burst=30, per_minute=20))
    denial_rate: Buckets = field(default_factory=lambda: Buckets(burst=1, per_minute=60))
    denials_all: Buckets = field(default_factory=lambda: Buckets(burst=20, per_minute=600))
    tokens: VerifiedTokens = field(default_factory=VerifiedTokens)
    touches: Touches = field(default_factory=Touches)
    suppressed: dict[str, int] = field(default_factory=dict)


def remembered(database: Database, settings: Settings) -> Remembered:
    """This process's memory about callers of `database`."""
    known = database.info.get("remembered")
    if isinstance(known, Remembered):
        return known
    rate = settings.token_requests_per_minute
    made = Remembered(token_rate=Buckets(burst=rate, per_minute=rate))
    # Two threads may come here at once: the first one's stays.
    kept = database.info.setdefault("remembered", made)
    assert isinstance(kept, Remembered)
    database.info["forget_reach"] = kept.tokens.forget
    return kept
