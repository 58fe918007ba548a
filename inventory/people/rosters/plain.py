"""A plain CSV file of people: the columns of OneRoster's users.csv, or what people call them."""

from typing import BinaryIO

from inventory.people.rosters.members import add, member_of, refuse, role_of
from inventory.people.rosters.rows import Layout, Row, read_rows
from inventory.people.rosters.types import Org, Roster
from inventory.people.rosters.values import listed, one_line

LAYOUT = Layout(
    "people.csv",
    {
        "sourcedId": ("id", "person_id", "student_id"),
        "givenName": ("first_name", "first"),
        "familyName": ("last_name", "last", "surname"),
        "role": ("type",),
        "school": ("schools", "site", "orgSourcedIds", "building"),
        "grades": ("grade", "grade_level"),
        "homeroom": ("home_room", "hr"),
        "enabledUser": ("enabled", "active", "status"),
    },
    ("sourcedId", "givenName", "familyName", "role", "school"),
    key="sourcedId",
)


def read_plain(stream: BinaryIO, *, partial: bool) -> Roster:
    """The people of a CSV file. A school stands there by its code or name, the first one first,
    with semicolons between. `partial`: the file names only some people.

    Raises `InvalidInput` and `TooLarge` for a file that cannot be read.
    """
    roster = Roster("csv", LAYOUT.file, partial=partial)
    for row in read_rows(stream, LAYOUT, roster):
        _person(row, roster)
    return roster


def _person(row: Row, roster: Roster) -> None:
    member = member_of(row, roster)
    if member is None:
        return
    member.role = role_of(row["role"], row, roster)
    if member.role is None:
        return
    schools = tuple(one_line(name) for name in listed(row["school"], ";|"))
    if not schools:
        refuse(row, roster, "is empty", "school")
        return
    for name in schools:
        roster.orgs.setdefault(name, Org(name, name, "school", name))
    member.orgs = schools
    member.grade = row["grades"]
    member.homeroom = one_line(row["homeroom"])
    add(member, row, roster)
