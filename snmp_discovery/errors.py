"""Every error this package raises.

DiscoveryError
├── TargetError            a target that cannot be swept (bad CIDR, unknown host, too large)
├── CredentialError        a credential that cannot be used (missing key, unknown algorithm)
├── Cancelled              the caller asked to stop
└── SessionError           one device's conversation failed; the rest of the sweep goes on
    ├── NoAnswer           silence: timeout after all retries
    ├── MalformedAnswer    bytes that are not a valid SNMP message
    ├── AgentError         an error-status came back (genErr, tooBig at the smallest size)
    ├── WalkRefused        a table that loops, runs backwards or exceeds its cap
    └── SecurityRefused    a v3 Report: unknown user, wrong digest, decryption error, ...
"""

from __future__ import annotations

from snmp_discovery.types import Oid, Value


class DiscoveryError(Exception):
    """Root of the package's errors; the message is fit to show to a technician."""


class TargetError(DiscoveryError):
    """A target text names nothing that can be swept."""


class CredentialError(DiscoveryError):
    """A credential is incomplete or uses an unknown algorithm."""


class Cancelled(DiscoveryError):
    """The caller asked the sweep to stop; what was found so far was delivered."""


class SessionError(DiscoveryError):
    """One device's conversation failed; `partial` is what was read before it did."""

    def __init__(self, message: str, partial: dict[Oid, Value] | None = None) -> None:
        super().__init__(message)
        self.partial: dict[Oid, Value] = {} if partial is None else partial


class NoAnswer(SessionError):
    """Nothing came back after all retries."""


class MalformedAnswer(SessionError):
    """The answer is not a valid SNMP message, or answers a different question."""


class AgentError(SessionError):
    """The agent answered with an error-status that no smaller request cures."""


class WalkRefused(SessionError):
    """A table loops, runs backwards or exceeds its cap; `partial` holds the good rows before."""


class SecurityRefused(SessionError):
    """A v3 agent refused the credential; the message names which Report it sent (RFC 3414 §3.2)."""
