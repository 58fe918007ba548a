"""Signed webhooks as the Standard Webhooks specification 1.0.0 describes them.

A secret is `whsec_` and base64 of 24 to 64 random bytes. The signature is HMAC-SHA256 over
`<webhook-id>.<webhook-timestamp>.<body>` with those bytes, told as `v1,<base64>`; the recipient
refuses an old timestamp and an id that it has heard.
"""

import base64
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A fresh secret, to be shown once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secret: str, uid: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The three headers of one call; every try has a timestamp of its own and the same id."""
    at = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    told = hmac.digest(key, b".".join((uid.encode(), at.encode(), body)), "sha256")
    return {
        "webhook-id": uid,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(told).decode()}",
    }
