"""After a sweep: which switch port each asset is on, and who else was heard on the wire."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.assets.identifiers import MAC, colons
from inventory.assets.models import Identifier
from inventory.discovery.finding_models import HeardDevice
from inventory.discovery.place_rules import Spot
from inventory.discovery.reading_models import AssetAddress, AssetPort

MAX_HEARD = 20_000
"""Unknown devices remembered of one network."""

HEARD_DAYS = 90
CHUNK = 500


def owners_of(db: Session, macs: Collection[str]) -> dict[str, int]:
    """The asset of each MAC: by its identifiers, else by the ARP table of a router."""
    found: dict[str, int] = {}
    for chunk in _chunks(sorted(macs)):
        stays = select(AssetAddress.mac, AssetAddress.asset_id).where(
            AssetAddress.current, col(AssetAddress.mac).in_(chunk)
        )
        found.update(dict(db.exec(stays).all()))
        plain = [mac.replace(":", "") for mac in chunk]
        known = select(Identifier.value, Identifier.asset_id).where(
            Identifier.kind == MAC, col(Identifier.value).in_(plain)
        )
        found.update({colons(value): asset_id for value, asset_id in db.exec(known)})
    return found


def assets_at(db: Session, addresses: Collection[str]) -> dict[str, int]:
    """The asset that now answers at each address."""
    found: dict[str, int] = {}
    for chunk in _chunks(sorted(addresses)):
        query = select(AssetAddress.address, AssetAddress.asset_id).where(
            AssetAddress.current, col(AssetAddress.address).in_(chunk)
        )
        found.update(dict(db.exec(query).all()))
    return found


def nearest(spots: Mapping[str, Spot], owners: Mapping[str, int]) -> dict[int, Spot]:
    """One port per asset: what a neighbour protocol says before what a bridge table suggests."""
    best: dict[int, Spot] = {}
    for mac in sorted(owners):
        spot, asset_id = spots.get(mac), owners[mac]
        if spot is not None and (asset_id not in best or best[asset_id].source == "bridge"):
            best[asset_id] = spot
    return best


def store_ports(
    db: Session, spots: Mapping[int, Spot], switches: Mapping[str, int], *, now: datetime
) -> int:
    """Keep the port of each asset (by id); the number of assets that have moved.

    switches  asset of each switch by the address at which it answered
    """
    if not spots:
        return 0
    rows = db.exec(
        select(AssetPort).where(AssetPort.current, col(AssetPort.asset_id).in_(spots))
    ).all()
    same = {row.asset_id for row in rows if _is_at(row, spots[row.asset_id])}
    ended = [row.id for row in rows if row.asset_id not in same]
    for row in rows:
        if row.asset_id in same:
            spot = spots[row.asset_id]
            row.last_at, row.vlan, row.source = now, spot.vlan, spot.source
            row.switch_asset_id = switches.get(spot.switch, row.switch_asset_id)
            db.add(row)
    db.flush()
    if ended:
        db.execute(sa.update(AssetPort).where(col(AssetPort.id).in_(ended)).values(current=False))
    fresh = [
        {"asset_id": asset_id, **_columns(spot, switches), "source": spot.source,
         "first_at": now, "last_at": now, "current": True}
        for asset_id, spot in spots.items()
        if asset_id not in same
    ]  # fmt: skip
    if fresh:
        db.execute(sa.insert(AssetPort), fresh)
    return len(ended)


def store_heard(
    db: Session,
    network_id: int,
    spots: Mapping[str, Spot],
    addresses: Mapping[str, str],
    switches: Mapping[str, int],
    *,
    now: datetime,
) -> int:
    """Remember MACs that belong to nothing known; how many there was no room for.

    addresses  of each MAC, from ARP tables
    """
    rows = db.exec(
        select(HeardDevice).where(
            HeardDevice.network_id == network_id, col(HeardDevice.mac).in_(spots)
        )
    ).all()
    for row in rows:
        for name, value in _columns(spots[row.mac], switches).items():
            setattr(row, name, value)
        row.last_at, row.address = now, addresses.get(row.mac, row.address)
        db.add(row)
    db.flush()
    known = {row.mac for row in rows}
    unknown = [mac for mac in spots if mac not in known]
    count = select(sa.func.count()).where(HeardDevice.network_id == network_id)
    room = max(0, MAX_HEARD - db.exec(count).one())
    fresh = [
        {"network_id": network_id, "mac": mac, "address": addresses.get(mac, ""),
         **_columns(spots[mac], switches), "first_at": now, "last_at": now}
        for mac in unknown[:room]
    ]  # fmt: skip
    if fresh:
        db.execute(sa.insert(HeardDevice), fresh)
    return len(unknown) - len(fresh)


def forget_heard(db: Session, network_id: int, known: Collection[str], *, now: datetime) -> None:
    """Drop heard devices that turned out to be assets, or were not heard for `HEARD_DAYS`."""
    mine = col(HeardDevice.network_id) == network_id
    for chunk in _chunks(sorted(known)):
        db.execute(sa.delete(HeardDevice).where(mine, col(HeardDevice.mac).in_(chunk)))
    stale = col(HeardDevice.last_at) < now - timedelta(days=HEARD_DAYS)
    db.execute(sa.delete(HeardDevice).where(mine, stale))


def heard(db: Session, network_id: int, *, after: int = 0, limit: int = 50) -> list[HeardDevice]:
    """Unknown devices by id after `after`. The caller has checked that the network may be seen."""
    query = select(HeardDevice).where(
        HeardDevice.network_id == network_id, col(HeardDevice.id) > after
    )
    return list(db.exec(query.order_by(col(HeardDevice.id)).limit(limit)).all())


def port_of(db: Session, asset_id: int) -> AssetPort | None:
    """The switch port behind which the asset was last found."""
    query = select(AssetPort).where(AssetPort.asset_id == asset_id, AssetPort.current)
    return db.exec(query).first()


def _is_at(row: AssetPort, spot: Spot) -> bool:
    return (row.switch_name, row.port) == (spot.switch_name[:200], spot.port)


def _columns(spot: Spot, switches: Mapping[str, int]) -> dict[str, Any]:
    return {
        "switch_asset_id": switches.get(spot.switch),
        "switch_name": spot.switch_name[:200],
        "port": spot.port,
        "vlan": spot.vlan,
    }


def _chunks(items: Sequence[str]) -> list[Sequence[str]]:
    return [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
