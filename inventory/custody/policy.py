"""When a device may change hands, and what becomes of its status. Pure rules."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from inventory.assets.kinds import Status
from inventory.custody.models import Condition, CustodyKind, LoanReason
from inventory.errors import Conflict, InvalidInput

_S = Status
MAX_AHEAD = timedelta(days=366 * 6)
"""Longer than a pupil stays at one school; more is a mistyped year."""

GIVEN_FREELY = frozenset({_S.IN_STOCK, _S.ORDERED, _S.DEPLOYED})
GIVEN_WITH_REASON = frozenset({_S.IN_REPAIR})
"""What is not for handing out just now; somebody may know better, and says why."""


def status_out(status: Status) -> Status:
    """What a device becomes that is handed out. Raises `Conflict` for one that must be found,
    returned by the police or taken back into service first."""
    if status not in GIVEN_FREELY | GIVEN_WITH_REASON:
        raise Conflict(f"this device is recorded as {status.value}; change that first")
    return _S.DEPLOYED


def status_in(status: Status, *, repair: bool) -> Status:
    """What a device becomes that is handed in: stock or the repair shop. One whose life has ended,
    or that is seized, stays what it is: that is for somebody else to undo."""
    if status in {_S.RETIRED, _S.DISPOSED, _S.SEIZED}:
        return status
    return _S.IN_REPAIR if repair and status is not _S.ORDERED else _S.IN_STOCK


def objections(status: Status, overdue: int) -> list[str]:
    """What speaks against handing it out, and may be overridden with a reason.

    overdue  how many things the person should have brought back by now
    """
    found = []
    if status in GIVEN_WITH_REASON:
        found.append(f"the device is recorded as {status.value}")
    if overdue:
        found.append(f"the person has not brought back {overdue} that were due")
    return found


def require_no_objection(found: Sequence[str], reason: str) -> None:
    """Raises `Conflict` with all of them unless there is a reason to override."""
    if found and not reason:
        raise Conflict(f"{'; '.join(found)}; to do it all the same, give a reason as `override`")


def require_term(
    kind: CustodyKind, loan_reason: LoanReason | None, due_at: datetime | None, now: datetime
) -> None:
    """A loan has a reason and an end; an end lies ahead. Raises `InvalidInput`."""
    if kind is CustodyKind.LOAN and due_at is None:
        raise InvalidInput("a loan has an end", {"due_at": ["say when it is due"]})
    if (kind is CustodyKind.LOAN) != (loan_reason is not None):
        message = "say why it is lent" if loan_reason is None else "only a loan has this"
        raise InvalidInput("a loan has a reason", {"loan_reason": [message]})
    if due_at is not None:
        require_ahead(due_at, now)


def require_ahead(due_at: datetime, now: datetime) -> None:
    """Raises `InvalidInput` for a moment that has passed or lies absurdly far ahead."""
    if due_at.tzinfo is None:
        raise InvalidInput("due_at needs a time zone", {"due_at": ["needs a time zone"]})
    if due_at <= now:
        raise InvalidInput("due_at has passed", {"due_at": ["must lie ahead"]})
    if due_at - now > MAX_AHEAD:
        raise InvalidInput("due_at is too far ahead", {"due_at": ["is too far ahead"]})


def goes_to_repair(condition: Condition | None, repair: bool | None) -> bool:
    """What somebody says counts; else what is broken goes to the repair shop."""
    return condition is Condition.BROKEN if repair is None else repair
