"""An asset on the network: where it answers and answered, its switch port, who swept it, and for a
switch the devices behind its ports."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.kinds import Category, Outcome
from inventory.assets.models import Asset
from inventory.discovery import addresses
from inventory.discovery.finding_models import DiscoveryFinding, HeardDevice
from inventory.discovery.models import Network
from inventory.discovery.reading_models import AssetAddress, AssetPort

MOST_STAYS, MOST_PLUGS, MOST_SWEEPS = 50, 20, 20
MOST_BEHIND = 1000
"""Devices shown behind one switch: more than a stack of eight has ports."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An address at which the asset answers or answered; `network` "" where it is out of reach."""

    row: AssetAddress
    network: str = ""


@dataclass(frozen=True, slots=True)
class Plugged:
    """A switch port, present or former; `switch_tag` "" where the switch is out of reach."""

    row: AssetPort
    switch: int | None = None
    switch_tag: str = ""


@dataclass(frozen=True, slots=True)
class Swept:
    """What the last sweep of a network knows of the asset, of findings in the reader's reach."""

    finding_id: int
    sweep_id: int
    network: str
    address: str
    port: int
    version: str
    credential: str
    default_community: bool
    waits: bool
    via: str
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Behind:
    """A known device behind a port of a switch."""

    asset_id: int
    tag: str
    name: str
    category: Category
    vlan: int | None
    source: str
    last_at: datetime


@dataclass(slots=True)
class SwitchPort:
    """A port with what is behind it. `hidden`: devices outside the reader's schools."""

    port: str
    devices: list[Behind] = field(default_factory=list)
    heard: list[HeardDevice] = field(default_factory=list)
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a switch; `capped`: there are more devices than are shown."""

    ports: Sequence[SwitchPort]
    devices: int
    heard: int
    capped: bool


def stays_of(db: Session, actor: Actor, asset_id: int) -> list[Stay]:
    """Present addresses first, then the former ones, the newest first. Two statements."""
    rows = addresses.of_asset(db, asset_id, limit=MOST_STAYS)
    wanted = {row.network_id for row in rows if row.network_id is not None}
    names: dict[int, str] = {}
    if wanted:
        query = select(Network.id, Network.name, Network.site_id).where(col(Network.id).in_(wanted))
        names = {
            id_: name
            for id_, name, site_id in db.exec(query)
            if actor.may(Permission.DISCOVERY_READ, site_id)
        }
    return [Stay(row, names.get(row.network_id or 0, "")) for row in rows]


def plugs_of(db: Session, actor: Actor, asset_id: int) -> list[Plugged]:
    """The present port first, then the former ones. One statement."""
    query = (
        select(AssetPort, Asset.tag, Asset.site_id)
        .outerjoin(Asset, col(Asset.id) == col(AssetPort.switch_asset_id))
        .where(AssetPort.asset_id == asset_id)
        .order_by(col(AssetPort.current).desc(), col(AssetPort.last_at).desc())
        .limit(MOST_PLUGS)
    )
    found = []
    for row, tag, site_id in db.exec(query):
        seen = tag is not None and actor.may(Permission.ASSET_READ, site_id)
        found.append(Plugged(row, row.switch_asset_id, tag) if seen else Plugged(row))
    return found


def swept(db: Session, actor: Actor, asset_id: int) -> list[Swept]:
    """The live findings about the asset, the newest first. One statement."""
    scope = actor.scope(Permission.DISCOVERY_READ)
    f = DiscoveryFinding
    query = (
        select(f, Network.name)
        .join(Network, col(Network.id) == col(f.network_id))
        .where(f.asset_id == asset_id)
        .order_by(col(f.last_at).desc())
        .limit(MOST_SWEEPS)
    )
    if scope is not None:
        query = query.where(col(f.site_id).in_(scope))
    return [
        Swept(
            row.id, row.sweep_id, name, row.address, row.port, row.version, row.credential_label,
            row.default_community, row.outcome is Outcome.CONFLICT and row.decision is None,
            row.via, row.last_at, row.times,
        )
        for row, name in db.exec(query)
    ]  # fmt: skip


def ports_of(db: Session, actor: Actor, switch: Asset) -> Ports:
    """What is behind a switch, by port in natural order. Two statements.

    Devices of other schools are only counted. Unknown MAC addresses are shown to whoever may read
    discoveries at the switch: it is this switch that has learnt them.
    """
    ports: dict[str, SwitchPort] = {}
    query = (
        select(AssetPort, Asset)
        .join(Asset, col(Asset.id) == col(AssetPort.asset_id))
        .where(AssetPort.switch_asset_id == switch.id, AssetPort.current)
        .order_by(col(AssetPort.id))
        .limit(MOST_BEHIND + 1)
    )
    rows = db.exec(query).all()
    for row, asset in rows[:MOST_BEHIND]:
        port = ports.setdefault(row.port, SwitchPort(row.port))
        if not actor.may(Permission.ASSET_READ, asset.site_id):
            port.hidden += 1
            continue
        port.devices.append(
            Behind(
                asset.id, asset.tag, asset.name, asset.category, row.vlan, row.source, row.last_at
            )
        )
    heard = _heard(db, actor, switch)
    for unknown in heard[:MOST_BEHIND]:
        ports.setdefault(unknown.port, SwitchPort(unknown.port)).heard.append(unknown)
    return Ports(
        sorted(ports.values(), key=lambda port: natural(port.port)), len(rows[:MOST_BEHIND]),
        len(heard[:MOST_BEHIND]), max(len(rows), len(heard)) > MOST_BEHIND,
    )  # fmt: skip


def _heard(db: Session, actor: Actor, switch: Asset) -> Sequence[HeardDevice]:
    if not actor.may(Permission.DISCOVERY_READ, switch.site_id):
        return []
    query = select(HeardDevice).where(HeardDevice.switch_asset_id == switch.id)
    return db.exec(query.order_by(col(HeardDevice.id)).limit(MOST_BEHIND + 1)).all()


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that puts "Gi1/0/2" before "Gi1/0/10"."""
    return [
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part.casefold())
        for part in re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", text)
    ]
