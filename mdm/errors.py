"""Every error this package raises.

MdmError
├── RetryLater             surely nothing was carried out; the same call may be made again later
│   ├── Throttled          the vendor asks for patience; `retry_after` seconds, where it told
│   └── Unavailable        not reached, or it failed before anything was accepted
│       └── Untrusted      its certificate is not trusted; nothing was sent
├── AnswerLost             sent, and no readable answer: it may have been carried out, or not
├── CredentialError        somebody must mend the credential; surely nothing was carried out
│   ├── WrongCredential    it never worked
│   ├── RevokedCredential  it worked before and is refused now
│   ├── ExpiredCredential  the vendor says that it has run out
│   └── MissingRight       it is right, but may not do this
├── LicenceRequired        the vendor's plan does not include it (HTTP 402)
├── Permanent              asking again changes nothing; surely nothing was carried out
│   ├── Gone               the vendor does not know this device or command (any more)
│   ├── Refused            the vendor says no, in its own words
│   ├── Unsupported        the connector does not do this; no request was made
│   ├── Invalid            a setting, an argument or a command that cannot be accepted
│   └── ResumeRefused      a cursor is too old; begin the list anew
└── ProtocolError          an answer that is not what the vendor promises
    ├── NotJson            HTML or other text where JSON belongs
    ├── Malformed          cut JSON, or a shape that is not the promised one
    ├── Looping            pages that never end
    ├── TooLarge           an answer beyond its cap
    └── Redirected         sent to another address; it is never followed

`AnswerLost` is not below `RetryLater`: who catches "retry later" must not send a wipe twice. It
comes only from calls that change something; a lost answer to a question is `Unavailable`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """Which vendor and which of its connections an error speaks of."""

    vendor: str
    connection: str = ""

    def __str__(self) -> str:
        return f"{self.vendor} ({self.connection})" if self.connection else self.vendor


class MdmError(Exception):
    """Root of the tree. The message names vendor and connection and holds no secret."""

    def __init__(self, where: Where, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.reason = message


class RetryLater(MdmError):
    """`retry_after`: seconds that the vendor asked to wait, None where it did not tell."""

    def __init__(self, where: Where, message: str, retry_after: float | None = None) -> None:
        super().__init__(where, message)
        self.retry_after = retry_after


class Throttled(RetryLater):
    """Too many requests; surely not accepted."""


class Unavailable(RetryLater):
    """The vendor was not reached, or could not answer a question."""


class Untrusted(Unavailable):
    """The certificate is not trusted: an inspecting proxy, a wrong clock, or an attack."""


class AnswerLost(MdmError):
    """Uncertain: the request left, and what became of it is not known. Never simply send again."""


class CredentialError(MdmError):
    """The credential does not let us in."""


class WrongCredential(CredentialError):
    """It never worked on this connection."""


class RevokedCredential(CredentialError):
    """It worked before on this connection and is refused now."""


class ExpiredCredential(CredentialError):
    """The vendor says that the credential has run out."""


class MissingRight(CredentialError):
    """The credential is right, and may not do this."""


class LicenceRequired(MdmError):
    """The vendor's plan or licence does not include this."""


class Permanent(MdmError):
    """Asking again changes nothing."""


class Gone(Permanent):
    """The vendor does not know this device or command, or not any more."""


class Refused(Permanent):
    """The vendor says no; the message holds its words."""


class Unsupported(Permanent):
    """The connector does not do this for such a device; no request was made."""


class Invalid(Permanent):
    """A setting, an argument or a command that cannot be accepted."""


class ResumeRefused(Permanent):
    """The vendor does not take this cursor (any more): begin the list anew."""


class ProtocolError(MdmError):
    """An answer that is not what the vendor promises."""


class NotJson(ProtocolError):
    """HTML or other text where JSON belongs: a proxy's page, or a wrong address."""


class Malformed(ProtocolError):
    """Cut JSON, or a shape that is not the promised one."""


class Looping(ProtocolError):
    """Pages that never end."""


class TooLarge(ProtocolError):
    """An answer beyond its cap."""


class Redirected(ProtocolError):
    """The answer sends us to another address. A credential never follows it."""
