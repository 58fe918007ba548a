"""Who hangs on whose port: the network as sweeps left it, school by school, building by building.

Four queries, however much there is; of very much only a part is read, and `Topology.cut` says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets import spans
from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.assets.spans import Seen
from inventory.discovery.reading_models import AssetAddress, AssetPort
from inventory.sites.models import Site, SiteKind
from inventory.sites.service import MAX_SITES
from inventory.web.network_model import Building, Device, Map, Port, Switch, Uplink, natural

AT_ONCE = 400
"""So many devices are one picture; of more, one school at a time."""

MOST = 3_000
"""Devices read for one picture."""

GONE = (Status.RETIRED, Status.DISPOSED)


@dataclass(frozen=True, slots=True)
class Place:
    """A school or a building, and how many devices on the network are at it or in it."""

    id: int
    name: str
    kind: SiteKind
    school_id: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Topology:
    """cut: more devices than `MOST` are there; the picture holds the first ones."""

    map: Map
    switches: int
    devices: int
    cut: bool


@dataclass(slots=True)
class Tree:
    """The places in an actor's reach by their ids: each with its parent, kind and name."""

    rows: Mapping[int, Any]

    def up(self, site_id: int | None) -> list[Any]:
        """The place and what it lies in."""
        found: list[Any] = []
        row = self.rows.get(site_id or 0)
        while row is not None and len(found) < 20:
            found.append(row)
            row = self.rows.get(row.parent_id or 0)
        return found

    def first(self, site_id: int | None, kind: SiteKind) -> Any:
        return next((row for row in self.up(site_id) if row.kind is kind), None)

    def below(self, site_id: int) -> set[int]:
        return {id_ for id_ in self.rows if any(row.id == site_id for row in self.up(id_))}


@dataclass(slots=True)
class _Panel:
    """A building while it is filled."""

    name: str
    school: str
    href: str
    switches: list[Switch] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)


def tree_of(db: Session, actor: Actor) -> Tree:
    """The places that the actor may see."""
    query = sa.select(col(Site.id), col(Site.parent_id), col(Site.kind), col(Site.name))
    reached = actor.scope(Permission.SITE_READ)
    if reached is not None:
        query = query.where(col(Site.id).in_(reached))
    return Tree({row.id: row for row in db.execute(query.limit(MAX_SITES))})


def places(db: Session, actor: Actor, tree: Tree) -> list[Place]:
    """Schools and the buildings in them that have devices on the network, by name.

    Raises `Forbidden` for who may not read assets anywhere.
    """
    actor.require_anywhere(Permission.ASSET_READ)
    query = sa.select(col(Asset.site_id), sa.func.count()).where(*_on_network(actor))
    counted: dict[int, int] = {}
    for site_id, count in db.execute(query.group_by(col(Asset.site_id))):
        for kind in (SiteKind.SCHOOL, SiteKind.BUILDING):
            if (place := tree.first(site_id, kind)) is not None:
                counted[place.id] = counted.get(place.id, 0) + count
    found = []
    for id_, count in counted.items():
        row, school = tree.rows[id_], tree.first(id_, SiteKind.SCHOOL)
        found.append(Place(id_, row.name, row.kind, school.id if school else None, count))
    return sorted(found, key=lambda place: natural(place.name))


def topology(
    db: Session, actor: Actor, tree: Tree, site_id: int | None, *, at: datetime
) -> Topology:
    """What hangs on what at a place and in it; None is everything in reach.

    A switch elsewhere, on which something of that place hangs, is shown at its own place. What
    lies outside the actor's reach is not there. Raises `Forbidden`.
    """
    actor.require_anywhere(Permission.ASSET_READ)
    query = _query().where(*_on_network(actor))
    if site_id is not None:
        query = query.where(col(Asset.site_id).in_(tree.below(site_id)))
    rows = {row.id: row for row in db.execute(query.order_by(col(Asset.id)).limit(MOST + 1))}
    cut = len(rows) > MOST
    if cut:
        del rows[max(rows)]
    missing = {row.switch_asset_id for row in rows.values()} - {None, *rows}
    if missing:
        more = _query().where(*within(actor), col(Asset.id).in_(missing))
        rows |= {row.id: row for row in db.execute(more)}
    switches = {row.id for row in rows.values() if row.category is Category.NETWORK_DEVICE}
    switches |= {row.switch_asset_id for row in rows.values() if row.switch_asset_id in rows}
    drawn = _drawn(rows, switches, tree, spans.since(Seen.WEEK, at))
    return Topology(drawn, len(switches), len(rows) - len(switches), cut)


