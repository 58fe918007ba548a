"""Google's token endpoint for service accounts, and its way to refuse; shared by its APIs."""

from __future__ import annotations

import functools
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.http import Call, Reply

_ENCODING, _FORMAT = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def error(status: int, message: str, reason: str = "invalid") -> Reply:
    """An error body as Google's APIs have it."""
    told = {"message": message, "domain": "global", "reason": reason}
    return Reply(status, {"error": {"code": status, "message": message, "errors": [told]}})


class GoogleLogin(FakeVendor):
    """A service account whose scopes are `allowed`; `subject` None: it acts for itself."""

    issuer = "homeroom@willow-park.iam.gserviceaccount.example"
    subject: str | None = None

    def __init__(self, allowed: set[str], **options: Any) -> None:
        super().__init__(**options)
        self.allowed = allowed

    def account_key(self) -> str:
        """The JSON key file, with a token address that must not be believed."""
        pem = _key().private_bytes(_ENCODING, _FORMAT, serialization.NoEncryption()).decode()
        account = {"type": "service_account", "client_email": self.issuer, "private_key": pem}
        return json.dumps(account | {"token_uri": "https://evil.invalid/token"})

    def secrets(self) -> list[str]:
        pem = json.loads(self.account_key())["private_key"].splitlines()
        signed = [call.form["assertion"] for call in self.calls if self.is_login(call)]
        return [*self.tokens, *signed, pem[1], pem[-2]]

    def is_login(self, call: Call) -> bool:
        return call.path == "/token"

    def token(self, call: Call) -> Reply:
        if self.revoked:
            return _no_token(400, "invalid_grant", "account not found")
        try:
            claims = jwt.decode(
                call.form["assertion"], _key().public_key(), ["RS256"],
                audience="https://oauth2.googleapis.com/token",
                options={"verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except (jwt.InvalidTokenError, KeyError) as wrong:
            return _no_token(400, "invalid_grant", f"bad JWT: {wrong}")
        life, age = claims["exp"] - claims["iat"], self.now().timestamp() - claims["iat"]
        if life > 3600 or not -60 < age < 3600:
            return _no_token(400, "invalid_grant", "Invalid JWT: Token must be short-lived")
        scopes = frozenset(claims["scope"].split())
        who = (claims["iss"], claims.get("sub"))
        if who != (self.issuer, self.subject) or scopes - self.allowed:
            return _no_token(401, "unauthorized_client", "unauthorized for the scopes requested")
        token = self.issue(3599, scopes)
        return Reply(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def throttled(self) -> Reply:
        reply = error(403, "Quota exceeded for quota metric 'Queries'", "quotaExceeded")
        reply.headers = self.wait_header()
        return reply

    def barred(self, call: Call, scopes: set[str]) -> Reply | None:
        """The refusal of a call whose token is not good, or lacks all of these scopes."""
        token = self.token_of(call)
        if token is None:
            return error(401, "Invalid Credentials", "authError")
        if not token.grants & scopes:
            return error(403, "Request had insufficient authentication scopes", "forbidden")
        return None


def _no_token(status: int, code: str, words: str) -> Reply:
    return Reply(status, {"error": code, "error_description": words})
