"""The columns that a list of assets can show and an export can hold, each described once."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from inventory.assets import custom_fields
from inventory.assets.catalog_models import CustomField
from inventory.assets.filters import SORTS
from inventory.assets.models import Asset
from inventory.errors import InvalidInput
from inventory.sites.models import Site, SiteKind

CUSTOM = "custom."
"""In front of the key of a field that the district added."""


@dataclass(frozen=True, slots=True)
class Column:
    """key    also the header of an export: the field's name where an import takes the field
    label     in English, for people
    getter    from a row of `list_assets` (asked for with `sql`) to the value
    sql       what the row needs beyond `listing.COLUMNS`; None: nothing
    sortable  whether the list can be ordered by it, under its key
    default   whether it is shown to whoever has not chosen
    entered   whether an import takes it: something that people enter
    """

    key: str
    label: str
    getter: Callable[[Any], object]
    sql: Any = None
    sortable: bool = False
    default: bool = False
    entered: bool = False


def _school() -> Any:
    """The name of the school: of the place, or of one around it. A room may lie in a building."""
    place, around, beyond = aliased(Site), aliased(Site), aliased(Site)
    found = [(col(one.kind) == SiteKind.SCHOOL, col(one.name)) for one in (place, around, beyond)]
    return (
        sa.select(sa.case(*found))
        .select_from(place)
        .outerjoin(around, col(around.id) == col(place.parent_id))
        .outerjoin(beyond, col(beyond.id) == col(around.parent_id))
        .where(col(place.id) == col(Asset.site_id))
        .correlate(Asset)
        .scalar_subquery()
        .label("school")
    )


def _of(key: str, label: str, sql: Any = None, **more: bool) -> Column:
    return Column(key, label, operator.attrgetter(key), sql, sortable=key in SORTS, **more)


_ALL = (
    _of("tag", "Tag", default=True, entered=True),
    _of("name", "Name", default=True, entered=True),
    _of("category", "Category", default=True, entered=True),
    _of("status", "Status", default=True, entered=True),
    _of("manufacturer", "Manufacturer", default=True, entered=True),
    _of("model", "Model", default=True, entered=True),
    _of("serial", "Serial number", default=True, entered=True),
    _of("school", "School", _school(), default=True),
    _of("site", "Place", default=True),
    _of("site_id", "Place number", entered=True),
    _of("firmware", "Firmware", entered=True),
    _of("description", "Description", col(Asset.description), entered=True),
    _of("purchase_date", "Bought on", col(Asset.purchase_date), entered=True),
    _of("cost_cents", "Price in cents", col(Asset.cost_cents), entered=True),
    _of("order_number", "Order number", col(Asset.order_number), entered=True),
    _of("supplier", "Supplier", col(Asset.supplier), entered=True),
    _of("warranty_until", "Warranty until", entered=True),
    _of("funding_source", "Funding source", entered=True),
    _of("federal_funds", "Federal funds", col(Asset.federal_funds), entered=True),
    _of("grant_number", "Grant number", col(Asset.grant_number), entered=True),
    _of("last_seen_at", "Last seen", default=True),
    _of("last_seen_source", "Seen by"),
    _of("last_seen_address", "Seen at address"),
    _of("created_at", "Recorded"),
    _of("updated_at", "Changed"),
    _of("id", "Number"),
    _of("version", "Version"),
)

COLUMNS: Mapping[str, Column] = {column.key: column for column in _ALL}
"""By key, in the order in which a person chooses among them; see also `available`."""


def available(db: Session) -> dict[str, Column]:
    """`COLUMNS` and those of the district's own fields, archived ones too: they may be filled."""
    return {**COLUMNS, **{c.key: c for c in map(custom, custom_fields.definitions(db))}}


def custom(field: CustomField) -> Column:
    """The column of a field that the district added."""
    key = field.key
    return Column(
        CUSTOM + key, field.label, lambda row: row.custom.get(key), col(Asset.custom), entered=True
    )


def usual() -> list[Column]:
    """The columns of whoever has not chosen."""
    return [column for column in COLUMNS.values() if column.default]


def picked(db: Session, keys: Iterable[str]) -> list[Column]:
    """The columns of these keys. Raises `InvalidInput` naming those that there are not."""
    wanted = list(dict.fromkeys(keys))
    known = available(db) if any(key.startswith(CUSTOM) for key in wanted) else COLUMNS
    unknown = [key[:60] for key in wanted if key not in known]
    if unknown:
        message = "there is no column " + ", ".join(unknown)
        raise InvalidInput(message, {"columns": [message]})
    return [known[key] for key in wanted]


def remembered(db: Session, keys: Iterable[str]) -> list[Column]:
    """The columns that a person once chose, without those that there are no more; the usual ones
    where none is left."""
    wanted = list(dict.fromkeys(keys))
    known = available(db) if any(key.startswith(CUSTOM) for key in wanted) else COLUMNS
    return [known[key] for key in wanted if key in known] or usual()


def needed(columns: Iterable[Column]) -> list[Any]:
    """What a query selects for these columns beyond `listing.COLUMNS`, each once."""
    return list({id(c.sql): c.sql for c in columns if c.sql is not None}.values())
