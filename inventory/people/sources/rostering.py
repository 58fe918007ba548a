"""From a directory's people to the roster that a plan is made of: who is where, and what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.people.models import PersonRole
from inventory.people.roster_models import ProblemKind
from inventory.people.rosters.types import KEY_LENGTH, NAME_LENGTH, Member, Org, Roster
from inventory.people.rosters.values import one_line
from inventory.people.schools import Schools
from inventory.people.sources import orgs
from inventory.people.sources.models import DirectoryKind, OrgKind, RosterDirectory, RosterOrg
from mdm.directories.types import Entry

Place = tuple[OrgKind, str]


@dataclass(frozen=True, slots=True)
class Told:
    """Everybody of whom a directory told, and how many it told of in a way that is not usable."""

    entries: Sequence[Entry]
    unreadable: int = 0
    guests: int = 0


@dataclass(frozen=True, slots=True)
class _Sort:
    """What somebody is by their units, department and groups."""

    role: PersonRole | None
    sites: tuple[int, ...]
    left_out: bool


def roster_of(db: Session, row: RosterDirectory, told: Told, *, now: datetime) -> Roster:
    """The roster. Whom no rule places is held back, which means that they stay as they are;
    whom a rule leaves out is not ours, and who is known all the same has left."""
    roster = Roster(row.kind.value, row.kind.value)
    called: Counter[Place] = Counter(place for each in told.entries for place in _places(each))
    known = orgs.keep(db, row.source_id, called, {p: _name(p) for p in called}, now=now)
    units = {key: _org(kind, key) for kind, key in called if kind is not OrgKind.GROUP}
    schools = Schools(db, units)
    roster.nameless = told.unreadable
    if told.guests:
        roster.left_out["guest"] = told.guests
    for number, entry in enumerate(told.entries, 1):
        sort = _sorted(entry, known, schools, row.rest_role)
        _add(roster, row.kind, entry, sort, number)
    return roster


def _places(entry: Entry) -> list[Place]:
    """The names that somebody stands under: the nearest unit first, and what it lies in."""
    parts = [part for part in entry.unit.split("/") if part]
    units = ["/" + "/".join(parts[:end]) for end in range(len(parts), 0, -1)]
    found = [(OrgKind.UNIT, unit) for unit in units]
    if entry.department:
        found.append((OrgKind.DEPARTMENT, entry.department))
    return [*found, *((OrgKind.GROUP, name) for name in entry.groups)]


def _sorted(
    entry: Entry, known: Mapping[Place, RosterOrg], schools: Schools, rest: PersonRole | None
) -> _Sort:
    """The nearest that was said wins: of units the inner before the outer, then the department,
    then groups. A school that nobody chose is found by its name, but never by that of a group."""
    places = _places(entry)
    said = [known[place] for place in places if place in known]
    role = next((org.role for org in said if org.role is not None), rest)
    chosen = next((org.site_id for org in said if org.site_id is not None), None)
    if chosen is None:
        names = (key for kind, key in places if kind is not OrgKind.GROUP)
        chosen = next((site for site in map(schools.find, names) if site is not None), None)
    more = (org.site_id for org in said if org.kind is OrgKind.GROUP and org.site_id is not None)
    sites = () if chosen is None else tuple(dict.fromkeys((chosen, *more)))
    nearest = next((org for org in said if org.left_out or org.role or org.site_id), None)
    return _Sort(role, sites, nearest is not None and nearest.left_out)


def _add(roster: Roster, kind: DirectoryKind, entry: Entry, sort: _Sort, line: int) -> None:
    key = f"{kind.value}:{entry.id}"
    if len(key) > KEY_LENGTH:
        roster.nameless += 1
        return
    if sort.left_out:
        roster.left_out["by_rule"] += 1
        return
    if key in roster.members or key in roster.held:
        roster.members.pop(key, None)
        roster.refuse(ProblemKind.CONFLICT, line, "comes twice; neither is used", sourced_id=key)
        return
    if entry.active and sort.role is None:
        reason = "no unit, department or group tells what they are"
        roster.refuse(ProblemKind.ORPHAN, line, reason, column="role", sourced_id=key)
        return
    if entry.active and not sort.sites:
        reason = f"the school is not known: {entry.unit or entry.department or 'none is told'}"
        roster.refuse(ProblemKind.ORPHAN, line, reason, column="school", sourced_id=key)
        return
    keys = tuple(f"site {site}" for site in sort.sites)
    for name, site in zip(keys, sort.sites, strict=True):
        roster.orgs.setdefault(name, Org(name, name, "place", site=site))
    roster.members[key] = Member(
        key, line, given_name=one_line(entry.given_name)[:NAME_LENGTH] or None,
        family_name=one_line(entry.family_name)[:NAME_LENGTH] or None, role=sort.role, orgs=keys,
        active=entry.active,
    )  # fmt: skip


def _org(kind: OrgKind, key: str) -> Org:
    parent = key.rpartition("/")[0] if kind is OrgKind.UNIT else ""
    return Org(key, _name((kind, key)), "department", parent=parent)


def _name(place: Place) -> str:
    return place[1].rpartition("/")[2] if place[0] is OrgKind.UNIT else place[1]
