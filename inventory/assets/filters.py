"""What a list of assets can be narrowed to and ordered by. Anything else is refused."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.assets import custom_rules
from inventory.assets.catalog_models import CustomField
from inventory.assets.kinds import Category, FieldKind, Status
from inventory.assets.models import Asset, AssetTag
from inventory.assets.naming import manufacturer_named
from inventory.assets.reach import within
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.errors import InvalidInput
from inventory.sites import service as sites

Clause = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilter:
    """Every part narrows further; within `category` and `status` any of the values will do.

    site_id     the place and all that lies in it
    tag         exactly this tag, current or former
    seen_before, seen_after   last seen; an asset that was never seen was seen before any moment
    custom      (key, value) pairs that must all be equal
    q           words, see `search`
    """

    category: tuple[Category, ...] = ()
    status: tuple[Status, ...] = ()
    site_id: int | None = None
    manufacturer: str = ""
    manufacturer_id: int | None = None
    model_id: int | None = None
    tag: str = ""
    seen_before: datetime | None = None
    seen_after: datetime | None = None
    has_serial: bool | None = None
    funding_source: str = ""
    federal_funds: bool | None = None
    custom: tuple[tuple[str, str], ...] = ()
    q: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order that has an index. `unique`: needs no id to tell rows apart."""

    column: Any
    nullable: bool = False
    unique: bool = False
    moment: bool = False


SORTS = {
    "tag": Sort(col(Asset.tag_key), unique=True),
    "name": Sort(col(Asset.name)),
    "created_at": Sort(col(Asset.created_at), moment=True),
    "updated_at": Sort(col(Asset.updated_at), moment=True),
    "last_seen_at": Sort(col(Asset.last_seen_at), nullable=True, moment=True),
}
"""With a minus in front: the other way round. Never seen counts as longest ago."""


def clauses(db: Session, actor: Actor, wanted: AssetFilter) -> list[Clause]:
    """WHERE clauses for everything but `q`, within the actor's scope."""
    found: list[Clause] = [*within(actor)]
    if wanted.category:
        found.append(col(Asset.category).in_(wanted.category))
    if wanted.status:
        found.append(col(Asset.status).in_(wanted.status))
    if wanted.site_id is not None:
        found.append(col(Asset.site_id).in_(sites.subtree(db, wanted.site_id)))
    if wanted.manufacturer:
        maker = manufacturer_named(db, wanted.manufacturer)
        found.append(col(Asset.manufacturer_id) == (maker.id if maker else -1))
    for column, value in (
        (col(Asset.manufacturer_id), wanted.manufacturer_id),
        (col(Asset.model_id), wanted.model_id),
        (col(Asset.federal_funds), wanted.federal_funds),
        (col(Asset.funding_source), wanted.funding_source or None),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.has_serial is not None:
        found.append((col(Asset.serial) != "") == wanted.has_serial)
    if wanted.tag:
        key = tag_key(clean_tag(wanted.tag))
        same = sa.select(col(AssetTag.asset_id)).where(col(AssetTag.tag_key) == key)
        found.append(col(Asset.id).in_(same))
    return found + _seen(wanted) + _custom(db, wanted)


def _seen(wanted: AssetFilter) -> list[Clause]:
    found: list[Clause] = []
    seen = col(Asset.last_seen_at)
    if wanted.seen_after is not None:
        found.append(seen >= wanted.seen_after)
    if wanted.seen_before is not None:
        found.append((seen < wanted.seen_before) | seen.is_(None))
    return found


def _custom(db: Session, wanted: AssetFilter) -> list[Clause]:
    if not wanted.custom:
        return []
    known = {f.key: f for f in db.exec(select(CustomField))}
    found: list[Clause] = []
    for key, text in wanted.custom:
        field = known.get(key)
        if field is None:
            unknown = [f"there is no field {key[:60]}"]
            raise InvalidInput("unknown custom field", {"custom": unknown})
        value = custom_rules.asked(field, text)
        stored = col(Asset.custom)[key]
        match field.kind:
            case FieldKind.BOOLEAN:
                found.append(stored.as_boolean() == value)
            case FieldKind.NUMBER:
                found.append(stored.as_float() == value)
            case _:
                found.append(stored.as_string() == value)
    return found
