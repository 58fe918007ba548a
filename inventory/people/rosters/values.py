"""Single values of rosters: lists, yes and no, roles, dates. Pure rules."""

from collections.abc import Mapping
from datetime import date

from inventory.people.models import PersonRole

ROLES: Mapping[str, PersonRole] = {
    "student": PersonRole.STUDENT,
    "teacher": PersonRole.TEACHER,
    "administrator": PersonRole.STAFF,
    "aide": PersonRole.STAFF,
    "counselor": PersonRole.STAFF,
    "districtadministrator": PersonRole.STAFF,
    "principal": PersonRole.STAFF,
    "proctor": PersonRole.STAFF,
    "siteadministrator": PersonRole.STAFF,
    "staff": PersonRole.STAFF,
    "systemadministrator": PersonRole.STAFF,
}
"""Roles of OneRoster 1.1 and 1.2 (users.csv, roles.csv), and `staff` of plain files."""

NOT_OURS = frozenset({"guardian", "parent", "relative"})
"""Roles of people who get no device: they are not kept."""

RANK = (PersonRole.STAFF, PersonRole.TEACHER, PersonRole.STUDENT)
"""Of several roles without a first one, the one that answers for more."""


def listed(cell: str, separators: str = ",") -> tuple[str, ...]:
    """The entries of a list, without blanks and repetitions, in their order."""
    for separator in separators[1:]:
        cell = cell.replace(separator, separators[0])
    return tuple(dict.fromkeys(part.strip() for part in cell.split(separators[0]) if part.strip()))


def truth(cell: str) -> bool | None:
    """None for what is neither yes nor no; "" is yes, as files leave it out."""
    return {"": True, "true": True, "1": True, "yes": True, "active": True, "false": False,
            "0": False, "no": False, "inactive": False}.get(cell.casefold())  # fmt: skip


def in_force(begin: str, end: str, today: date) -> bool:
    """Whether a time from `begin` to `end` (ISO dates, or "") holds today; a date that cannot be
    read bounds nothing."""
    first, last = _date(begin), _date(end)
    return (first is None or first <= today) and (last is None or today <= last)


def _date(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell[:10])
    except ValueError:
        return None


def one_line(text: str) -> str:
    """Blanks collapsed."""
    return " ".join(text.split())
