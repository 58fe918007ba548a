"""Changing an asset: only the fields that were named, each checked, all of it in the audit log."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import claims, custom_rules, fields, identifiers, search_doc, tags
from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.custom_fields import definitions
from inventory.assets.kinds import Source
from inventory.assets.models import Asset
from inventory.assets.naming import catalog_of, catalogued, names_of
from inventory.assets.reach import for_change, require_site
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.errors import VersionMismatch


def change(
    db: Session,
    actor: Actor,
    asset_id: int,
    changes: Mapping[str, object],
    *,
    now: datetime,
    version: int | None = None,
    reason: str = "",
) -> Asset:
    """Change the named fields, and nothing else; the asset afterwards.

    `changes`: the fields of `AssetDraft` but status, prefix, identifiers and source. `custom` is
    laid over the present values, None removes one. `version`: the one that was read.
    Raises `NotFound`, `Forbidden`, `VersionMismatch`, `InvalidInput`, `Duplicate`.
    """
    asset = for_change(db, actor, asset_id)
    if version is not None and asset.version != version:
        raise VersionMismatch("it was changed since you read it; read it again")
    values = fields.checked(changes)
    named = bool({"manufacturer", "model", "serial"} & set(changes))
    maker, model = catalog_of(db, asset) if named else (None, None)
    before = fields.snapshot(asset, names_of(maker, model))
    if "site_id" in changes:
        _move(db, actor, asset, changes["site_id"])
    if "tag" in changes:
        _retag(db, actor, asset, changes["tag"], now)
    for name, value in values.items():
        setattr(asset, name, value)
    if {"manufacturer", "model"} & set(changes):
        maker, model = _recatalogue(db, asset, maker, model, changes)
    if {"custom", "category"} & set(changes):
        _lay_custom(db, asset, changes)
    db.add(asset)
    if {"serial", "manufacturer"} & set(changes):
        _reclaim_serial(db, actor, asset, maker, now)
    _settle(db, actor, asset, before, fields.snapshot(asset, names_of(maker, model)), now, reason)
    entered_now = [name for name in changes if name in asset.observed_fields]
    if entered_now:
        kept = asset.observed_fields
        asset.observed_fields = {k: v for k, v in kept.items() if k not in entered_now}
    return asset


def _settle(
    db: Session,
    actor: Actor,
    asset: Asset,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
    reason: str,
) -> None:
    """Where something differs: a new version, a new search document, an event."""
    old, new = audit.changed(before, after)
    if not new:
        return
    asset.version += 1
    asset.updated_at = now
    db.add(asset)
    if search_doc.WORDS & set(new):
        search_doc.refresh(db, [asset.id])
    audit.record(
        db, actor, "asset.changed", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, before=old, after=new, reason=reason,
    )  # fmt: skip


def _move(db: Session, actor: Actor, asset: Asset, site_id: object) -> None:
    if site_id is not None and (isinstance(site_id, bool) or not isinstance(site_id, int)):
        raise wrong("site_id", "must be the id of a site")
    actor.require(Permission.ASSET_WRITE, site_id)
    require_site(db, site_id)
    asset.site_id = site_id


def _retag(db: Session, actor: Actor, asset: Asset, given: object, now: datetime) -> None:
    tag = clean_tag(given)
    if tag == asset.tag:
        return
    tags.require_free(db, actor, tag, asset_id=asset.id)
    tags.bear(db, asset, tag, now=now)
    asset.tag, asset.tag_key = tag, tag_key(tag)


def _lay_custom(db: Session, asset: Asset, changes: Mapping[str, object]) -> None:
    given = changes.get("custom", {})
    if not isinstance(given, Mapping):
        raise wrong("custom", "must be an object of fields")
    asset.custom = custom_rules.merged(
        definitions(db), asset.category, asset.custom, given, complete="category" in changes
    )


def _reclaim_serial(
    db: Session, actor: Actor, asset: Asset, maker: Manufacturer | None, now: datetime
) -> None:
    """The identifier follows the recorded serial; the serial before it stands in the audit log."""
    wanted = claims.serial_keys(asset.serial, maker)
    claims.release(db, asset, identifiers.SERIAL, keep=wanted)
    claims.claim(db, actor, asset, wanted, Source.PERSON, now=now)


def _recatalogue(
    db: Session,
    asset: Asset,
    maker: Manufacturer | None,
    model: AssetModel | None,
    changes: Mapping[str, object],
) -> tuple[Manufacturer | None, AssetModel | None]:
    """A new maker takes the model's name along; no maker, no model."""
    maker_name = entered(
        changes.get("manufacturer", maker.name if maker else ""), "manufacturer", 120
    )
    present = model.name if model and maker_name else ""
    model_name = entered(changes.get("model", present), "model", 200)
    maker, model = catalogued(db, maker_name, model_name, asset.category)
    asset.manufacturer_id = maker.id if maker else None
    asset.model_id = model.id if model else None
    return maker, model
