"""The catalog as its pages list it: names, spellings and how many assets stand behind each."""

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor
from inventory.assets import catalog
from inventory.assets.catalog_models import AssetModel, Manufacturer, ManufacturerAlias, ModelAlias
from inventory.assets.models import Asset
from inventory.assets.reach import within

Key = tuple[str, int]


class MakerLine(NamedTuple):
    """`assets` and `models`: how many; assets within the actor's reach only."""

    maker: Manufacturer
    assets: int
    models: int


class ModelLine(NamedTuple):
    model: AssetModel
    maker: str
    assets: int


def makers(
    db: Session,
    actor: Actor,
    *,
    q: str = "",
    provisional: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> tuple[list[MakerLine], Key | None]:
    """One page by name, and the key of the next one; three queries."""
    rows = catalog.list_manufacturers(
        db, actor, q=q, provisional=provisional, after=after, limit=limit + 1
    )
    shown = rows[:limit]
    ids = [row.id for row in shown]
    assets = assets_by(db, actor, col(Asset.manufacturer_id), ids)
    models = _count(db, col(AssetModel.manufacturer_id), ids)
    lines = [MakerLine(row, assets.get(row.id, 0), models.get(row.id, 0)) for row in shown]
    return lines, _next(rows, limit)


def models(
    db: Session,
    actor: Actor,
    *,
    q: str = "",
    manufacturer_id: int | None = None,
    provisional: bool | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> tuple[list[ModelLine], Key | None]:
    """One page by name, and the key of the next one; three queries."""
    rows = catalog.list_models(
        db, actor, q=q, manufacturer_id=manufacturer_id, provisional=provisional, after=after,
        limit=limit + 1,
    )  # fmt: skip
    shown = rows[:limit]
    assets = assets_by(db, actor, col(Asset.model_id), [row.id for row in shown])
    names = _names(db, {row.manufacturer_id for row in shown})
    lines = [
        ModelLine(row, names.get(row.manufacturer_id, ""), assets.get(row.id, 0)) for row in shown
    ]
    return lines, _next(rows, limit)


def assets_by(db: Session, actor: Actor, column: Any, ids: Collection[int]) -> dict[int, int]:
    """How many assets in the actor's reach have each of these values in a column of `Asset`."""
    return _count(db, column, ids, *within(actor))


def maker_spellings(db: Session, maker_id: int) -> list[str]:
    """Every spelling, in its comparable form, that means the maker."""
    query = sa.select(col(ManufacturerAlias.key)).where(
        col(ManufacturerAlias.manufacturer_id) == maker_id
    )
    return sorted(db.execute(query).scalars())


def model_spellings(db: Session, model_id: int) -> list[str]:
    """Every spelling, in its comparable form, that means the model."""
    query = sa.select(col(ModelAlias.key)).where(col(ModelAlias.model_id) == model_id)
    return sorted(db.execute(query).scalars())


def _count(db: Session, column: Any, ids: Collection[int], *where: Any) -> dict[int, int]:
    query = sa.select(column, sa.func.count()).where(column.in_(ids), *where).group_by(column)
    return {row[0]: row[1] for row in db.execute(query)}


def _names(db: Session, maker_ids: Collection[int]) -> dict[int, str]:
    query = sa.select(col(Manufacturer.id), col(Manufacturer.name))
    rows = db.execute(query.where(col(Manufacturer.id).in_(maker_ids)))
    return {row[0]: row[1] for row in rows}


def _next(rows: list[Any], limit: int) -> Key | None:
    return (rows[limit - 1].key, rows[limit - 1].id) if len(rows) > limit else None
