"""What is recorded of the assets that a batch of rows may be about; a few statements for each."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.assets.hold_models import Hold
from inventory.assets.models import Asset, AssetTag, Identifier

ASSET = cast(sa.Table, sa.inspect(Asset).local_table)
FIELDS = (
    "tag", "category", "status", "site_id", "name", "serial", "firmware", "description",
    "purchase_date", "cost_cents", "order_number", "supplier", "warranty_until",
    "funding_source", "federal_funds", "grant_number",
)  # fmt: skip
"""Columns that a row of a file may change, beside maker, model and `custom`."""

_CHUNK = 5_000


@dataclass(slots=True)
class Present:
    """tags     comparable tag → (asset, whether it is the present one)
    holders  (kind, value) → (asset, namespace) of everybody who has the identifier
    assets   by id: the columns of `asset`
    held     assets under a hold
    """

    tags: dict[str, tuple[int, bool]] = field(default_factory=dict)
    holders: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    assets: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)


def look(
    db: Session, tag_keys: Collection[str], values: Collection[str], ids: Collection[int]
) -> Present:
    """By comparable tags, by values of identifiers in normal form, and by ids."""
    found = Present()
    for some in _chunks(tag_keys):
        tags = sa.select(col(AssetTag.tag_key), col(AssetTag.asset_id), col(AssetTag.current))
        for key, asset_id, current in db.execute(tags.where(col(AssetTag.tag_key).in_(some))):
            found.tags[key] = asset_id, current
    for some in _chunks(values):
        columns = (Identifier.kind, Identifier.value, Identifier.asset_id, Identifier.namespace)
        keys = sa.select(*map(col, columns)).where(col(Identifier.value).in_(some))
        for kind, value, asset_id, namespace in db.execute(keys):
            found.holders.setdefault((kind, value), []).append((asset_id, namespace))
    wanted = {*ids, *(id_ for id_, _ in found.tags.values())}
    wanted |= {id_ for rows in found.holders.values() for id_, _ in rows}
    found.assets = assets_of(db, wanted)
    for some in _chunks(found.assets):
        holds = sa.select(col(Hold.asset_id)).where(
            col(Hold.asset_id).in_(some), col(Hold.released_at).is_(None)
        )
        found.held.update(db.execute(holds).scalars())
    return found


def assets_of(
    db: Session, ids: Collection[int], *, lock: bool = False
) -> dict[int, Mapping[str, Any]]:
    """The columns of these assets by id. `lock`: for no other writer, in one order."""
    found: dict[int, Mapping[str, Any]] = {}
    for some in _chunks(ids):
        query = sa.select(ASSET).where(ASSET.c.id.in_(some)).order_by(ASSET.c.id)
        for row in db.connection().execute(query.with_for_update() if lock else query):
            found[row.id] = cast(Mapping[str, Any], row._mapping)
    return found


def _chunks(wanted: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
