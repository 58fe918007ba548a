"""How a device may be asked: v1 and v2c communities, v3 users."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Version(StrEnum):
    V1 = "1"
    V2C = "2c"
    V3 = "3"


class AuthProtocol(StrEnum):
    """USM authentication: RFC 3414 (MD5, SHA-1) and RFC 7860 (SHA-2)."""

    MD5 = "MD5"
    SHA1 = "SHA1"
    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class PrivProtocol(StrEnum):
    """USM privacy: RFC 3414 (DES), RFC 3826 (AES-128), draft-blumenthal (AES-192/256)."""

    DES = "DES"
    AES128 = "AES128"
    AES192 = "AES192"
    AES256 = "AES256"


@dataclass(frozen=True, slots=True)
class CommunityCredential:
    """A v1 or v2c community. `label` names it in evidence and logs; the community never does."""

    community: bytes = field(repr=False)
    version: Version = Version.V2C
    label: str = "community"


@dataclass(frozen=True, slots=True)
class UsmCredential:
    """A v3 user. No auth key: noAuthNoPriv; no priv key: authNoPriv; both: authPriv."""

    user: str
    auth_protocol: AuthProtocol | None = None
    auth_key: str | None = field(default=None, repr=False)
    priv_protocol: PrivProtocol | None = None
    priv_key: str | None = field(default=None, repr=False)
    context: str = ""
    label: str = "v3 user"


Credential = CommunityCredential | UsmCredential
