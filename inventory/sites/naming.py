"""What places are called: in lists, as choices of a form, and to tell how far a role reaches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.sites.models import Site, SiteKind
from inventory.sites.rules import order_of
from inventory.sites.service import MAX_SITES
from inventory.sites.way import MAX_HEIGHT, Step, Way, ways_to

BETWEEN = " \u203a "
"""Stands between the names of a way from the whole to the part: "North School \u203a Room 12"."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in words. `around`: what it lies in, the nearest first, without the district."""

    id: int
    kind: SiteKind
    name: str
    around: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """ "Room 12, Main Building, North School"."""
        return ", ".join((self.name, *self.around))

    @property
    def way(self) -> str:
        """From the whole to the part, with `BETWEEN` between the names."""
        return BETWEEN.join((*self.around[::-1], self.name))


def spots(
    db: Session,
    actor: Actor,
    site_ids: Iterable[int | None],
    permission: Permission = Permission.SITE_READ,
) -> dict[int, Spot]:
    """Those of these places where the actor holds the permission, by id; one query in all."""
    scope = actor.scope(permission)
    wanted = {id_ for id_ in site_ids if id_ is not None and (scope is None or id_ in scope)}
    return {id_: _spot(way) for id_, way in ways_to(db, wanted).items() if way}


def choices(
    db: Session, actor: Actor, permission: Permission, *, rooms: bool = False
) -> list[Spot]:
    """Where the actor holds the permission, as the tree has it: the whole before its parts.

    Rooms are left out unless asked for: a district has thousands. Places that the actor may not
    see are left out in any case.
    """
    columns = (col(Site.id), col(Site.parent_id), col(Site.kind), col(Site.name))
    query = sa.select(*columns).limit(MAX_SITES)
    for scope in (actor.scope(permission), actor.scope(Permission.SITE_READ)):
        if scope is not None:
            query = query.where(col(Site.id).in_(scope))
    if not rooms:
        query = query.where(col(Site.kind) != SiteKind.ROOM)
    rows = {row.id: row for row in db.execute(query)}
    found = [_spot(_way(id_, rows)) for id_ in rows]
    return sorted(found, key=_order)


def _way(site_id: int, rows: Mapping[int, Any]) -> Way:
    """The way to a place, as far as it leads through these rows."""
    steps: list[Step] = []
    row = rows.get(site_id)
    while row is not None and len(steps) < MAX_HEIGHT:
        steps.append(Step(row.id, row.name, row.kind))
        row = rows.get(row.parent_id)
    return tuple(steps[::-1])


def _spot(way: Way) -> Spot:
    *above, place = way
    around = tuple(step.name for step in above[::-1] if step.kind is not SiteKind.DISTRICT)
    return Spot(place.id, place.kind, place.name, around)


def _order(spot: Spot) -> tuple[bool, list[list[tuple[int, str]]]]:
    names = [order_of(name) for name in (*spot.around[::-1], spot.name)]
    return spot.kind is not SiteKind.DISTRICT, names
