"""The verbs on assets. Each checks permission and scope, records what it did, never commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import claims, custom_rules, fields, identifiers, policy, search_doc, tags
from inventory.assets.changing import change
from inventory.assets.custom_fields import definitions
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.listing import list_assets
from inventory.assets.models import Asset
from inventory.assets.naming import catalog_of, catalogued, names_of
from inventory.assets.reach import by_serial, by_tag, for_change, get, require_site, within
from inventory.assets.status import retire, set_status
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.audit import service as audit

__all__ = [
    "AssetDraft", "AssetFilter", "by_serial", "by_tag", "catalog_of", "change", "create",
    "for_change", "get", "list_assets", "retire", "set_status", "within",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDraft:
    """A new asset as a person, a script or a sweep describes it.

    tag, prefix   a tag to bear, or the counter to take one from; neither: the default counter
    manufacturer, model   names; unknown ones enter the catalog as provisional
    identifiers   (kind, value) beside the serial: mac, imei, meid, udid, snmp_engine_id, vendor:x
    source        other than PERSON: what required custom fields demand may follow later, and the
                  fields count as observed, not as entered
    """

    category: Category
    tag: str | None = None
    prefix: str | None = None
    status: Status = Status.IN_STOCK
    manufacturer: str = ""
    model: str = ""
    site_id: int | None = None
    name: str = ""
    serial: str = ""
    firmware: str = ""
    description: str = ""
    purchase_date: date | None = None
    cost_cents: int | None = None
    order_number: str = ""
    supplier: str = ""
    warranty_until: date | None = None
    funding_source: str = ""
    federal_funds: bool = False
    grant_number: str = ""
    custom: Mapping[str, object] = field(default_factory=dict)
    identifiers: Sequence[tuple[str, str]] = ()
    source: Source = Source.PERSON


def create(db: Session, actor: Actor, draft: AssetDraft, *, now: datetime) -> Asset:
    """A new asset with its tag, its identifiers and its place.

    Raises `Forbidden` for a foreign site, `InvalidInput`, or `Duplicate` for a tag or identifier
    that is taken.
    """
    actor.require(Permission.ASSET_WRITE, draft.site_id)
    policy.require_initial(draft.status)
    values = fields.checked({name: getattr(draft, name) for name in fields.PLAIN})
    require_site(db, draft.site_id)
    keys = [identifiers.normal_key(kind, value) for kind, value in draft.identifiers]
    custom = custom_rules.merged(
        definitions(db), draft.category, {}, draft.custom,
        complete=draft.source is Source.PERSON,
    )  # fmt: skip
    maker, model = catalogued(db, draft.manufacturer, draft.model, draft.category)
    if draft.tag is None:
        tag = tags.allocate(db, draft.prefix)
    else:
        tag = clean_tag(draft.tag)
        tags.require_free(db, actor, tag)
    asset = Asset(
        tag=tag, tag_key=tag_key(tag), status=draft.status, site_id=draft.site_id, custom=custom,
        manufacturer_id=maker.id if maker else None, model_id=model.id if model else None,
        observed_fields=observed_fields(draft), created_at=now, updated_at=now, **values,
    )  # fmt: skip
    db.add(asset)
    db.flush()
    tags.first_tag(db, asset, now=now)
    keys += claims.serial_keys(asset.serial, maker)
    claims.claim(db, actor, asset, keys, draft.source, now=now)
    search_doc.first(db, asset, keys)
    after = fields.snapshot(asset, names_of(maker, model)) | {
        "identifiers": [key.spoken() for key in keys]
    }
    audit.record(
        db, actor, "asset.created", now=now, subject_type="asset", subject_id=asset.id,
        site_id=asset.site_id, after={k: v for k, v in after.items() if v},
    )  # fmt: skip
    return asset


def observed_fields(draft: AssetDraft) -> dict[str, str]:
    """Which fields follow later observations, because no person has entered them."""
    if draft.source is Source.PERSON:
        return {}
    return {name: draft.source.value for name in fields.FOLLOWS if getattr(draft, name)}
