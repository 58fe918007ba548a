"""The sightings of one asset, the one that was confirmed last first."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.assets.sighting_models import Sighting

Key = tuple[datetime, int]


def latest_sightings(
    db: Session, asset_id: int, *, after: Key | None = None, limit: int
) -> list[Sighting]:
    """By the last time they were reported; `after`: (last_at, id) of the last one of the page
    before. The caller has checked the asset's scope.

    One place keeps a bounded number of sightings, so that ordering them costs no index.
    """
    query = select(Sighting).where(Sighting.asset_id == asset_id)
    if after is not None:
        last_at, last_id = after
        query = query.where(
            (col(Sighting.last_at) < last_at)
            | ((col(Sighting.last_at) == last_at) & (col(Sighting.id) < last_id))
        )
    query = query.order_by(sa.desc(col(Sighting.last_at)), sa.desc(col(Sighting.id)))
    return list(db.exec(query.limit(limit)).all())
