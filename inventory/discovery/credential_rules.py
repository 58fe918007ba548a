"""What an SNMP credential may be. Pure rules; messages never repeat a secret."""

from dataclasses import dataclass, field

from inventory.discovery.models import CredentialKind
from inventory.errors import InvalidInput
from snmp_discovery.types import AuthProtocol, PrivProtocol

DEFAULT_COMMUNITIES = frozenset({b"public", b"private"})
"""What devices are shipped with, and what anybody tries first."""

SECRETS = ("community", "auth_key", "priv_key")

KEY_LENGTH = (8, 255)
"""Characters of a v3 pass phrase; RFC 3414 §11.2 forbids fewer than eight."""


@dataclass(frozen=True, slots=True)
class CredentialDraft:
    """What a person enters. None for a secret: not given (a change then keeps the old one)."""

    label: str
    kind: CredentialKind
    username: str = ""
    auth_protocol: AuthProtocol | None = None
    priv_protocol: PrivProtocol | None = None
    context: str = ""
    community: str | None = field(default=None, repr=False)
    auth_key: str | None = field(default=None, repr=False)
    priv_key: str | None = field(default=None, repr=False)


def check(draft: CredentialDraft, *, has: frozenset[str] = frozenset()) -> None:
    """Raises `InvalidInput` naming the field. `has`: secrets that are already kept."""
    if not 1 <= len(draft.label.strip()) <= 80:
        raise _wrong("label", "must have 1 to 80 characters")
    for name in ("label", "username", "context"):
        if not getattr(draft, name).isprintable():
            raise _wrong(name, "must not hold control characters")
    for name in SECRETS:
        _check_encodable(name, getattr(draft, name))
    given = has | {name for name in SECRETS if getattr(draft, name) is not None}
    if draft.kind is CredentialKind.V3:
        _check_user(draft, given)
    else:
        _check_community(draft, given)


def _check_encodable(name: str, secret: str | None) -> None:
    try:
        (secret or "").encode()
    except UnicodeEncodeError:
        # Without its cause, which holds the secret.
        raise _wrong(name, "must be Unicode text") from None


def _check_community(draft: CredentialDraft, given: frozenset[str]) -> None:
    for name in ("username", "auth_protocol", "priv_protocol", "context", "auth_key", "priv_key"):
        if getattr(draft, name):
            raise _wrong(name, f"belongs to v3, not to {draft.kind.value}")
    if "community" not in given:
        raise _wrong("community", "is required")
    if draft.community is not None and not 1 <= len(draft.community.encode()) <= 255:
        raise _wrong("community", "must have 1 to 255 octets")


def _check_user(draft: CredentialDraft, given: frozenset[str]) -> None:
    if draft.community is not None:
        raise _wrong("community", "belongs to v1 and v2c, not to v3")
    if not 1 <= len(draft.username.encode()) <= 32:
        raise _wrong("username", "must have 1 to 32 octets (RFC 3414 §2.1)")
    if draft.priv_protocol is not None and draft.auth_protocol is None:
        raise _wrong("priv_protocol", "needs an auth_protocol: v3 has no privacy alone")
    for name, protocol in (("auth_key", draft.auth_protocol), ("priv_key", draft.priv_protocol)):
        key: str | None = getattr(draft, name)
        if protocol is None and key is not None:
            raise _wrong(name, f"is of no use without {name.replace('key', 'protocol')}")
        if protocol is not None and name not in given:
            raise _wrong(name, "is required")
        if key is not None and not KEY_LENGTH[0] <= len(key) <= KEY_LENGTH[1]:
            raise _wrong(name, f"must have {KEY_LENGTH[0]} to {KEY_LENGTH[1]} characters")


def is_default(community: str) -> bool:
    """Whether the community is one that devices are shipped with."""
    return community.encode().lower() in DEFAULT_COMMUNITIES


def _wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name}: {message}", {name: [message]})
