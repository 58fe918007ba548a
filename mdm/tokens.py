"""How a client shows who it is: headers that never change, and tokens that are renewed.

A token is renewed from the life that its own answer gives it, measured by our monotonic clock, so
a wrong wall clock does not matter. It does where a signed assertion carries the time: a refusal
is tried once more with the vendor's own time.
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mdm.answers import Answer, Request, with_data
from mdm.errors import AnswerLost, Invalid, Malformed, Unavailable, Where
from mdm.fields import Fields
from mdm.http import Door
from mdm.refusals import token_error_of
from mdm.timing import Timing

Form = Callable[[datetime], Mapping[str, str]]
"""The form of a token request, made for a moment."""
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
UNTOLD_LIFE = 300.0
"""Seconds that a token is used where its answer tells no life."""
_MAX_LIFE = 86_400.0
_SECRETS = ("assertion", "client_assertion", "client_secret")
_SKEW = timedelta(seconds=30)  # a difference that matters to who checks an assertion


class Auth(Protocol):
    """A credential at work."""

    def headers(self) -> Mapping[str, str]:
        """The headers for the next request; may fetch a token and raise what that raises."""

    def renew(self) -> bool:
        """The vendor answered 401: whether another try with fresh headers may go better."""

    def hidden(self) -> tuple[str, ...]:
        """Texts that must not show in any message."""


class FixedHeader:
    """A header that is the credential: a static bearer token, an API key, a password."""

    def __init__(self, name: str, value: str, where: Where) -> None:
        """Raises `Invalid` for a value that cannot stand in a header."""
        if not (value.strip() and value.isascii() and value.strip().isprintable()):
            raise Invalid(where, "the credential is empty or has characters that no header takes")
        self._name, self._value = name, value.strip()

    def headers(self) -> Mapping[str, str]:
        return {self._name: self._value}

    def renew(self) -> bool:
        return False

    def hidden(self) -> tuple[str, ...]:
        return (self._value, self._value.removeprefix("Bearer ").removeprefix("Basic "))


def bearer(token: str, where: Where) -> FixedHeader:
    """A static bearer token (RFC 6750)."""
    return FixedHeader("Authorization", f"Bearer {token.strip()}" if token.strip() else "", where)


def basic(user: str, password: str, where: Where) -> FixedHeader:
    """User and password (RFC 7617)."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return FixedHeader("Authorization", f"Basic {pair}", where)


class _Renewed(ABC):
    """A token that is fetched, used for three quarters of its life or more, and fetched again."""

    def __init__(self, door: Door, timing: Timing, secrets: Sequence[str] = ()) -> None:
        self._door, self._timing, self._secrets = door, timing, tuple(secrets)
        self._token: str | None = None
        self._renew_at = 0.0
        self._worked = False
        self._lock = threading.Lock()

    def headers(self) -> Mapping[str, str]:
        with self._lock:
            started = self._timing.monotonic()
            if self._token is None or started >= self._renew_at:
                self._token, life = self._fetch()
                self._renew_at = started + life - min(60.0, life / 4)
                self._worked = True
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        with self._lock:
            self._token = None
        return True

    def hidden(self) -> tuple[str, ...]:
        known = (*self._secrets, self._token or "")
        return tuple({form for secret in known if secret for form in _forms(secret)})

    @abstractmethod
    def _fetch(self) -> tuple[str, float]:
        """A new token and the seconds it lives."""

    def _ask(self, path: str, body: bytes, content_type: str) -> Answer:
        headers = {"Content-Type": content_type}
        request = Request("POST", self._door.base + path, headers=headers, body=body)
        try:
            return self._door.exchange(request)
        except AnswerLost as lost:  # a token that was made and lost does no harm
            raise Unavailable(self._door.where, f"no token: {lost.reason}") from lost

    def _checked(self, token: object) -> str:
        usable = isinstance(token, str) and token.isascii() and token.isprintable()
        if not isinstance(token, str) or not token or not usable or " " in token:
            raise Malformed(self._door.where, "the answer holds no usable token")
        return token

    def _refused(self, answer: Answer) -> Exception:
        return token_error_of(
            answer, self._door.where, now=self._timing.now(), worked=self._worked,
            hidden=self.hidden(),
        )  # fmt: skip


