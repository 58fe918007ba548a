"""Secrets that open a door by themselves: API tokens, session ids, set-up links.

All have 256 random bits and are looked up by their SHA-256, so that neither the database nor the
time an answer takes tells anything about them.
"""

import hashlib
import hmac
import re
import secrets

TOKEN_MARK = "hrm"
_TOKEN = re.compile(r"hrm_[a-z2-7]{8}_[A-Za-z0-9_-]{43}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


def new_token() -> tuple[str, str]:
    """A new API token and its readable beginning: `hrm_<id8>_<secret>`, `hrm_<id8>`.

    The beginning names the token in lists and logs, and lets secret scanners find leaked ones.
    """
    prefix = f"{TOKEN_MARK}_{''.join(secrets.choice(_ALPHABET) for _ in range(8))}"
    return f"{prefix}_{new_secret()}", prefix


def new_secret() -> str:
    """256 random bits, 43 characters fit for a cookie or a URL."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored of a secret: 64 hex digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether a look-up is worth its while."""
    return _TOKEN.fullmatch(text) is not None


def looks_like_secret(text: str) -> bool:
    """The same for a session's id or a set-up link's secret."""
    return _SECRET.fullmatch(text) is not None


def csrf_of(session_secret: str) -> str:
    """The token that a page must send with each change, in the header `X-CSRF-Token`.

    An HMAC under the session's own id: bound to that session, gone with it, and worthless without
    it. Another site can make the browser send the cookie, but cannot read it to compute this.
    """
    return hmac.new(session_secret.encode(), b"homeroom csrf", hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare in constant time; anything may have been given."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
