"""roles.csv of OneRoster 1.2: what somebody is, and at which schools."""

from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from inventory.people.models import PersonRole
from inventory.people.roster_models import ProblemKind
from inventory.people.rosters.rows import Layout, Row, read_rows
from inventory.people.rosters.types import Member, Roster
from inventory.people.rosters.values import NOT_OURS, RANK, ROLES, in_force

LAYOUT = Layout(
    "roles.csv",
    {"userSourcedId": (), "status": (), "roleType": (), "role": (), "beginDate": (),
     "endDate": (), "orgSourcedId": ()},
    ("userSourcedId", "role", "orgSourcedId"),
    key="userSourcedId",
)  # fmt: skip


@dataclass(slots=True)
class _Held:
    """What roles.csv says of one user."""

    first: tuple[PersonRole, str] | None = None
    others: list[tuple[PersonRole, str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    not_ours: bool = False


def take_roles(stream: BinaryIO, roster: Roster, *, today: date) -> None:
    """Give every member their role and schools.

    In a complete file a user without a role of today cannot be used; in a delta the role of who is
    not named in it stays, and who is named in it alone becomes a member with nothing but that.
    """
    held: dict[str, _Held] = {}
    for row in read_rows(stream, LAYOUT, roster):
        _take(row, held, roster, today)
    for key in held:
        if key not in roster.members and not roster.complete and key not in roster.held:
            roster.members[key] = Member(key, 0)
    for key, member in list(roster.members.items()):
        _apply(member, held.get(key), roster)


def _take(row: Row, held: dict[str, _Held], roster: Roster, today: date) -> None:
    key, org, role = row["userSourcedId"], row["orgSourcedId"], row["role"].casefold()
    if not key or not org:
        roster.refuse(
            ProblemKind.INVALID, row.line, "names no user or no school", sourced_id=key,
            file=LAYOUT.file,
        )  # fmt: skip
        return
    found = held.setdefault(key, _Held())
    if row["status"].casefold() == "tobedeleted" or not in_force(
        row["beginDate"], row["endDate"], today
    ):
        found.ended.append(org)
    elif role in NOT_OURS:
        found.not_ours = True
        roster.left_out[role] += 1
    elif role not in ROLES:
        roster.refuse(
            ProblemKind.INVALID, row.line, "is no role that is known", column="role",
            sourced_id=key, file=LAYOUT.file,
        )  # fmt: skip
    elif row["roleType"].casefold() == "primary" and found.first is None:
        found.first = ROLES[role], org
    else:
        found.others.append((ROLES[role], org))


def _apply(member: Member, found: _Held | None, roster: Roster) -> None:
    if member.active is False:
        return
    if member.sourced_id in roster.held:
        # Half of what somebody is may be worse than what is known.
        del roster.members[member.sourced_id]
        return
    if found is None:
        found = _Held()
    every = ([found.first] if found.first else []) + sorted(
        found.others, key=lambda each: RANK.index(each[0])
    )
    if every:
        member.role = every[0][0]
        # The user's own first school goes before that of the first role, where it is one of them.
        orgs = tuple(dict.fromkeys(org for _role, org in every))
        member.orgs = tuple(dict.fromkeys((*(o for o in member.orgs if o in orgs), *orgs)))
    if not roster.complete:
        member.firm = found.first is not None
        member.left_orgs = tuple(org for org in found.ended if org not in member.orgs)
        return
    if not every:
        del roster.members[member.sourced_id]
        if not found.not_ours:
            roster.refuse(
                ProblemKind.INVALID, member.line, "has no role of today in roles.csv",
                column="role", sourced_id=member.sourced_id,
            )  # fmt: skip
