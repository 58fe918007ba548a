"""How many assets are at each place: every place at once, in one query over an index."""

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.models import Asset


def counts_by_place(db: Session, actor: Actor) -> dict[int, int]:
    """The id of a place → how many assets stand there that the actor may see."""
    scope = actor.scope(Permission.ASSET_READ)
    site = col(Asset.site_id)
    query = sa.select(site, sa.func.count()).where(site.is_not(None)).group_by(site)
    if scope is not None:
        query = query.where(site.in_(scope))
    return {int(site_id): int(number) for site_id, number in db.execute(query)}
