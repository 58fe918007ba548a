"""From a row to a person: the checks that every kind of file shares."""

from collections.abc import Mapping

from inventory.people.models import PersonRole
from inventory.people.roster_models import ProblemKind
from inventory.people.rosters.rows import Row, wrong
from inventory.people.rosters.types import (
    GRADE_LENGTH,
    HOMEROOM_LENGTH,
    KEY_LENGTH,
    MOST_MEMBERS,
    NAME_LENGTH,
    Member,
    Roster,
)
from inventory.people.rosters.values import NOT_OURS, ROLES, one_line, truth

LENGTHS: Mapping[str, int] = {
    "sourcedId": KEY_LENGTH, "givenName": NAME_LENGTH, "familyName": NAME_LENGTH,
    "grades": GRADE_LENGTH, "homeroom": HOMEROOM_LENGTH,
}  # fmt: skip

NEEDED = ("sourcedId", "givenName", "familyName")


def member_of(row: Row, roster: Roster, *, sparse: bool = False) -> Member | None:
    """The person of a row, without role and schools; None where the row cannot be used.

    sparse  only the key must be there: the row says that somebody goes
    """
    key = row["sourcedId"]
    for name, most in LENGTHS.items():
        cell = row.cells.get(name, "")
        if len(cell) > most:
            refuse(row, roster, f"has more than {most} characters", name)
            return None
        if not cell and name in NEEDED and not (sparse and name != "sourcedId"):
            refuse(row, roster, "is empty", name)
            return None
    enabled = truth(row.cells.get("enabledUser", ""))
    if enabled is None:
        refuse(row, roster, "is neither true nor false", "enabledUser")
        return None
    return Member(
        key,
        row.line,
        given_name=one_line(row["givenName"]) or None,
        family_name=one_line(row["familyName"]) or None,
        active=enabled,
    )


def add(member: Member, row: Row, roster: Roster) -> None:
    """Put somebody into the roster. A key that comes twice names nobody: which row is right?"""
    first = roster.members.get(member.sourced_id)
    if first is not None or member.sourced_id in roster.held:
        where = f"line {first.line}" if first else "another row"
        roster.members.pop(member.sourced_id, None)
        roster.refuse(
            ProblemKind.CONFLICT, row.line, f"has the same key as {where}; neither is used",
            column="sourcedId", sourced_id=member.sourced_id,
        )  # fmt: skip
        return
    if len(roster.members) >= MOST_MEMBERS:
        raise wrong(roster.file, f"names more than {MOST_MEMBERS:,} people")
    roster.members[member.sourced_id] = member


def refuse(row: Row, roster: Roster, reason: str, column: str) -> None:
    """Keep a row out."""
    key = row["sourcedId"]
    if not key or len(key) > KEY_LENGTH:
        key = ""
        roster.nameless += 1
    roster.refuse(ProblemKind.INVALID, row.line, reason, column=column, sourced_id=key)


def role_of(text: str, row: Row, roster: Roster) -> PersonRole | None:
    """None where the row cannot be used or is not ours to keep, such as a guardian's."""
    plain = text.casefold()
    if plain in NOT_OURS:
        roster.left_out[plain] += 1
        return None
    if plain not in ROLES:
        refuse(row, roster, "is no role that is known" if text else "is empty", "role")
        return None
    return ROLES[plain]
