"""All that match, by their ids: what "select all" stands for in a bulk change."""

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor
from inventory.assets.filters import AssetFilter
from inventory.assets.listing import Matching, matching
from inventory.assets.models import Asset
from inventory.errors import InvalidInput

LIMIT = 1000
"""As many as `bulk` takes."""


def matching_ids(db: Session, actor: Actor, wanted: AssetFilter, limit: int = LIMIT) -> list[int]:
    """The ids of the whole list, exact hits of `q` first, then in the order of their tags.

    They are those that the actor may read: a bulk change refuses what it may not change. Raises
    `InvalidInput` saying how many match, where there are more than `limit`; else as `list_assets`.
    """
    found = matching(db, actor, wanted)
    rest = sa.select(col(Asset.id)).where(*found.where).order_by(col(Asset.tag_key))
    ids = [*found.exact, *db.execute(rest.limit(limit + 1)).scalars()]
    if len(ids) > limit:
        number = count(db, found)
        message = f"{number:,} assets match; at most {limit:,} can be taken at once"
        raise InvalidInput(message, {"selection": [message]})
    return ids


def count(db: Session, found: Matching) -> int:
    """How many match, without a cap."""
    rest = sa.select(sa.func.count()).select_from(Asset).where(*found.where)
    return len(found.exact) + int(db.execute(rest).scalar_one())
