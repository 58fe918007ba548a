"""The values of a facet as they are shown: named, ordered, and each with what chooses it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets import schools
from inventory.assets.catalog_models import Manufacturer
from inventory.assets.counting import NO_SCHOOL
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category, Status
from inventory.assets.spans import Seen

MAKERS = 12
"""Manufacturers that are shown; those with fewer assets are told together."""

OWN_ARGS = {
    "manufacturer": ("manufacturer", "manufacturer_id", "has_manufacturer"),
    "school": ("site_id", "outside_schools"),
}
"""Of the other facets: the argument of the same name."""

NAMES = ("category", "status", "manufacturer", "school", "seen")
"""The facets, in the order of the fields of a `Cell`."""


@dataclass(frozen=True, slots=True)
class Value:
    """value  None: not recorded; as a school: at no school
    label  the name of a manufacturer or school; otherwise the value itself, "" for None
    args   arguments of the asset list that choose this value and no other of its facet
    """

    value: str | int | None
    label: str
    count: int
    chosen: bool
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facet:
    """`others`: how many match besides, with a value that is not among `values`."""

    name: str
    values: tuple[Value, ...]
    others: int = 0

    @property
    def args(self) -> tuple[str, ...]:
        """The arguments of the asset list that are this facet's own choice."""
        return OWN_ARGS.get(self.name, (self.name,))


def shown(
    db: Session,
    actor: Actor,
    sums: Mapping[str, Counter[object]],
    wanted: AssetFilter,
    makers: Iterable[int],
) -> dict[str, Facet]:
    """The facets of these sums, with every value that is chosen, however few have it.

    `makers`: the chosen manufacturers.
    """
    by_name = {
        "category": _words("category", sums["category"], Category, wanted.category),
        "status": _words("status", sums["status"], Status, wanted.status),
        "manufacturer": _makers(db, sums["manufacturer"], set(makers), wanted.has_manufacturer),
        "school": _schools(db, actor, sums["school"], wanted),
        "seen": _words("seen", sums["seen"], Seen, wanted.seen, every=True),
    }
    return {name: by_name[name] for name in NAMES}


def _words(
    name: str,
    sums: Counter[object],
    kind: type[Category] | type[Status] | type[Seen],
    chosen: Iterable[object],
    *,
    every: bool = False,
) -> Facet:
    picked = set(chosen)
    values = [
        Value(one.value, one.value, sums[one], one in picked, {name: one.value})
        for one in kind
        if every or sums[one] or one in picked
    ]
    if kind is Category:
        values.sort(key=lambda value: -value.count)
    return Facet(name, tuple(values))


def _makers(db: Session, sums: Counter[object], chosen: set[int], has: bool | None) -> Facet:
    known = Counter({id_: count for id_, count in sums.items() if isinstance(id_, int)})
    top = [id_ for id_, _ in sorted(known.items(), key=lambda pair: (-pair[1], pair[0]))[:MAKERS]]
    top += sorted(chosen.difference(top))
    query = sa.select(col(Manufacturer.id), col(Manufacturer.name))
    names = dict(iter(db.execute(query.where(col(Manufacturer.id).in_(top)))))
    values = [
        Value(id_, names[id_], known[id_], id_ in chosen, {"manufacturer_id": str(id_)})
        for id_ in top
        if id_ in names
    ]
    others = known.total() - sum(value.count for value in values)
    if sums[None] or has is False:
        values.append(Value(None, "", sums[None], has is False, {"has_manufacturer": "false"}))
    return Facet("manufacturer", tuple(values), others)


def _schools(db: Session, actor: Actor, sums: Counter[object], wanted: AssetFilter) -> Facet:
    known = {id_: n for id_, n in sums.items() if isinstance(id_, int) and id_ != NO_SCHOOL}
    chosen = wanted.site_id
    if chosen is not None and actor.may(Permission.ASSET_READ, chosen):
        known.setdefault(chosen, 0)
    names = schools.names(db, known)
    values = [
        Value(id_, name, known[id_], id_ == chosen, {"site_id": str(id_)})
        for id_, name in sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    ]
    nowhere = sums[None] + sums[NO_SCHOOL]
    picked = wanted.outside_schools is True
    if nowhere or picked:
        values.append(Value(None, "", nowhere, picked, {"outside_schools": "true"}))
    return Facet("school", tuple(values))
