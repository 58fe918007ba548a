"""The managed devices behind an asset, as the last synchronisation left them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.fleet.models import MdmConnection, MdmDevice, Mode
from mdm.connector import differences
from mdm.types import DeviceRef, Ownership

_WIPED = re.compile(
    r"(?<![a-z])(?:account_)?wip(?:ing|ed)$|wipe[_ ]?(?:pending|issued)$", re.IGNORECASE
)

_MOST = 20
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Target:
    """A device at a vendor, and the connection that reaches it.

    key   names the device for good: ids of rows may be given anew, this is not
    live  commands are truly sent over this connection; else they are only logged
    """

    device_id: int
    asset_id: int | None
    connection_id: int
    connection_uid: str
    vendor: str
    label: str
    enabled: bool
    live: bool
    ref: DeviceRef
    name: str
    state: str
    assigned_user: str | None
    locked: bool | None
    lost_mode: bool | None
    last_check_in: datetime | None
    enrolled_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None

    @property
    def key(self) -> str:
        return f"{self.connection_uid}:{self.ref.vendor_id}"


def targets_of(db: Session, asset_id: int) -> list[Target]:
    """The devices that vendors know of an asset and that have not left, in order of their id.

    It checks nobody's permission.
    """
    query = _both().where(col(MdmDevice.asset_id) == asset_id, col(MdmDevice.gone_at).is_(None))
    return [_target(*row) for row in db.exec(query.order_by(col(MdmDevice.id)).limit(_MOST))]


def targets_by_asset(db: Session, asset_ids: Sequence[int]) -> dict[int, list[Target]]:
    """The same for many assets; those without a device are left out."""
    found: dict[int, list[Target]] = {}
    for start in range(0, len(asset_ids), _CHUNK):
        some = asset_ids[start : start + _CHUNK]
        query = _both().where(col(MdmDevice.asset_id).in_(some), col(MdmDevice.gone_at).is_(None))
        for row in db.exec(query.order_by(col(MdmDevice.id))):
            found.setdefault(row[0].asset_id, []).append(_target(*row))
    return {asset_id: targets[:_MOST] for asset_id, targets in found.items()}


def target_named(db: Session, connection_uid: str, vendor_id: str) -> Target | None:
    """One device of one connection, also one that has left; None where neither row is there."""
    query = _both().where(
        col(MdmConnection.uid) == connection_uid, col(MdmDevice.vendor_id) == vendor_id
    )
    found = db.exec(query.limit(1)).first()
    return _target(*found) if found else None


def connection_of(db: Session, uid: str) -> MdmConnection | None:
    """The connection with this uid, None where it was deleted."""
    return db.exec(select(MdmConnection).where(MdmConnection.uid == uid)).first()


def fleet_size(db: Session) -> int:
    """Managed devices that have not left."""
    query = select(sa.func.count()).select_from(MdmDevice).where(col(MdmDevice.gone_at).is_(None))
    return int(db.exec(query).one())


def shares_serial(db: Session, target: Target) -> bool:
    """Whether another device that has not left has the same serial number."""
    return bool(serials_shared(db, [target]))


def serials_shared(db: Session, targets: Sequence[Target]) -> frozenset[int]:
    """Ids of those of these devices whose serial number the device of another asset has too."""
    by_serial: dict[str, list[Target]] = {}
    for target in targets:
        if target.ref.serial:
            by_serial.setdefault(target.ref.serial, []).append(target)
    serials, found = list(by_serial), set()
    for start in range(0, len(serials), _CHUNK):
        query = select(MdmDevice.serial, MdmDevice.id, MdmDevice.asset_id).where(
            col(MdmDevice.serial).in_(serials[start : start + _CHUNK]),
            col(MdmDevice.gone_at).is_(None),
        )
        for serial, id_, asset_id in db.exec(query):
            found |= {
                target.device_id
                for target in by_serial[serial]
                if id_ != target.device_id and (asset_id is None or asset_id != target.asset_id)
            }
    return frozenset(found)


def being_wiped(db: Session) -> list[Target]:
    """Every device whose vendor's own word says that it is being, or was, erased."""
    query = _both().where(sa.func.lower(col(MdmDevice.state)).contains("wip"))
    return [t for row in db.exec(query.limit(5000)) if looks_wiped((t := _target(*row)).state)]


def looks_wiped(state: str) -> bool:
    """Whether a vendor's word says "being erased" or "erased": WIPING, wipePending, wiped."""
    return _WIPED.search(state) is not None


def meant_and_found(meant: DeviceRef, found: DeviceRef) -> tuple[str, ...]:
    """What differs between the device that was meant and the one that is there.

    Beside `mdm.connector.differences`: a change of owner or of platform, since the effect of a
    command depends on them. An owner that either side does not tell is no difference.
    """
    more = []
    if meant.platform is not found.platform:
        more.append(f"platform was {meant.platform.value}, is {found.platform.value}")
    told = Ownership.UNKNOWN not in {meant.ownership, found.ownership}
    if told and meant.ownership is not found.ownership:
        more.append(f"owner was {meant.ownership.value}, is {found.ownership.value}")
    return (*differences(meant, found), *more)


def _both() -> Any:
    return select(MdmDevice, MdmConnection).where(
        col(MdmConnection.id) == col(MdmDevice.connection_id)
    )


def _target(device: MdmDevice, connection: MdmConnection) -> Target:
    return Target(
        device_id=device.id,
        asset_id=device.asset_id,
        connection_id=connection.id,
        connection_uid=connection.uid,
        vendor=connection.vendor,
        label=connection.label,
        enabled=connection.enabled,
        live=connection.mode is Mode.LIVE,
        ref=DeviceRef(
            vendor_id=device.vendor_id,
            platform=device.platform,
            ownership=device.ownership,
            serial=device.serial or None,
            udid=device.udid or None,
            enrolment=device.enrolment or None,
            supervised=device.supervised,
        ),
        name=device.name,
        state=device.state,
        assigned_user=device.assigned_user or None,
        locked=device.locked,
        lost_mode=device.lost_mode,
        last_check_in=device.last_check_in,
        enrolled_at=device.enrolled_at,
        first_seen_at=device.first_seen_at,
        last_seen_at=device.last_seen_at,
        gone_at=device.gone_at,
    )
