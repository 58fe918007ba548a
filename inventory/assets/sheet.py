"""Everything that is recorded of an asset, with the names behind its ids."""

from typing import Any

from sqlmodel import Session, col, select

from inventory.assets import claims
from inventory.assets.identifiers import MAC, colons
from inventory.assets.models import Asset, AssetTag
from inventory.assets.naming import catalog_of
from inventory.sites import service as sites


def sheet(db: Session, asset: Asset) -> dict[str, Any]:
    """The asset's columns, and: manufacturer, model, place (names from the district down),
    former_tags, identifiers. The caller has checked the asset's scope."""
    maker, model = catalog_of(db, asset)
    former = db.exec(
        select(AssetTag.tag)
        .where(AssetTag.asset_id == asset.id, col(AssetTag.current).is_(False))
        .order_by(col(AssetTag.since))
    ).all()
    return {
        **asset.model_dump(),
        "manufacturer": maker.name if maker else "",
        "model": model.name if model else "",
        "place": sites.path(db, asset.site_id) if asset.site_id is not None else [],
        "former_tags": list(former),
        "identifiers": [
            {
                "id": row.id,
                "kind": row.kind,
                "value": colons(row.value) if row.kind == MAC else row.value,
                "source": row.source,
            }
            for row in claims.of(db, [asset.id])[asset.id]
        ],
    }
