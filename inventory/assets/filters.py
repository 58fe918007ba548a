"""What a list of assets can be narrowed to and ordered by. Anything else is refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.assets import custom_rules
from inventory.assets.catalog_models import CustomField
from inventory.assets.held import Holding, held
from inventory.assets.kinds import Category, FieldKind, Source, Status
from inventory.assets.models import Asset, AssetTag
from inventory.assets.naming import manufacturer_named
from inventory.assets.reach import within
from inventory.assets.schools import outside_schools
from inventory.assets.sighting_models import Sighting
from inventory.assets.spans import Seen, acquired_in, seen_in
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.errors import InvalidInput
from inventory.sites import service as sites

Clause = sa.ColumnElement[bool]


class Shortage(StrEnum):
    """States of a supply that somebody should attend to; words of `SupplyState`."""

    LOW = "low"
    EMPTY = "empty"


_SUPPLY = sa.table(
    "supply_reading",
    sa.column("asset_id", sa.Integer),
    sa.column("state", sa.String),
    sa.column("current", sa.Boolean),
)
"""By name only: the readings belong to the discovery, a feature above this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilter:
    """Every part narrows further; within `category` and `status` any of the values will do.

    site_id     the place and all that lies in it
    outside_schools   at no school: without a place, or at one that lies in none
    tag         exactly this tag, current or former
    seen_before, seen_after   last seen; an asset that was never seen was seen before any moment
    seen        last seen in one of these stretches
    unseen_days   not seen for so many days, or never
    seen_by     seen by this source at some time
    acquired_from, acquired_to   years of purchase, or else of the record, both included
    warranty_days   the warranty ends today or within so many days
    supplies    a supply is now in one of these states, as far as the device told
    holder      handed out like this, for whoever may know it
    custom      (key, value) pairs that must all be equal
    q           words, see `search`
    at          the moment from which `seen`, `unseen_days`, `holder` and `warranty_days` are
                reckoned, in the zone whose date counts as today; with one of them it must be there
    """

    category: tuple[Category, ...] = ()
    status: tuple[Status, ...] = ()
    site_id: int | None = None
    outside_schools: bool | None = None
    manufacturer: str = ""
    manufacturer_id: int | None = None
    has_manufacturer: bool | None = None
    model_id: int | None = None
    tag: str = ""
    seen_before: datetime | None = None
    seen_after: datetime | None = None
    seen: tuple[Seen, ...] = ()
    unseen_days: int | None = None
    seen_by: Source | None = None
    acquired_from: int | None = None
    acquired_to: int | None = None
    warranty_days: int | None = None
    supplies: tuple[Shortage, ...] = ()
    holder: tuple[Holding, ...] = ()
    has_serial: bool | None = None
    funding_source: str = ""
    federal_funds: bool | None = None
    custom: tuple[tuple[str, str], ...] = ()
    q: str = ""
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """`at`. Raises `ValueError` where a relative part was given without it."""
        if self.at is None:
            raise ValueError("a filter that is reckoned from a moment needs `at`")
        return self.at


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
    if wanted.outside_schools is not None:
        found.append(outside_schools(wanted.outside_schools))
    if wanted.has_manufacturer is not None:
        maker_id = col(Asset.manufacturer_id)
        found.append(maker_id.is_not(None) if wanted.has_manufacturer else maker_id.is_(None))
    if wanted.has_serial is not None:
        found.append((col(Asset.serial) != "") == wanted.has_serial)
    if wanted.tag:
        key = tag_key(clean_tag(wanted.tag))
        same = sa.select(col(AssetTag.asset_id)).where(col(AssetTag.tag_key) == key)
        found.append(col(Asset.id).in_(same))
    if wanted.holder:
        found += held(actor, wanted.holder, wanted.moment)
    return found + _seen(wanted) + _told(wanted) + _custom(db, wanted)


def _seen(wanted: AssetFilter) -> list[Clause]:
    found: list[Clause] = []
    seen = col(Asset.last_seen_at)
    if wanted.seen_after is not None:
        found.append(seen >= wanted.seen_after)
    if wanted.seen_before is not None:
        found.append((seen < wanted.seen_before) | seen.is_(None))
    if wanted.seen:
        found.append(seen_in(wanted.seen, wanted.moment))
    if wanted.unseen_days is not None:
        gone = wanted.moment - timedelta(days=wanted.unseen_days)
        found.append((seen < gone) | seen.is_(None))
    if wanted.seen_by is not None:
        once = sa.exists().where(
            col(Sighting.asset_id) == col(Asset.id), col(Sighting.source) == wanted.seen_by
        )
        found.append((col(Asset.last_seen_source) == wanted.seen_by) | once)
    return found


def _told(wanted: AssetFilter) -> list[Clause]:
    """What is recorded of its age and warranty, and what it told of its supplies."""
    found: list[Clause] = []
    if wanted.acquired_from is not None or wanted.acquired_to is not None:
        found.append(acquired_in(wanted.acquired_from, wanted.acquired_to))
    if wanted.warranty_days is not None:
        today = wanted.moment.date()
        end = today + timedelta(days=wanted.warranty_days)
        found.append(col(Asset.warranty_until).between(today, end))
    if wanted.supplies:
        short = sa.select(_SUPPLY.c.asset_id).where(
            _SUPPLY.c.current, _SUPPLY.c.state.in_([one.value for one in wanted.supplies])
        )
        found.append(col(Asset.id).in_(short))
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