def _query() -> Any:
    port = sa.and_(col(AssetPort.asset_id) == col(Asset.id), col(AssetPort.current))
    return sa.select(
        col(Asset.id), col(Asset.tag), col(Asset.name), col(Asset.category), col(Asset.site_id),
        col(Asset.last_seen_at), col(AssetPort.switch_asset_id), col(AssetPort.switch_name),
        col(AssetPort.port),
    ).outerjoin(AssetPort, port)  # fmt: skip


def _on_network(actor: Actor) -> list[Any]:
    """Assets that a sweep has seen at an address or behind a port."""
    seen = sa.union(
        sa.select(col(AssetPort.asset_id)).where(col(AssetPort.current)),
        sa.select(col(AssetAddress.asset_id)).where(col(AssetAddress.current)),
    )
    return [*within(actor), col(Asset.status).not_in(GONE), col(Asset.id).in_(seen)]


def _drawn(rows: Mapping[int, Any], switches: set[int], tree: Tree, since: datetime) -> Map:
    panels: dict[int, _Panel] = {}
    unplaced: list[Device] = []
    ports: dict[int, dict[str, list[Device]]] = {id_: {} for id_ in switches}
    uplinks: dict[int, list[Uplink]] = {id_: [] for id_ in switches}
    for row in rows.values():
        if row.id in switches:
            uplinks[row.id] += _uplinks(row, rows)
        elif row.switch_asset_id in switches:
            on_port = ports[row.switch_asset_id].setdefault(row.port, [])
            on_port.append(_device(row, since))
        else:
            panel = _panel(panels, tree, row.site_id)
            (panel.devices if panel else unplaced).append(_device(row, since))
    for id_ in sorted(switches):
        row = rows[id_]
        switch = _switch(row, ports[id_], uplinks[id_], since)
        panel = _panel(panels, tree, row.site_id)
        if panel is not None:
            panel.switches.append(switch)
        else:
            unplaced += [replace(_device(row, since), label=switch.name), *_devices(switch)]
    return Map(
        tuple(
            Building(
                p.name, p.school, p.href, p.href, tuple(_by_name(p.switches)),
                tuple(sorted(p.devices, key=lambda device: natural(device.label))),
            )
            for p in panels.values()
        ),
        tuple(unplaced), "/assets",
    )  # fmt: skip


def _panel(panels: dict[int, _Panel], tree: Tree, site_id: int | None) -> _Panel | None:
    """The panel of the building around a place, else of the school; None for neither."""
    school = tree.first(site_id, SiteKind.SCHOOL)
    place = tree.first(site_id, SiteKind.BUILDING) or school
    if place is None:
        return None
    around = school.name if school is not None and school.id != place.id else ""
    new = _Panel(place.name, around, f"/assets?site_id={place.id}")
    return panels.setdefault(place.id, new)


def _uplinks(row: Any, rows: Mapping[int, Any]) -> list[Uplink]:
    """The cable of which another switch told: its port is known, and where the two told of each
    other, those at both ends."""
    if row.port is None or row.switch_asset_id == row.id:
        return []
    far = rows.get(row.switch_asset_id or 0)
    if far is not None:
        own = far.port if far.switch_asset_id == row.id else ""
        return [Uplink(far.id, own, row.port, _called(far))]
    return [Uplink(0, "", row.port, row.switch_name)] if row.switch_asset_id is None else []


def _switch(
    row: Any, ports: Mapping[str, list[Device]], uplinks: Sequence[Uplink], since: datetime
) -> Switch:
    there = f"/assets/{row.id}"
    used = [Port(name, tuple(ports[name])) for name in sorted(ports, key=natural)]
    return Switch(
        row.id, _called(row), there, f"{there}/network", tuple(used), tuple(uplinks),
        _fresh(row, since),
    )  # fmt: skip


def _device(row: Any, since: datetime) -> Device:
    return Device(_called(row), row.category.value, f"/assets/{row.id}", _fresh(row, since))


def _devices(switch: Switch) -> Iterable[Device]:
    return (device for port in switch.ports for device in port.devices)


def _called(row: Any) -> str:
    return str(row.name or row.tag)


def _fresh(row: Any, since: datetime) -> bool | None:
    return None if row.last_seen_at is None else row.last_seen_at >= since


def _by_name(switches: Sequence[Switch]) -> list[Switch]:
    return sorted(switches, key=lambda switch: natural(switch.name))
