"""The rest of an asset's first tab: identifiers, former tags, own fields, the network in short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import claims, notes
from inventory.assets.custom_fields import definitions
from inventory.assets.identifiers import MAC, colons
from inventory.assets.kinds import Source
from inventory.assets.models import Asset, AssetNote, AssetTag
from inventory.desk.asset_head import Head
from inventory.discovery import addresses, places
from inventory.discovery.reading_models import AssetAddress, AssetPort

NOTES = 5
ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """An identifier as people write it."""

    kind: str
    value: str
    source: Source
    at: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """A field of the district: its label, kind and value."""

    label: str
    kind: str
    value: object


@dataclass(frozen=True, slots=True)
class FormerTag:
    tag: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Plug:
    """The switch port. `switch`: the switch's asset, None where it is unknown or out of reach."""

    port: AssetPort
    switch: int | None
    switch_tag: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    marks: Sequence[Mark]
    former: Sequence[FormerTag]
    own: Sequence[Own]
    notes: Sequence[AssetNote]
    stays: Sequence[AssetAddress]
    plug: Plug | None


def overview_of(db: Session, actor: Actor, head: Head) -> Overview:
    """Six or seven statements, whatever the asset has."""
    asset = head.asset
    return Overview(
        marks=_marks(db, asset.id),
        former=_former(db, asset.id),
        own=_own(db, asset),
        notes=notes.list_notes(db, actor, asset.id, limit=NOTES),
        stays=addresses.of_asset(db, asset.id, limit=ADDRESSES),
        plug=plug_of(db, actor, asset.id),
    )


def plug_of(db: Session, actor: Actor, asset_id: int) -> Plug | None:
    """Where the asset is plugged in. The caller has checked the asset's scope."""
    port = places.port_of(db, asset_id)
    if port is None:
        return None
    switch = db.get(Asset, port.switch_asset_id) if port.switch_asset_id else None
    if switch is None or not actor.may(Permission.ASSET_READ, switch.site_id):
        return Plug(port, None)
    return Plug(port, switch.id, switch.tag)


def _marks(db: Session, asset_id: int) -> list[Mark]:
    return [
        Mark(row.kind, colons(row.value) if row.kind == MAC else row.value, row.source,
             row.added_at)
        for row in claims.of(db, [asset_id])[asset_id]
    ]  # fmt: skip


def _former(db: Session, asset_id: int) -> list[FormerTag]:
    query = select(AssetTag.tag, AssetTag.since).where(
        AssetTag.asset_id == asset_id, col(AssetTag.current).is_(False)
    )
    return [FormerTag(*row) for row in db.exec(query.order_by(col(AssetTag.since).desc()))]


def _own(db: Session, asset: Asset) -> list[Own]:
    """Those that are filled, in the order of the district's fields; a value whose field is gone
    keeps its key as the label."""
    if not asset.custom:
        return []
    values: Mapping[str, object] = asset.custom
    known = {field.key: field for field in definitions(db)}
    found = []
    for key in [*known, *(key for key in values if key not in known)]:
        if key in values:
            field = known.get(key)
            kind = field.kind.value if field else "text"
            found.append(Own(field.label if field else key, kind, _readable(kind, values[key])))
    return found


def _readable(kind: str, value: object) -> object:
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
