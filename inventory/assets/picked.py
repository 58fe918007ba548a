"""Assets that were picked from a list, with the version of each: what a bulk change is bound to."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.sites.models import Site

_CHUNK = 500


class Picked(NamedTuple):
    """An asset in words. `site` is the name of its own place."""

    id: int
    version: int
    tag: str
    category: Category
    status: Status
    name: str
    site: str | None


def picked(db: Session, actor: Actor, ids: Sequence[int]) -> list[Picked]:
    """Those of these assets that the actor may read, in the order given, each once."""
    actor.require_anywhere(Permission.ASSET_READ)
    found: dict[int, Picked] = {}
    query = (
        sa.select(
            col(Asset.id), col(Asset.version), col(Asset.tag), col(Asset.category),
            col(Asset.status), col(Asset.name), col(Site.name),
        )
        .outerjoin(Site, col(Site.id) == col(Asset.site_id))
        .where(*within(actor))
    )  # fmt: skip
    for start in range(0, len(ids), _CHUNK):
        rows = db.execute(query.where(col(Asset.id).in_(ids[start : start + _CHUNK])))
        found |= {row[0]: Picked(*row) for row in rows}
    return [found[id_] for id_ in dict.fromkeys(ids) if id_ in found]
