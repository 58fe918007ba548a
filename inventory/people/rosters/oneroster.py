"""OneRoster 1.1 and 1.2 as CSV (1EdTech, "OneRoster CSV Binding" 1.1 and 1.2.1).

Read are manifest, orgs, users, roles (1.2), and of classes and enrollments the homerooms. No other
file of a package is ever opened: not demographics.csv, not results.csv, not lineItems.csv.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from inventory.errors import InvalidInput
from inventory.people.rosters.members import add, member_of, refuse, role_of
from inventory.people.rosters.package import Package
from inventory.people.rosters.roles import take_roles
from inventory.people.rosters.rows import Layout, Row, read_rows, wrong
from inventory.people.rosters.types import Org, Roster
from inventory.people.rosters.values import in_force, listed, one_line

MANIFEST = Layout("manifest.csv", {"propertyName": (), "value": ()}, ("propertyName", "value"))
ORGS = Layout(
    "orgs.csv",
    {"sourcedId": (), "status": (), "name": (), "type": (), "identifier": (),
     "parentSourcedId": ()},
    ("sourcedId", "name", "type"),
)  # fmt: skip
USERS = Layout(
    "users.csv",
    {"sourcedId": ("sourceId",), "status": (), "enabledUser": (), "orgSourcedIds": (), "role": (),
     "primaryOrgSourcedId": (), "givenName": (), "familyName": (), "grades": ()},
    ("sourcedId", "givenName", "familyName"),
    key="sourcedId",
)  # fmt: skip
CLASSES = Layout(
    "classes.csv",
    {"sourcedId": (), "status": (), "title": (), "classType": ()},
    ("sourcedId", "title", "classType"),
)
ENROLLMENTS = Layout(
    "enrollments.csv",
    {"status": (), "classSourcedId": (), "userSourcedId": (), "role": (), "beginDate": (),
     "endDate": ()},
    ("classSourcedId", "userSourcedId", "role"),
)  # fmt: skip
DELETED = "tobedeleted"


def read_oneroster(package: Package, *, today: date) -> Roster:
    """The people of a package. Raises `InvalidInput` and `TooLarge` for one that cannot be read."""
    roster = Roster("oneroster-1.1", "users.csv")
    modes = _manifest(package, roster)
    if modes.get("users") == "absent" or "users.csv" not in package:
        raise wrong("users.csv", "is not in the package")
    with_roles = "roles.csv" in package and modes.get("roles") != "absent"
    if with_roles:
        roster.shape = "oneroster-1.2"
    roster.partial = modes.get("users") != "bulk"
    roster.complete = not with_roles or modes.get("roles", "bulk") == "bulk"
    if "orgs.csv" in package:
        for row in _rows(package, ORGS, roster):
            _org(row, roster)
    for row in _rows(package, USERS, roster):
        _user(row, roster, with_roles)
    if with_roles:
        with package.opened("roles.csv") as stream:
            take_roles(stream, roster, today=today)
    homerooms = {"classes.csv", "enrollments.csv"} <= set(package.names)
    if homerooms and {modes.get("classes"), modes.get("enrollments")} == {"bulk"}:
        _homerooms(package, roster, today)
    return roster


def _rows(package: Package, layout: Layout, roster: Roster) -> Iterator[Row]:
    with package.opened(layout.file) as stream:
        yield from read_rows(stream, layout, roster)


def _manifest(package: Package, roster: Roster) -> dict[str, str]:
    """The kind of each file, "bulk", "delta" or "absent", by its name without ".csv"."""
    if "manifest.csv" not in package:
        roster.remark("manifest.csv is missing: nobody is taken to have left")
        return {"classes": "bulk", "enrollments": "bulk"}
    modes: dict[str, str] = {}
    for row in _rows(package, MANIFEST, roster):
        name, value = row["propertyName"].casefold(), row["value"].strip().casefold()
        if name.startswith("file."):
            modes[name.removeprefix("file.")] = value
        elif name == "oneroster.version":
            if value not in {"1.1", "1.2", "1.2.1", "1.1.1"}:
                raise wrong("manifest.csv", "OneRoster is read in the versions 1.1 and 1.2")
            roster.shape = f"oneroster-{value[:3]}"
    for name in ("users", "orgs", "roles"):
        if modes.get(name) not in {None, "bulk", "delta", "absent"}:
            raise wrong("manifest.csv", f"file.{name} is neither bulk nor delta nor absent")
    return modes


def _org(row: Row, roster: Roster) -> None:
    key = row["sourcedId"]
    if key and row["status"].casefold() != DELETED:
        roster.orgs[key] = Org(
            key, one_line(row["name"]), row["type"].casefold(), row["identifier"],
            row["parentSourcedId"],
        )  # fmt: skip


def _user(row: Row, roster: Roster, with_roles: bool) -> None:
    gone = row["status"].casefold() == DELETED
    member = member_of(row, roster, sparse=gone)
    if member is None:
        return
    if gone:
        member.active = False
    elif not with_roles:
        member.role = role_of(row["role"], row, roster)
        if member.role is None:
            return
        member.orgs = listed(row["orgSourcedIds"])
        if not member.orgs:
            refuse(row, roster, "is empty", "orgSourcedIds")
            return
    else:
        member.orgs = listed(row["primaryOrgSourcedId"])
    if not gone:
        member.grade = ",".join(listed(row["grades"]))
    add(member, row, roster)


def _homerooms(package: Package, roster: Roster, today: date) -> None:
    """Who sits in which homeroom. A class or an enrollment that cannot be read changes nothing."""
    other = Roster(roster.shape, "classes.csv")
    titles: dict[str, str] = {}
    with suppress(InvalidInput):
        for row in _rows(package, CLASSES, other):
            if row["classType"].casefold() == "homeroom" and row["status"].casefold() != DELETED:
                titles[row["sourcedId"]] = one_line(row["title"])[:80]
        rooms: dict[str, str] = {}
        for row in _rows(package, ENROLLMENTS, other):
            if (
                row["classSourcedId"] in titles
                and row["role"].casefold() == "student"
                and row["status"].casefold() != DELETED
                and in_force(row["beginDate"], row["endDate"], today)
            ):
                rooms[row["userSourcedId"]] = titles[row["classSourcedId"]]
        for key, member in roster.members.items():
            if member.active:
                member.homeroom = rooms.get(key, "")
        return
    roster.remark("homerooms are left as they are: classes.csv or enrollments.csv cannot be read")
