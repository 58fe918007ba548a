"""Small questions about many assets at once, each one query within the asker's scope."""

from collections.abc import Collection

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


def names_by_id(db: Session, actor: Actor, asset_ids: Collection[int]) -> dict[int, str]:
    """Tag and name of those of these assets that the actor may see: "WPS-00012 Office printer"."""
    if not asset_ids:
        return {}
    scope = actor.scope(Permission.ASSET_READ)
    query = sa.select(col(Asset.id), col(Asset.tag), col(Asset.name))
    query = query.where(col(Asset.id).in_(set(asset_ids)))
    if scope is not None:
        query = query.where(col(Asset.site_id).in_(scope))
    return {id_: f"{tag} {name}".strip() for id_, tag, name in db.execute(query)}
