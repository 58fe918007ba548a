"""The rows of `MdmDevice`, many at a time: what is known, what moves, what is written anew."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.assets.kinds import Outcome, Source
from inventory.assets.models import Asset
from inventory.db import UtcDateTime
from inventory.fleet import describing
from inventory.fleet.arriving import Arrival, Ground, Known
from inventory.fleet.models import MdmDevice
from mdm.types import Device

Hardware = dict[str, frozenset[str]]


_KNOWN = [getattr(MdmDevice, name) for name in Known.__slots__]


def known(db: Session, connection_id: int, vendor_ids: Sequence[str]) -> dict[str, Known]:
    """The rows of these devices, by the vendor's ids; locked, so that nobody decides about one
    between this look and the writing."""
    query = sa.select(*map(col, _KNOWN)).where(
        col(MdmDevice.connection_id) == connection_id, col(MdmDevice.vendor_id).in_(vendor_ids)
    )
    query = query.order_by(col(MdmDevice.id)).with_for_update()
    return {row.vendor_id: Known(*row) for row in db.execute(query)}


def decided(db: Session, ids: Collection[int]) -> dict[int, tuple[str, Hardware]]:
    """The serial numbers and the hardware of these rows, as the vendor told them before."""
    if not ids:
        return {}
    d = MdmDevice
    query = sa.select(col(d.id), col(d.serial), col(d.udid), col(d.facts))
    return {
        id_: (serial, describing.hardware(facts, udid))
        for id_, serial, udid, facts in db.execute(query.where(col(d.id).in_(ids)))
    }


def touch(
    db: Session, sync_id: int, seen: Sequence[tuple[Known, Device]], *, now: datetime
) -> None:
    """They were seen and are unchanged: only times move."""
    if not seen:
        return
    db.execute(
        sa.update(MdmDevice)
        .where(col(MdmDevice.id).in_([row.id for row, _ in seen]))
        .values(last_seen_at=now, sync_id=sync_id)
        .execution_options(synchronize_session=False)
    )
    moved = [
        (row, device.last_check_in)
        for row, device in seen
        if device.last_check_in is not None and device.last_check_in != row.last_check_in
    ]
    if not moved:
        return
    table = MdmDevice.__table__  # type: ignore[attr-defined]
    db.connection().execute(
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values(last_check_in=sa.bindparam("at")),
        [{"row": row.id, "at": at} for row, at in moved],
    )
    see_assets(db, [(row.asset_id, at) for row, at in moved if row.asset_id], now=now)


def see_assets(db: Session, seen: Sequence[tuple[int, datetime]], *, now: datetime) -> None:
    """Move the assets' last time seen on, never back."""
    if not seen:
        return
    table = Asset.__table__  # type: ignore[attr-defined]
    at = sa.bindparam("seen_at", type_=UtcDateTime)
    older = sa.or_(table.c.last_seen_at.is_(None), table.c.last_seen_at < at)
    db.connection().execute(
        sa.update(table)
        .where(table.c.id == sa.bindparam("seen_asset", type_=sa.Integer), older)
        .values(last_seen_at=at, last_seen_source=Source.VENDOR),
        [{"seen_asset": asset_id, "seen_at": min(at_, now)} for asset_id, at_ in seen],
    )


def write(db: Session, ground: Ground, arrivals: Sequence[Arrival], *, now: datetime) -> None:
    """Insert those that are new to the connection, and write the others anew."""
    inserted: list[dict[str, Any]] = []
    updated: list[dict[str, Any]] = []
    for one in arrivals:
        values = describing.columns(one.device) | {
            "asset_id": one.asset_id,
            "facts": one.facts,
            "fingerprint": one.fingerprint,
            "outcome": one.outcome,
            "reasons": list(one.reasons),
            "candidates": list(one.candidates) if one.outcome is Outcome.CONFLICT else [],
            "sync_id": ground.sync_id,
            "last_seen_at": now,
            "gone_at": None,
        }
        if one.known is None:
            inserted.append(
                values
                | {
                    "connection_id": ground.connection_id,
                    "vendor_id": one.device.vendor_id,
                    "first_seen_at": now,
                }
                | _BEGINNING
            )
        else:
            updated.append(values | {"row": one.known.id})
    table = MdmDevice.__table__  # type: ignore[attr-defined]
    if inserted:
        db.connection().execute(sa.insert(table), inserted)
    if updated:
        names = [name for name in updated[0] if name != "row"]
        db.connection().execute(
            sa.update(table)
            .where(table.c.id == sa.bindparam("row"))
            .values(
                {name: sa.bindparam(name) for name in names} | {"revision": table.c.revision + 1}
            ),
            updated,
        )


_BEGINNING = {
    "decided_by": "", "decided_at": None, "tag_told": "", "tag_error": "", "revision": 1
}  # fmt: skip


def seen_but_unread(
    db: Session, connection_id: int, sync_id: int, vendor_ids: Sequence[str], *, now: datetime
) -> None:
    """Their rows could not be read this time, but they were there: they are not gone."""
    db.execute(
        sa.update(MdmDevice)
        .where(
            col(MdmDevice.connection_id) == connection_id,
            col(MdmDevice.vendor_id).in_(vendor_ids),
        )
        .values(last_seen_at=now, sync_id=sync_id)
        .execution_options(synchronize_session=False)
    )


def hardware_of(
    db: Session, connection_id: int, asset_ids: Collection[int], *, but: Collection[str]
) -> dict[int, list[tuple[str, Hardware]]]:
    """The connection's records of these assets that have not left, except those `but`: the
    vendor's id and what the hardware is told apart by."""
    found: dict[int, list[tuple[str, Hardware]]] = {}
    if not asset_ids:
        return found
    d = MdmDevice
    # By the assets alone: asked for the connection too, SQLite goes through all of its devices.
    query = sa.select(
        col(d.connection_id), col(d.asset_id), col(d.vendor_id), col(d.udid), col(d.facts)
    ).where(col(d.asset_id).in_(asset_ids), col(d.gone_at).is_(None))
    for connection, asset_id, vendor_id, udid, facts in db.execute(query):
        if connection == connection_id and vendor_id not in but:
            found.setdefault(asset_id, []).append((vendor_id, describing.hardware(facts, udid)))
    return found
