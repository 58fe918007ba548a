"""Every error that a user of the application may meet.

HomeroomError
├── InvalidInput           422  a value that cannot be accepted; `fields` names each one
├── NotFound               404  nothing with that name in the caller's scope; `near` may suggest
├── Unauthenticated        401  no session or token, or one that has ended
├── Forbidden              403  the permission or the site is missing
│   └── PasswordChangeDue  403  a one-time password opens nothing but its own change
├── Conflict               409  the state of things does not allow it
│   └── Duplicate          409  a unique value is taken
├── VersionMismatch        412  somebody changed it since it was read
├── VersionRequired        428  a change without If-Match
├── TooLarge               413  a body or a range beyond its cap
├── TooManyRequests        429  slow down; `retry_after` in seconds
├── Unavailable            503  cannot be done now, and may be tried again
│   ├── DatabaseBusy            the database is locked by another writer
│   └── StorageFull             the disk or the database has no room
└── Misconfigured               a setting is missing, unknown or unsafe
    └── SealBroken              a sealed secret does not open: wrong master key or moved bytes
"""

from collections.abc import Mapping, Sequence


class HomeroomError(Exception):
    """Root of the tree; the message is fit to show to the person who asked."""

    status = 500
    title = "Something went wrong"


class InvalidInput(HomeroomError):
    """`fields` maps a field's name to its messages, as marshmallow does."""

    status = 422
    title = "The request cannot be accepted"

    def __init__(self, message: str, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class NotFound(HomeroomError):
    """`near` are things that the caller may have meant."""

    status = 404
    title = "Not found"

    def __init__(self, message: str, near: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.near = list(near)


class Unauthenticated(HomeroomError):
    status = 401
    title = "Sign in first"


class Forbidden(HomeroomError):
    status = 403
    title = "Not allowed"


class PasswordChangeDue(Forbidden):
    title = "Choose a password first"


class Conflict(HomeroomError):
    status = 409
    title = "Not possible in the present state"


class Duplicate(Conflict):
    title = "Already taken"


class VersionMismatch(HomeroomError):
    status = 412
    title = "Changed by somebody else"


class VersionRequired(HomeroomError):
    status = 428
    title = "Say which version you are changing"


class TooLarge(HomeroomError):
    status = 413
    title = "Too large"


class TooManyRequests(HomeroomError):
    """`retry_after`: seconds until another try makes sense."""

    status = 429
    title = "Too many requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(HomeroomError):
    """`retry_after`: seconds until another try makes sense, where somebody said so."""

    status = 503
    title = "Not available just now"
    retry_after: int | None = None


class DatabaseBusy(Unavailable):
    title = "The database is busy"


class StorageFull(Unavailable):
    title = "No room left"


class Misconfigured(HomeroomError):
    title = "The settings are not usable"


class SealBroken(Misconfigured):
    title = "A sealed secret does not open"
