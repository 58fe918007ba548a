"""Names from the catalog to choose from while typing."""

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.naming import manufacturer_named

MOST = 300


def makers(db: Session, actor: Actor) -> list[str]:
    """Names of manufacturers, confirmed ones first, at most `MOST`."""
    actor.require_anywhere(Permission.ASSET_READ)
    query = sa.select(col(Manufacturer.name))
    query = query.order_by(col(Manufacturer.provisional), col(Manufacturer.key))
    return list(db.execute(query.limit(MOST)).scalars())


def models(db: Session, actor: Actor, manufacturer: str) -> list[str]:
    """Names of the models of the maker that this spelling means; none for one nobody knows."""
    actor.require_anywhere(Permission.ASSET_READ)
    maker = manufacturer_named(db, manufacturer) if manufacturer.strip() else None
    if maker is None:
        return []
    query = (
        sa.select(col(AssetModel.name))
        .where(col(AssetModel.manufacturer_id) == maker.id)
        .order_by(col(AssetModel.provisional), col(AssetModel.key))
        .limit(MOST)
    )
    return list(db.execute(query).scalars())
