"""A security key in software, for tests: real keys, real signatures, and every lie one may tell.

What it gives is what `PublicKeyCredential.toJSON` gives in a browser (W3C Web Authentication,
Level 3). The layout of authenticator data is that of its section 6.1.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

HERE = "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One credential. `count` grows with every signature; the other fields are what a wrong key,
    or a page of somebody else, would say."""

    origin: str = HERE
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def name(self) -> str:
        return bytes_to_base64url(self.id)

    def make(self, options: Mapping[str, Any], **lies: Any) -> str:
        """The answer to `navigator.credentials.create`, as the page puts it into the form."""
        data = self._client_data("webauthn.create", options, lies)
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self.public()
        flags = lies.get("flags", self.flags) | ATTESTED
        attested = cbor2.dumps(
            {"fmt": "none", "attStmt": {}, "authData": self._head(flags, lies) + about}
        )
        return self._told(
            {"attestationObject": attested, "clientDataJSON": data}, transports=["usb", "odd"]
        )

    def sign(self, options: Mapping[str, Any], **lies: Any) -> str:
        """The answer to `navigator.credentials.get`."""
        data = self._client_data("webauthn.get", options, lies)
        head = self._head(lies.get("flags", self.flags), lies)
        signature = self.secret.sign(
            head + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._told(
            {"authenticatorData": head, "clientDataJSON": data, "signature": signature}
        )

    def _client_data(self, kind: str, options: Mapping[str, Any], lies: Mapping[str, Any]) -> bytes:
        told = {
            "type": kind, "challenge": lies.get("challenge", options["challenge"]),
            "origin": lies.get("origin", self.origin), "crossOrigin": False,
        }  # fmt: skip
        return json.dumps(told).encode()

    def _head(self, flags: int, lies: Mapping[str, Any]) -> bytes:
        self.count += self.counts
        count = lies.get("count", self.count)
        rp_id = hashlib.sha256(lies.get("rp_id", self.rp_id).encode()).digest()
        return rp_id + bytes([flags]) + count.to_bytes(4, "big")

    def public(self) -> bytes:
        """COSE: an elliptic curve (1: 2), ES256 (3: -7), P-256 (-1: 1), x and y."""
        point = self.secret.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _told(self, response: Mapping[str, bytes], **more: object) -> str:
        told = {name: bytes_to_base64url(raw) for name, raw in response.items()}
        return json.dumps(
            {"id": self.name, "rawId": self.name, "type": "public-key",
             "response": {**told, **more}, "clientExtensionResults": {}}
        )  # fmt: skip
