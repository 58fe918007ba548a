"""For how long, why, and by whom admin rights are granted: pure rules, no database.

The district's policy: only personnel of the technology department holds administrative privileges,
unless the Coordinator of Instructional Technology has specifically authorised it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.access import Role
from inventory.admin_ledger.models import Level
from inventory.assets.kinds import Category
from inventory.assets.words import entered, wrong
from inventory.errors import Conflict, Forbidden, InvalidInput

TECHNOLOGY = frozenset({Role.TECHNICIAN, Role.COORDINATOR})
"""Who has one of these roles is of the technology department, and needs no grant."""
COMPUTERS = frozenset(
    {Category.LAPTOP, Category.WORKSTATION, Category.SERVER}
)  # fmt: skip
"""What has local administrators at all; a Chromebook or a tablet has none."""
LONGEST = timedelta(days=366)
"""One year, also one with a leap day."""
TEMPORARY, LONGEST_TEMPORARY = timedelta(hours=8), timedelta(hours=72)
LATE = timedelta(minutes=5)
"""So long ago a beginning may lie: the time that a form takes."""
CONFIRMED = timedelta(minutes=10)
"""So long a confirmation of who one is holds."""


class NotConfirmed(Forbidden):
    """The permission is there, and the proof of who uses it is not, or not any more.

    A conflict to the caller, and a refusal to the audit log, as every `Forbidden`.
    """

    status = 409
    title = "Confirm who you are"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    asset_id         the device; or every device of `category` at `site_id` and below
    starts_at        None: now
    ends_at          None: only of a temporary one, 8 hours
    """

    person_id: int
    reason: str
    asset_id: int | None = None
    site_id: int | None = None
    category: Category | None = None
    level: Level = Level.ADMINISTRATOR
    temporary: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    ticket: str = ""


def require_reach(wish: Wish) -> None:
    """One device, or one kind of device at one place. Raises `InvalidInput`."""
    group = wish.site_id is not None and wish.category is not None
    if (wish.asset_id is not None) == group or (
        wish.asset_id is not None and (wish.site_id is not None or wish.category is not None)
    ):
        raise wrong("asset_id", "name one device, or a place and a kind of device")
    if wish.category is not None:
        require_computer(wish.category, "category")


def require_computer(category: Category, field: str) -> None:
    """Raises `InvalidInput` for what has no local administrators."""
    if category not in COMPUTERS:
        raise wrong(field, f"a {category.value.replace('_', ' ')} has no local administrators")


def term(wish: Wish, now: datetime) -> tuple[datetime, datetime]:
    """From when until when. Raises `InvalidInput` for no end, the past, or too long."""
    starts = wish.starts_at or now
    ends = wish.ends_at
    if ends is None:
        if not wish.temporary:
            raise wrong("ends_at", "must say until when")
        ends = starts + TEMPORARY
    if starts < now - LATE:
        raise wrong("starts_at", "must not be in the past")
    require_length(starts, ends, temporary=wish.temporary, now=now)
    return starts, ends


def require_length(starts: datetime, ends: datetime, *, temporary: bool, now: datetime) -> None:
    """Raises `InvalidInput`."""
    if ends <= max(starts, now):
        raise wrong("ends_at", "must be later")
    if temporary and ends - starts > LONGEST_TEMPORARY:
        hours = int(LONGEST_TEMPORARY.total_seconds() // 3600)
        raise wrong("ends_at", f"what is temporary lasts {hours} hours at most")
    if ends - starts > LONGEST:
        raise wrong("ends_at", "must be within a year: it is reviewed then")


def said(text: str, field: str = "reason") -> str:
    """The reason, cleaned. Raises `InvalidInput` for none."""
    cleaned = entered(text, field, 1000, lines=True)
    if not cleaned:
        raise InvalidInput("say why", {field: ["must say why"]})
    return cleaned


def require_needed(roles: Iterable[str]) -> None:
    """Raises `Conflict` where the person is of the technology department."""
    if TECHNOLOGY & set(roles):
        raise Conflict("technology staff holds admin rights by its role; no grant is needed")


def require_other(
    decider: int, requester: int | None, holder: int | None, confirmed_at: datetime | None,
    now: datetime,
) -> None:  # fmt: skip
    """Nobody decides about the own request or the own rights, nor without having confirmed who
    they are. All are accounts' ids. Raises `Forbidden`."""
    if decider == requester:
        raise Forbidden("somebody else must authorise what you asked for")
    if decider == holder:
        raise Forbidden("somebody else must authorise your own admin rights")
    if confirmed_at is None or not timedelta(0) <= now - confirmed_at <= CONFIRMED:
        raise NotConfirmed("confirm who you are first")
