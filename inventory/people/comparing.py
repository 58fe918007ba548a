"""A roster beside what is known: who comes, goes, returns, moves, and whom it cannot tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from inventory.people.roster_models import ChangeKind, ProblemKind
from inventory.people.roster_policy import Figures
from inventory.people.rosters.types import Member, Roster
from inventory.people.schools import Schools
from inventory.people.snapshots import NAMES, OTHERS, Known, Snapshot

NEW: Snapshot = {"homeroom": "", "grade": "", "active": True, "temporary": False, "site_id": None,
                 OTHERS: []}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one person; `known` is None for somebody new."""

    kind: ChangeKind
    sourced_id: str
    known: Known | None
    after: Snapshot


@dataclass(slots=True)
class Comparison:
    """Compare once with `changes`; then `unchanged` and `figures` tell of it."""

    roster: Roster
    schools: Schools
    source_id: int
    people: Sequence[Known]
    unchanged: int = 0
    _renamed: int = 0
    _leaving: int = 0
    _by_key: dict[str, Known] = field(default_factory=dict)

    def changes(self) -> Iterator[Change]:
        """First those whom the file names, then those whom it does not name any more."""
        self._by_key = {known.snapshot["sourced_id"]: known for known in self.people}
        newcomers: list[tuple[Member, Snapshot]] = []
        for member in self.roster.members.values():
            known = self._by_key.get(member.sourced_id)
            if known is None:
                if (after := self._newcomer(member)) is not None:
                    newcomers.append((member, after))
            elif known.snapshot["source_id"] not in {None, self.source_id}:
                self._refuse(member, ProblemKind.CONFLICT, "belongs to another source")
            elif (change := self._changed(member, known)) is not None:
                yield change
        yield from self._entering(newcomers)
        if not self.roster.partial:
            yield from self._absent()

    @property
    def figures(self) -> Figures:
        active = [
            known.snapshot["sourced_id"]
            for known in self.people
            if known.snapshot["source_id"] == self.source_id and known.snapshot["active"]
        ]
        named = sum(key in self.roster.members or key in self.roster.held for key in active)
        return Figures(
            len(active), named, self._leaving, self._renamed, self.roster.nameless,
            self.roster.partial,
        )  # fmt: skip

    def _newcomer(self, member: Member) -> Snapshot | None:
        if member.active is False:
            return None
        if not (member.given_name and member.family_name and member.role):
            self._refuse(member, ProblemKind.INVALID, "is new, and the file tells no name or role")
            return None
        after = {**NEW, "sourced_id": member.sourced_id, "source_id": self.source_id}
        self._fill(after, member)
        if not self._place(after, member):
            return None
        if after["site_id"] is None:
            self._refuse(member, ProblemKind.ORPHAN, "is new, and the file tells no school")
            return None
        return after

    def _changed(self, member: Member, known: Known) -> Change | None:
        before = known.snapshot
        after = {**before, "source_id": self.source_id, "temporary": False}
        self._fill(after, member)
        if not self._place(after, member):
            return None
        if after == before:
            self.unchanged += 1
            return None
        self._renamed += any(after[name] != before[name] for name in NAMES)
        kind = _kind(before, after)
        self._leaving += kind is ChangeKind.DEACTIVATE
        return Change(kind, member.sourced_id, known, after)

    def _entering(self, newcomers: list[tuple[Member, Snapshot]]) -> Iterator[Change]:
        """New people; one who is the only one of that name at the school, where a person was
        entered by hand under it, is that person."""
        waiting: dict[tuple[str, ...], list[Known]] = {}
        for known in self.people:
            if known.snapshot["temporary"]:
                waiting.setdefault(_likeness(known.snapshot), []).append(known)
        alike: dict[tuple[str, ...], int] = {}
        for _member, after in newcomers:
            alike[_likeness(after)] = alike.get(_likeness(after), 0) + 1
        for member, after in newcomers:
            candidates = waiting.get(_likeness(after), [])
            if len(candidates) == 1 and alike[_likeness(after)] == 1:
                yield Change(ChangeKind.ADOPT, member.sourced_id, candidates[0], after)
            else:
                yield Change(ChangeKind.CREATE, member.sourced_id, None, after)

    def _absent(self) -> Iterator[Change]:
        for known in self.people:
            before, key = known.snapshot, known.snapshot["sourced_id"]
            if before["source_id"] != self.source_id or not before["active"]:
                continue
            if key not in self.roster.members and key not in self.roster.held:
                self._leaving += 1
                yield Change(ChangeKind.DEACTIVATE, key, known, {**before, "active": False})

    def _fill(self, after: Snapshot, member: Member) -> None:
        for name in ("given_name", "family_name", "grade", "homeroom", "active"):
            value = getattr(member, name)
            if value is not None:
                after[name] = value

    def _place(self, after: Snapshot, member: Member) -> bool:
        """Role and schools; False where the person has no school that is known."""
        places = [self.schools.find(org) for org in member.orgs]
        found = list(dict.fromkeys(place for place in places if place is not None))
        if member.orgs and not found and after["active"]:
            name = self.schools.name(member.orgs[0])
            self._refuse(member, ProblemKind.ORPHAN, f"the school is not known: {name}")
            return False
        for org, place in zip(member.orgs, places, strict=True):
            if place is None:
                self.roster.remark(f"a school is not known: {self.schools.name(org)}")
        left = {self.schools.find(org) for org in member.left_orgs}
        firm = self.roster.complete or member.firm or after["site_id"] in {None, *left}
        if member.role is not None and (firm or "role" not in after):
            after["role"] = member.role.value
        if not found and not left:
            return True
        if self.roster.complete:
            sites = found
        else:
            own = [s for s in (after["site_id"], *after[OTHERS]) if s and s not in left]
            sites = list(dict.fromkeys((*found, *own) if firm else (*own, *found)))
        if not sites:
            self._refuse(member, ProblemKind.ORPHAN, "would be left without any school")
            return False
        after["site_id"], after[OTHERS] = sites[0], sorted(sites[1:])
        return True

    def _refuse(self, member: Member, kind: ProblemKind, reason: str) -> None:
        self.roster.refuse(kind, member.line, reason, sourced_id=member.sourced_id)


def _kind(before: Snapshot, after: Snapshot) -> ChangeKind:
    """The gravest of what differs."""
    if before["active"] != after["active"]:
        return ChangeKind.REACTIVATE if after["active"] else ChangeKind.DEACTIVATE
    if before["temporary"]:
        return ChangeKind.ADOPT
    if before["role"] != after["role"]:
        return ChangeKind.ROLE
    if (before["site_id"], before[OTHERS]) != (after["site_id"], after[OTHERS]):
        return ChangeKind.SITE
    return ChangeKind.UPDATE


def _likeness(snapshot: Snapshot) -> tuple[str, ...]:
    return (
        snapshot["given_name"].casefold(), snapshot["family_name"].casefold(), snapshot["role"],
        str(snapshot["site_id"]),
    )  # fmt: skip