class OAuthToken(_Renewed):
    """An OAuth 2 token endpoint: `form` is posted to `path`, the answer is RFC 6749 §5.1."""

    def __init__(self, door: Door, path: str, form: Form, timing: Timing) -> None:
        super().__init__(door, timing)
        self._path, self._form = path, form
        self._skew = timedelta()

    def _fetch(self) -> tuple[str, float]:
        answer = self._post()
        theirs, ours = answer.date, self._timing.now() + self._skew
        if answer.status in {400, 401} and theirs is not None and abs(theirs - ours) > _SKEW:
            self._skew += theirs - ours
            answer = self._post()
        if not 200 <= answer.status < 300:
            raise self._refused(answer)
        told = Fields(with_data(answer, self._door.where).data)
        life = told.number("expires_in")
        lives = UNTOLD_LIFE if life is None else min(max(life, 0.0), _MAX_LIFE)
        return self._checked(told.get("access_token")), lives

    def _post(self) -> Answer:
        form = self._form(self._timing.now() + self._skew)
        self._secrets = tuple(form[name] for name in _SECRETS if name in form)
        return self._ask(self._path, urlencode(form).encode(), "application/x-www-form-urlencoded")


class LoginToken(_Renewed):
    """A login with a JSON body; `find` takes the token out of the answer (a header, a field).

    Its life is read from the token where it is a JWT, else `life` seconds.
    """

    def __init__(
        self,
        door: Door,
        path: str,
        body: Mapping[str, str],
        find: Callable[[Answer], object],
        timing: Timing,
        life: float = UNTOLD_LIFE,
    ) -> None:
        super().__init__(door, timing, tuple(body.values()))
        self._path, self._body, self._find, self._life = path, dict(body), find, life

    def _fetch(self) -> tuple[str, float]:
        answer = self._ask(self._path, json.dumps(self._body).encode(), "application/json")
        if not 200 <= answer.status < 300:
            raise self._refused(answer)
        found = self._find(with_data(answer, self._door.where))
        token = self._checked(found.removeprefix("Bearer ") if isinstance(found, str) else found)
        return token, _life_of(token) or self._life


def client_credentials(client_id: str, secret: str, **extra: str) -> Form:
    """RFC 6749 §4.4, the secret in the form; `extra` is for scope and the like."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return lambda _: form | extra


def jwt_bearer(
    key: PrivateKey, *, issuer: str, subject: str | None, audience: str, scopes: Sequence[str]
) -> Form:
    """RFC 7523 §2.1 with RS256: a service account, acting for `subject` where one is given."""
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = {"iss": issuer, "aud": audience, "scope": " ".join(scopes)}
    if subject is not None:
        claims["sub"] = subject

    def form(at: datetime) -> Mapping[str, str]:
        life = {"iat": int(at.timestamp()), "exp": int(at.timestamp()) + 3600}
        return {"grant_type": grant, "assertion": jwt.encode(claims | life, key, "RS256")}

    return form


def client_assertion(
    key: PrivateKey, *, client_id: str, key_id: str, audience: str, scope: str
) -> Form:
    """RFC 7523 §2.2 with ES256: a signed assertion in the place of a client secret."""
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    def form(at: datetime) -> Mapping[str, str]:
        claims = {
            "iss": client_id, "sub": client_id, "aud": audience, "jti": str(uuid.uuid4()),
            "iat": int(at.timestamp()), "exp": int(at.timestamp()) + 3600,
        }  # fmt: skip
        signed = jwt.encode(claims, key, "ES256", headers={"kid": key_id})
        return {
            "grant_type": "client_credentials", "client_id": client_id, "scope": scope,
            "client_assertion_type": kind, "client_assertion": signed,
        }  # fmt: skip

    return form


def private_key(pem: str, where: Where) -> PrivateKey:
    """An RSA or elliptic-curve key without a passphrase. Raises `Invalid`, without the key."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        raise Invalid(where, "the private key is not a PEM key without passphrase") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise Invalid(where, "the private key is of a kind that is not used here")
    return key


def _forms(secret: str) -> tuple[str, str, str]:
    """As it is, as it stands in a form, and as it stands in JSON."""
    return secret, quote(secret, ""), json.dumps(secret)[1:-1]


def _life_of(token: str) -> float | None:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        life = float(claims["exp"]) - float(claims["iat"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return None
    return life if 0 < life <= _MAX_LIFE else None
