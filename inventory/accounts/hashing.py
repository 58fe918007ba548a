"""Passwords at rest: argon2id (RFC 9106) with the parameters that OWASP asks for, or better.

19 MiB and three passes take some 30 ms of one core. At most `AT_ONCE` run together, so that a flood
of logins costs neither all cores nor all memory.
"""

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 4

_hasher = PasswordHasher(time_cost=3, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)
_turn = threading.BoundedSemaphore(AT_ONCE)
_dummy: list[str] = []


def normal(password: str) -> str:
    """The form that is hashed: NFKC, so that every keyboard's é is the same (NIST 800-63B-4)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The text to store. The password has passed `passwords.check`."""
    with _turn:
        return _hasher.hash(normal(password).encode())


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long where nothing is stored."""
    # "surrogatepass": JSON can carry half a surrogate pair, which no stored password has.
    given = normal(password).encode("utf-8", "surrogatepass")
    with _turn:
        try:
            return _hasher.verify(stored or _stand_in(), given) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _stand_in() -> str:
    """The hash of a password that nobody knows, made once: the cost of an unknown user."""
    if not _dummy:
        _dummy.append(_hasher.hash(secrets.token_bytes(32)))
    return _dummy[0]
