"""The tree as nested branches, for a page: columns only, siblings in the order of people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.sites.models import Site, SiteKind
from inventory.sites.rules import order_of
from inventory.sites.service import MAX_SITES


@dataclass(slots=True)
class Branch:
    """A place and what lies in it.

    here    what is counted at the place itself; `inside`: the same with all that lies in it
    above   the branch that it lies in, where that is within the actor's reach
    """

    id: int
    parent_id: int | None
    kind: SiteKind
    name: str
    code: str | None
    here: int = 0
    inside: int = 0
    above: "Branch | None" = field(default=None, repr=False)
    branches: "list[Branch]" = field(default_factory=list)

    @property
    def way(self) -> "list[Branch]":
        """What it lies in, from the whole to the part."""
        found: list[Branch] = []
        above = self.above
        while above is not None and above not in found:
            found.append(above)
            above = above.above
        return found[::-1]

    def walk(self) -> "Iterator[Branch]":
        """It and all that lies in it, the whole before its parts."""
        yield self
        for branch in self.branches:
            yield from branch.walk()

    def number(self, kind: SiteKind | str) -> int:
        """How many places of a kind lie in it."""
        return sum(each.kind == kind for each in self.walk()) - (self.kind == kind)


def outline(db: Session, actor: Actor, counts: Mapping[int, int]) -> dict[int, Branch]:
    """Every place in the actor's reach by id, linked to each other; one query.

    counts  of anything, by the id of its place. A place whose parent is out of reach is a root.
    """
    actor.require_anywhere(Permission.SITE_READ)
    reached = actor.scope(Permission.SITE_READ)
    columns = (col(Site.id), col(Site.parent_id), col(Site.kind), col(Site.name), col(Site.code))
    query = sa.select(*columns).limit(MAX_SITES)
    if reached is not None:
        query = query.where(col(Site.id).in_(reached))
    found = {
        id_: Branch(id_, parent_id, kind, name, code, counts.get(id_, 0))
        for id_, parent_id, kind, name, code in db.execute(query)
    }
    for branch in found.values():
        branch.above = found.get(branch.parent_id or 0)
        if branch.above is not None:
            branch.above.branches.append(branch)
    for branch in found.values():
        branch.branches.sort(key=_order)
    for branch in roots(found):
        _sum(branch)
    return found


def roots(found: Mapping[int, Branch]) -> list[Branch]:
    """The branches that lie in none of the others."""
    return sorted((each for each in found.values() if each.above is None), key=_order)


def _sum(branch: Branch) -> int:
    branch.inside = branch.here + sum(map(_sum, branch.branches))
    return branch.inside


_RANK = {kind: rank for rank, kind in enumerate(SiteKind)}


def _order(branch: Branch) -> tuple[int, list[tuple[int, str]], int]:
    """Wholes before parts, then by name."""
    return _RANK[branch.kind], order_of(branch.name), branch.id
