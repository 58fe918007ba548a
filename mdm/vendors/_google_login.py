"""What Google's APIs have in common: service accounts, and the way to say "slow down"."""

from __future__ import annotations

import json

from mdm.answers import Answer
from mdm.connection import Connection
from mdm.errors import Invalid
from mdm.fields import Fields
from mdm.refusals import loose_json
from mdm.tokens import Form, jwt_bearer, private_key

LOGIN = "https://oauth2.googleapis.com"
_BUSY = {"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"}


def service_account(
    connection: Connection, scopes: tuple[str, ...], subject: str | None = None
) -> Form:
    """The token request of the setting `service_account`. Its own token_uri is not believed.

    Raises `Invalid` for a key that cannot be used.
    """
    where = connection.where
    try:
        account = Fields(json.loads(connection.settings["service_account"]))
    except (ValueError, RecursionError):
        raise Invalid(where, "the service account key is not JSON") from None
    issuer, key = account.get("client_email"), account.get("private_key")
    if not isinstance(issuer, str) or not isinstance(key, str):
        raise Invalid(where, "the service account key lacks client_email or private_key")
    return jwt_bearer(
        private_key(key, where), issuer=issuer, subject=subject,
        audience=f"{LOGIN}/token", scopes=scopes,
    )  # fmt: skip


def throttled(answer: Answer) -> bool:
    """Google says "slow down" with 403 (limits of directory_v1); only the body tells."""
    if answer.status not in {403, 429}:
        return False
    told = Fields(loose_json(answer)).rows("error", "errors") or []
    return any(Fields(row).text("reason") in _BUSY for row in told)
