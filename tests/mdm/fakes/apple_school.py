"""Apple School Manager's API and its token endpoint, as far as they are used.

Written by hand from the API's description, version 1.3. It is strict where Apple is: the assertion
and every argument are looked at, a cursor must be one of its own, and nothing but GET is known.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mdm.types import OutcomeState as State, Receipt
from tests.mdm.fakes.apple_school_devices import HOST, error, org_device, text
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.http import Call, Reply, Route

LOGIN = "/auth/oauth2/token"
LIST = "/v1/orgDevices"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE = timedelta(days=180).total_seconds()


@functools.cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem_of(key: Any) -> str:
    """A private key as the file that is downloaded."""
    form = serialization.PrivateFormat.PKCS8
    made: bytes = key.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    )  # fmt: skip
    return made.decode()


class FakeAppleSchool(FakeVendor):
    """An organisation with one API account.

    released  devices that left the organisation: not listed, but still told of one by one
    link      how the link to the next page is made out of its cursor; None: only in `meta`
    """

    vendor = "apple_school"
    spec = "asm/asm.mock.json"
    client_id = "SCHOOLAPI.9703f56c-10ce-4876-8f59-e78e5e23a152"
    key_id = "d136aa66-0c3b-4bd4-9892-c20e8db024ab"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.known: dict[str, dict[str, Any]] = {}
        self.link: str | None = f"{HOST}/orgDevices?cursor=%s"

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            ("POST", LOGIN, self.token),
            ("GET", LIST, self.listing),
            ("GET", rf"{LIST}/(?P<id>[^/]+)", self.get),
        ]

    def config(self) -> dict[str, str]:
        return {"client_id": self.client_id, "key_id": self.key_id, "private_key": pem_of(_key())}

    def secrets(self) -> list[str]:
        signed = [call.form["client_assertion"] for call in self.calls if self.is_login(call)]
        return [*self.tokens, *signed, *pem_of(_key()).splitlines()[1:-1]]

    # --- who asks -------------------------------------------------------------------------------

    def is_login(self, call: Call) -> bool:
        return call.path == LOGIN

    def token(self, call: Call) -> Reply:
        form = call.form
        if self.revoked or form.get("client_id") != self.client_id:
            return Reply(400, {"error": "invalid_client"})
        if form.get("grant_type") != "client_credentials":
            return Reply(400, {"error": "unsupported_grant_type"})
        if form.get("scope") != "school.api":
            return Reply(400, {"error": "invalid_scope"})
        if form.get("client_assertion_type") != ASSERTION or not self._signed(form):
            return Reply(400, {"error": "invalid_client"})
        token = self.issue(3600, frozenset({"school.api"}))
        return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600,
                           "scope": "school.api"})  # fmt: skip

    def _signed(self, form: dict[str, str]) -> bool:
        """Whether the assertion is ours, for here and for now (by the fake's clock)."""
        try:
            header = jwt.get_unverified_header(form["client_assertion"])
            claims = jwt.decode(
                form["client_assertion"], _key().public_key(), ["ES256"],
                audience="https://account.apple.com/auth/oauth2/v2/token",
                options={"verify_exp": False, "verify_iat": False,
                         "require": ["iss", "sub", "iat", "exp", "jti"]},
            )  # fmt: skip
        except (jwt.InvalidTokenError, KeyError):
            return False
        at = self.now().timestamp()
        now = claims["iat"] - 60 <= at < claims["exp"] <= claims["iat"] + LIFE
        ours = header.get("kid") == self.key_id and claims["sub"] == claims["iss"] == self.client_id
        return now and ours

    def throttled(self) -> Reply:
        reply = error(429, "RATE_LIMIT_EXCEEDED", "Too many requests", "Slow down")
        reply.headers = self.wait_header()
        return reply

    def _barred(self, call: Call, *allowed: str) -> Reply | None:
        if self.token_of(call) is None:
            return error(401, "NOT_AUTHORIZED", "Authentication failed", "The token is not good")
        for name in call.query:
            if name not in allowed:
                return error(400, "PARAMETER_ERROR.ILLEGAL", "Not a parameter", name, name)
        return None

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self._barred(call, "limit", "cursor")
        if barred:
            return barred
        limit, start = call.query.get("limit", "100"), 0
        if not re.fullmatch(r"\d{1,4}", limit, re.ASCII) or not 1 <= int(limit) <= 1000:
            return error(400, "PARAMETER_ERROR.INVALID", "Not a limit", "1 to 1000", "limit")
        if "cursor" in call.query:
            places = {_cursor(place): place for place in range(len(self.known) + 1)}
            if call.query["cursor"] not in places:
                return error(400, "PARAMETER_ERROR.INVALID", "Not a cursor", "too old", "cursor")
            start = places[call.query["cursor"]]
        rows, following = self.page([self.known[id] for id in self.ids()], start, int(limit))
        links, paging = {"self": f"{HOST}/orgDevices"}, {"limit": int(limit)}
        body = {"data": rows, "links": links, "meta": {"paging": paging}}
        if following is not None:
            paging |= {"nextCursor": _cursor(following)}
            links |= {"next": self.link % _cursor(following)} if self.link else {}
        return Reply(200, body)

    def get(self, call: Call, id: str) -> Reply:
        barred = self._barred(call)
        if barred:
            return barred
        if id not in self.known:
            words = f"There is no resource of type 'orgDevices' with id '{id}'"
            return error(404, "NOT_FOUND", "The specified resource doesn't exist", words)
        links = {"self": f"{HOST}/orgDevices/{id}"}
        return Reply(200, {"data": self.out(self.known[id]), "links": links})

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = org_device(self.random, next(self.numbers), self.now())
            self.known[record["id"]] = record

    def ids(self) -> list[str]:
        return [id for id, r in self.known.items()
                if not r["attributes"]["releasedFromOrgDateTime"]]  # fmt: skip

    def record(self, device_id: str) -> dict[str, Any]:
        return self.known[device_id]

    def release(self, device_id: str) -> None:
        """The organisation gives the device up, as when it is sold."""
        self.known[device_id]["attributes"]["releasedFromOrgDateTime"] = text(self.now())

    def forget(self, device_id: str) -> None:
        self.known.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        """It was released, and is added again."""
        self.known[device_id]["attributes"]["addedToOrgDateTime"] = text(self.now())

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        return frozenset()

    def settle(self, receipt: Receipt, state: State) -> None:
        raise AssertionError("Apple School Manager has no commands")


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"{place}:0:1746113892590".encode()).decode().rstrip("=")
