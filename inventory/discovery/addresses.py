"""Where assets answered, and since when: stays at addresses, kept by sweeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from inventory.discovery.reading_models import AssetAddress


@dataclass(frozen=True, slots=True)
class Answered:
    """An asset answered at an address."""

    asset_id: int
    address: str
    mac: str = ""


def store(db: Session, network_id: int, answers: Sequence[Answered], *, now: datetime) -> None:
    """Prolong or begin stays. An address at which another asset stood is no longer that one's."""
    wanted = {(a.asset_id, a.address): a for a in answers if a.address}
    if not wanted:
        return
    rows = db.exec(
        select(AssetAddress).where(
            AssetAddress.current, col(AssetAddress.address).in_({key[1] for key in wanted})
        )
    ).all()
    newest = {address: asset_id for asset_id, address in wanted}
    known = set()
    ended = []
    for row in rows:
        key = (row.asset_id, row.address)
        if key in wanted:
            known.add(key)
            row.last_at, row.network_id = now, network_id
            row.mac = wanted[key].mac or row.mac
            db.add(row)
        elif newest[row.address] != row.asset_id:
            ended.append(row.id)
    db.flush()
    _end(db, ended)
    fresh = [
        {
            "asset_id": answer.asset_id,
            "address": answer.address,
            "mac": answer.mac,
            "network_id": network_id,
            "first_at": now,
            "last_at": now,
            "current": True,
        }
        for key, answer in wanted.items()
        if key not in known
    ]
    if fresh:
        db.execute(sa.insert(AssetAddress), fresh)


def end_moved(db: Session, network_id: int, *, since: datetime) -> int:
    """After a sweep that began at `since`: stays of assets that answered elsewhere instead.

    An asset that answered nowhere may be switched off: its stay goes on.
    """
    stay, other = AssetAddress, aliased(AssetAddress)
    elsewhere = sa.exists().where(
        col(other.asset_id) == col(stay.asset_id),
        col(other.current),
        col(other.last_at) >= since,
    )
    moved = db.exec(
        select(stay.id).where(
            stay.network_id == network_id, stay.current, stay.last_at < since, elsewhere
        )
    ).all()
    _end(db, list(moved))
    return len(moved)


def learn_macs(db: Session, network_id: int, arp: Mapping[str, str]) -> None:
    """Fill in the MACs of current stays of which only a router's ARP table tells."""
    if not arp:
        return
    rows = db.exec(
        select(AssetAddress).where(
            AssetAddress.network_id == network_id, AssetAddress.current, AssetAddress.mac == ""
        )
    ).all()
    for row in rows:
        if mac := arp.get(row.address):
            row.mac = mac
            db.add(row)
    db.flush()


def of_asset(db: Session, asset_id: int, *, limit: int = 50) -> list[AssetAddress]:
    """Current stays first, then the history, newest first."""
    query = (
        select(AssetAddress)
        .where(AssetAddress.asset_id == asset_id)
        .order_by(sa.desc(col(AssetAddress.current)), sa.desc(col(AssetAddress.last_at)))
        .limit(limit)
    )
    return list(db.exec(query).all())


def _end(db: Session, ids: Sequence[int]) -> None:
    if ids:
        db.execute(
            sa.update(AssetAddress).where(col(AssetAddress.id).in_(ids)).values(current=False)
        )
