"""Version 3 Reports in plain words: why a user was turned away (RFC 3414 §3.2, RFC 3413 §3.2)."""

from __future__ import annotations

from snmp_discovery.types import Oid, UsmCredential, dotted

_USM_STATS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNSUPPORTED_LEVEL: Oid = (*_USM_STATS, 1, 0)
NOT_IN_TIME_WINDOW: Oid = (*_USM_STATS, 2, 0)
UNKNOWN_USER: Oid = (*_USM_STATS, 3, 0)
UNKNOWN_ENGINE: Oid = (*_USM_STATS, 4, 0)
WRONG_DIGEST: Oid = (*_USM_STATS, 5, 0)
DECRYPTION_ERROR: Oid = (*_USM_STATS, 6, 0)
UNAVAILABLE_CONTEXT: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 4, 0)
UNKNOWN_CONTEXT: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)
"""The name in a Report's one varbind."""


def reason(cause: Oid, credential: UsmCredential) -> str:
    """What to tell a technician about a Report; `cause` is the name in its varbind."""
    user, context = repr(credential.user), repr(credential.context)
    reasons = {
        UNKNOWN_USER: f"user {user} is not known on this device",
        WRONG_DIGEST: f"the authentication key or algorithm of user {user} is wrong",
        DECRYPTION_ERROR: f"the privacy key or algorithm of user {user} is wrong",
        UNSUPPORTED_LEVEL: f"user {user} is not allowed at level {level(credential)}",
        NOT_IN_TIME_WINDOW: "the device's clock and ours cannot be brought together",
        UNKNOWN_ENGINE: "the device does not accept the engine id it has named",
        UNKNOWN_CONTEXT: f"context {context} is not known on this device",
        UNAVAILABLE_CONTEXT: f"context {context} is not available on this device",
    }
    return reasons.get(cause, f"the device reports {dotted(cause) or 'nothing we can name'}")


def ignored(credential: UsmCredential) -> str:
    """What to say when an agent that is alive drops encrypted requests without a Report."""
    doubt = f"the privacy key or algorithm of user {credential.user!r}"
    if credential.context:
        doubt += f", or context {credential.context!r},"
    return f"encrypted requests are ignored: {doubt} is wrong"


def level(credential: UsmCredential) -> str:
    """The security level that the credential's keys make (RFC 3411 §3.4.3)."""
    if credential.auth_protocol is None:
        return "noAuthNoPriv"
    return "authNoPriv" if credential.priv_protocol is None else "authPriv"
