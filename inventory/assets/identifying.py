"""Adding and taking away an asset's identifiers by hand."""

from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.assets import claims, identifiers, search_doc
from inventory.assets.identifiers import SERIAL
from inventory.assets.kinds import Source
from inventory.assets.models import Asset, Identifier
from inventory.assets.reach import for_change
from inventory.assets.words import wrong
from inventory.audit import service as audit
from inventory.errors import Conflict, NotFound


def add_identifier(
    db: Session, actor: Actor, asset_id: int, kind: str, value: str, *, now: datetime
) -> Asset:
    """Give the asset an identifier; the serial is a field of the asset and changed there.

    Raises `InvalidInput`, `Duplicate` where another asset has it, `NotFound`, `Forbidden`.
    """
    asset = for_change(db, actor, asset_id)
    if kind == SERIAL:
        raise wrong("kind", "serial is changed as a field of the asset")
    key = identifiers.normal_key(kind, value)
    if len(claims.of(db, [asset_id])[asset_id]) >= claims.MAX_PER_ASSET:
        raise Conflict(f"an asset has at most {claims.MAX_PER_ASSET} identifiers")
    if claims.claim(db, actor, asset, [key], Source.PERSON, now=now):
        _changed(db, actor, asset, {}, {"identifiers": [key.spoken()]}, now)
    return asset


def remove_identifier(
    db: Session, actor: Actor, asset_id: int, identifier_id: int, *, now: datetime
) -> Asset:
    """Take an identifier away. Raises `NotFound` where the asset has no such one."""
    asset = for_change(db, actor, asset_id)
    row = db.get(Identifier, identifier_id)
    if row is None or row.asset_id != asset.id:
        raise NotFound(f"{asset.tag} has no identifier {identifier_id}")
    if row.kind == SERIAL:
        raise Conflict("the serial number is changed as a field of the asset")
    said = identifiers.Key(row.kind, row.namespace, row.value).spoken()
    db.delete(row)
    _changed(db, actor, asset, {"identifiers": [said]}, {"identifiers": []}, now)
    return asset


def _changed(
    db: Session,
    actor: Actor,
    asset: Asset,
    before: dict[str, object],
    after: dict[str, object],
    now: datetime,
) -> None:
    asset.version += 1
    asset.updated_at = now
    db.add(asset)
    search_doc.refresh(db, [asset.id])
    audit.record(
        db, actor, "asset.changed", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before=before, after=after,
    )  # fmt: skip
