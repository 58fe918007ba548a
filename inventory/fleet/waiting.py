"""Devices of vendors one by one: which wait for a person, and the evidence for a decision."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.beside import Candidate, beside
from inventory.assets.identifiers import IMEI, MAC, MEID, SERIAL, UDID, colons, usable
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset, AssetTag, Identifier
from inventory.assets.observation import Observation
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.audit import service as audit
from inventory.errors import InvalidInput, NotFound, VersionMismatch
from inventory.fleet import describing, listing
from inventory.fleet.models import MdmConnection, MdmDevice

WAITING = (Outcome.NEW, Outcome.CONFLICT)
MOST_LIKE = 5
"""Assets that are offered because they bear the same tag or serial number."""


def get(
    db: Session, actor: Actor, device_id: int, *, revision: int | None = None, lock: bool = False
) -> tuple[MdmDevice, MdmConnection]:
    """The device and its connection.

    Raises `NotFound`, also where neither its connection nor its asset is within the actor's sites,
    and `VersionMismatch`.
    """
    query = select(MdmDevice).where(MdmDevice.id == device_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.exec(query).first()
    connection = db.get(MdmConnection, row.connection_id) if row is not None else None
    if row is None or connection is None or not _reaches(db, actor, row, connection):
        raise NotFound(f"there is no managed device {device_id}")
    if revision is not None and row.revision != revision:
        raise VersionMismatch("the vendor has told otherwise since you read it; read it again")
    return row, connection


def may_decide(actor: Actor, connection: MdmConnection) -> bool:
    """Whether the actor reviews what is observed at the connection's place."""
    return actor.may(Permission.DISCOVERY_REVIEW, connection.site_id)


def is_open(row: MdmDevice) -> bool:
    """Whether it waits for a person."""
    return row.outcome in WAITING


def left_out_by_person(row: MdmDevice) -> bool:
    """Whether somebody said that it is not ours; only that can be taken back."""
    return row.outcome is Outcome.IGNORED and bool(row.decided_by)


def seen(row: MdmDevice, connection: MdmConnection, *, now: datetime) -> Observation:
    """The observation that the device is, as a sync would make it."""
    device = describing.device_of(row)
    return describing.observation_of(describing.origin_of(connection), device, now=now)


def candidates(
    db: Session, actor: Actor, row: MdmDevice, connection: MdmConnection
) -> list[Candidate]:
    """The assets that it may be beside what the vendor tells: those of a conflict; of a new one
    those that bear its tag or its serial number, or have borne the tag."""
    about = [int(id_) for id_ in row.candidates]
    if row.outcome is Outcome.NEW:
        about = _alike(db, actor, row)
    elif row.asset_id is not None:
        about = [row.asset_id]
    return beside(db, actor, about, _told(row, connection))


def settle(
    row: MdmDevice, connection: MdmConnection, asset: Asset, actor: Actor, now: datetime
) -> audit.Entry:
    """A person accepted it as this new asset; what the audit log says of that."""
    row.outcome, row.asset_id, row.candidates = Outcome.MATCHED, asset.id, []
    row.reasons = [said("accepted", asset, actor)]
    row.decided_by, row.decided_at = actor.name[:200], now
    row.revision += 1
    after = {**spoken(row, connection), "asset": asset.tag}
    return audit.Entry(row.id, connection.site_id, after=after)


def said(verb: str, asset: Asset, actor: Actor) -> str:
    """Why it is this asset."""
    return f"{verb} as {asset.tag} by {actor.name}"


def spoken(row: MdmDevice, connection: MdmConnection) -> dict[str, object]:
    """Which device it is, for the audit log."""
    told = {name: getattr(row, name) for name in ("serial", "model", "name", "vendor_id")}
    return {"connection": connection.label, **{k: v for k, v in told.items() if v}}


def next_waiting(db: Session, actor: Actor, device_id: int) -> int | None:
    """The present device that waits next, by id, and after the last the first; None for none."""
    query = listing.reachable(actor, select(MdmDevice.id))
    id_ = col(MdmDevice.id)
    query = query.where(
        col(MdmDevice.outcome).in_(WAITING), col(MdmDevice.gone_at).is_(None), id_ != device_id
    )
    before = sa.case((id_ > device_id, 0), else_=1)
    found: int | None = db.exec(query.order_by(before, id_).limit(1)).first()
    return found


def devices_of(db: Session, actor: Actor, ids: Collection[int]) -> list[MdmDevice]:
    """Those of these devices that the actor sees, by id."""
    query = listing.reachable(actor, select(MdmDevice)).where(col(MdmDevice.id).in_(ids))
    return list(db.exec(query.order_by(col(MdmDevice.id))).all())


def _reaches(db: Session, actor: Actor, row: MdmDevice, connection: MdmConnection) -> bool:
    if actor.may(Permission.MDM_READ, connection.site_id):
        return True
    asset = db.get(Asset, row.asset_id) if row.asset_id is not None else None
    return asset is not None and actor.may(Permission.MDM_READ, asset.site_id)


def _alike(db: Session, actor: Actor, row: MdmDevice) -> list[int]:
    """Only such as the actor sees: they are offered, and are no reason for anything."""
    found: list[int] = []
    scope = actor.scope(Permission.ASSET_READ)
    within = sa.true() if scope is None else col(Asset.site_id).in_(scope)
    queries = []
    try:
        key = tag_key(clean_tag(row.asset_tag))
    except InvalidInput:
        key = ""
    if key:
        queries.append(
            select(Asset.id)
            .join(AssetTag, col(AssetTag.asset_id) == col(Asset.id))
            .where(AssetTag.tag_key == key)
        )
    serials = [each.value for each in usable(SERIAL, [row.serial])]
    if serials:
        queries.append(
            select(Asset.id)
            .join(Identifier, col(Identifier.asset_id) == col(Asset.id))
            .where(Identifier.kind == SERIAL, col(Identifier.value).in_(serials))
        )
    for query in queries:
        found += db.exec(query.where(within).order_by(col(Asset.id)).limit(MOST_LIKE)).all()
    return list(dict.fromkeys(found))


def _told(row: MdmDevice, connection: MdmConnection) -> dict[str, str]:
    one = seen(row, connection, now=row.last_seen_at)
    of_kind = {IMEI: "imeis", MEID: "meids", MAC: "macs"}
    hardware = {kind: usable(kind, row.facts.get(name, ())) for kind, name in of_kind.items()}
    hardware[UDID] = usable(UDID, [row.udid])
    lists = {
        kind: ", ".join(
            sorted(colons(key.value) if kind == MAC else key.value for key in hardware[kind])
        )
        for kind in (IMEI, MEID, UDID, MAC)
        if hardware[kind]
    }
    return {
        "tag": row.asset_tag, "category": one.category.value if one.category else "",
        "manufacturer": one.manufacturer, "model": one.model, "serial": row.serial,
        "name": row.name, **lists,
    }  # fmt: skip
