"""The rules of second factors: how long, how many, whom they are asked of. Pure; no database."""

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from inventory.access import ROLE_PERMISSIONS, Permission, Role
from inventory.errors import InvalidInput
from inventory.settings import Settings, base_url

RECENT = timedelta(minutes=5)
"""For how long a whole sign-in counts, where factors are changed."""
STEP_UP_LIFETIME = timedelta(minutes=5)
CHALLENGE_LIFETIME = timedelta(minutes=5)
HALF_LIFETIME = timedelta(minutes=10)
"""From the password to the second factor; then the sign-in begins anew."""
ENROL_LIFETIME = timedelta(minutes=10)
SKEW = timedelta(seconds=30)
"""By how much another server's clock may be ahead."""

KEYS_EACH, KEY_LABEL = 5, 80
RECOVERY_CODES, RECOVERY_FEW = 10, 3

NEEDS_FACTOR = (
    Permission.COMMAND_APPROVE, Permission.COMMAND_REQUEST_DESTRUCTIVE, Permission.ACCOUNT_WRITE,
)  # fmt: skip
"""Whoever holds one of these can do harm that nobody can undo."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789"
_RECOVERY = re.compile(f"[{_ALPHABET}]{{16}}")
_PURPOSE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who the server is to a security key (Web Authentication, §5.1.2).

    id       a domain; a key made for it works under it only
    origins  where the browser may stand
    """

    id: str
    origins: tuple[str, ...]


def relying_party(settings: Settings) -> RelyingParty | None:
    """From `public_url`, else this machine as `localhost`; None where people use an IP address,
    which no security key accepts."""
    if not settings.public_url:
        return RelyingParty("localhost", (f"http://localhost:{settings.port}",))
    parts = urlsplit(base_url(settings))
    host = (parts.hostname or "").rstrip(".")
    if not host or _is_address(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    port = "" if parts.port in {None, 443 if parts.scheme == "https" else 80} else f":{parts.port}"
    return RelyingParty(host, (f"{parts.scheme}://{host}{port}",))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_asked(roles: Iterable[Role]) -> bool:
    """Whether a holder of these roles is asked to set up a second factor."""
    return any(not ROLE_PERMISSIONS[role].isdisjoint(NEEDS_FACTOR) for role in roles)


def purpose(text: str) -> str:
    """The hash of what is to be confirmed. Raises `InvalidInput` for anything else."""
    if not _PURPOSE.fullmatch(text):
        raise InvalidInput("that is no purpose", {"purpose": ["64 lower-case hex digits"]})
    return text


def plain_code(text: str) -> str:
    """A code as it is compared: without the blanks and dashes that make it readable."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:80])).lower()


def looks_like_totp(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isdigit()


def looks_like_recovery(code: str) -> bool:
    return _RECOVERY.fullmatch(code) is not None


def new_recovery_code() -> str:
    """80 random bits in four groups, without letters that are read as digits."""
    return in_fours("".join(secrets.choice(_ALPHABET) for _ in range(16)), "-")


def in_fours(text: str, between: str = " ") -> str:
    """Grouped, so that it can be copied by hand."""
    return between.join(text[at : at + 4] for at in range(0, len(text), 4))
