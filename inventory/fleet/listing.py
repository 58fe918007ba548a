"""Devices and differences as lists, within the asker's reach. Each is one query, by the id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset
from inventory.assets.tag_rules import tag_key
from inventory.fleet import alarms, syncs
from inventory.fleet.models import AlarmKind, MdmAlarm, MdmConnection, MdmDevice, MdmSync
from mdm.types import Platform


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """None: whatever it is. `gone`: whether a complete list lacks it."""

    connection_id: int | None = None
    platform: Platform | None = None
    outcome: Outcome | None = None
    serial: str | None = None
    gone: bool | None = None


@dataclass(frozen=True, slots=True)
class FleetDifference:
    """What an asset is recorded with, and what a vendor tells of it."""

    device_id: int
    connection_id: int
    asset_id: int
    field: str
    recorded: str
    observed: str
    at: datetime


@dataclass(slots=True)
class Health:
    """How a connection is. `lag_seconds` since the last good list, None before the first."""

    lag_seconds: int | None
    last_sync: MdmSync | None
    alarms: list[MdmAlarm] = field(default_factory=list)
    token_expired: bool = False

    @property
    def good(self) -> bool:
        """Nothing about it needs a person."""
        return not self.alarms and not self.token_expired

    @property
    def needs_credential(self) -> bool:
        """Its credential has to be replaced before it works again."""
        return self.token_expired or any(a.kind is AlarmKind.CREDENTIAL for a in self.alarms)


def devices(
    db: Session,
    actor: Actor,
    wanted: DeviceFilter | None = None,
    *,
    after: int = 0,
    limit: int = 50,
) -> list[MdmDevice]:
    """Devices by id after `after`. Raises `Forbidden`."""
    wanted = wanted or DeviceFilter()
    query = reachable(actor, select(MdmDevice)).where(col(MdmDevice.id) > after)
    for name in ("connection_id", "platform", "outcome", "serial"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(MdmDevice, name) == value)
    if wanted.gone is not None:
        present = col(MdmDevice.gone_at).is_(None)
        query = query.where(sa.not_(present) if wanted.gone else present)
    return list(db.exec(query.order_by(col(MdmDevice.id)).limit(limit)).all())


def differing(
    db: Session, actor: Actor, *, connection_id: int | None = None, after: int = 0, limit: int = 50
) -> list[tuple[MdmDevice, Asset]]:
    """Present devices whose serial number or asset tag is not the recorded one, by id."""
    d, a = MdmDevice, Asset
    query = reachable(actor, select(d, a)).where(col(d.id) > after)
    if connection_id is not None:
        query = query.where(d.connection_id == connection_id)
    query = query.where(differs())
    return [(row[0], row[1]) for row in db.exec(query.order_by(col(d.id)).limit(limit))]


def differs() -> Any:
    """Of a present device and its asset: the vendor tells another serial number or tag."""
    d, a = MdmDevice, Asset
    serials = sa.and_(
        col(d.serial) != "",
        col(a.serial) != "",
        sa.func.upper(col(d.serial)) != sa.func.upper(col(a.serial)),
    )
    tags = sa.and_(
        col(d.asset_tag) != "", sa.func.upper(col(d.asset_tag)) != sa.func.upper(col(a.tag))
    )
    return sa.and_(col(d.gone_at).is_(None), sa.or_(serials, tags))


def differences(rows: Sequence[tuple[MdmDevice, Asset]]) -> list[FleetDifference]:
    """What differs in the rows of `differing`, field by field."""
    found = []
    for device, asset in rows:
        pairs = [
            ("serial", asset.serial, device.serial),
            ("asset_tag", asset.tag, device.asset_tag),
        ]
        for name, recorded, observed in pairs:
            if not recorded or not observed or tag_key(recorded) == tag_key(observed):
                continue
            found.append(
                FleetDifference(
                    device.id, device.connection_id, asset.id, name, recorded, observed,
                    device.last_seen_at,
                )
            )  # fmt: skip
    return found


def health_of(db: Session, rows: Sequence[MdmConnection], *, now: datetime) -> dict[int, Health]:
    """How connections are, by id, in two queries. The caller has checked their scope."""
    ids = [row.id for row in rows]
    last, raised = syncs.last_of(db, ids), alarms.open_of(db, ids)
    return {
        row.id: Health(
            int((now - row.last_ok_at).total_seconds()) if row.last_ok_at else None,
            last.get(row.id),
            [alarm for alarm in raised if alarm.connection_id == row.id],
            row.token_expires_at is not None and row.token_expires_at <= now,
        )
        for row in rows
    }


def reachable(actor: Actor, query: Any) -> Any:
    """The query of devices, with connection and asset beside each, cut to those of connections or
    assets within the actor's sites. Raises `Forbidden`."""
    actor.require_anywhere(Permission.MDM_READ)
    d, c = MdmDevice, MdmConnection
    query = query.join(c, col(c.id) == col(d.connection_id))
    query = query.outerjoin(Asset, col(Asset.id) == col(d.asset_id))
    scope = actor.scope(Permission.MDM_READ)
    if scope is None:
        return query
    return query.where(sa.or_(col(c.site_id).in_(scope), col(Asset.site_id).in_(scope)))
