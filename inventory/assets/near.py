"""Near misses: the tags somebody may have meant, by indexed probes only."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.kinds import Category
from inventory.assets.models import Asset, AssetTag
from inventory.assets.tag_rules import MAX_TAG, clean_tag, digits_of, near_keys, tag_key
from inventory.errors import InvalidInput

_MANY = 200


@dataclass(frozen=True, slots=True)
class NearMiss:
    """`tag` is what the asset bears now; `why` is "similar" or "same number"."""

    asset_id: int
    tag: str
    name: str
    category: Category
    why: str


def near(
    db: Session,
    actor: Actor,
    text: str,
    limit: int = 5,
    *,
    permission: Permission = Permission.ASSET_READ,
) -> list[NearMiss]:
    """Assets in the actor's scope whose tag is one slip from `text`, or has the same last number.

    Two indexed queries, whatever the number of assets.
    """
    try:
        tag = clean_tag(text)
    except InvalidInput:
        return []
    key, digits = tag_key(tag)[:MAX_TAG], digits_of(tag)
    slips = _probe(db, actor, permission, col(AssetTag.tag_key).in_(list(near_keys(key))))
    number = (
        _probe(db, actor, permission, col(AssetTag.digits) == digits) if len(digits) > 1 else []
    )
    found: dict[int, NearMiss] = {}
    for rows, why in ((slips, "similar"), (number, "same number")):
        for _, asset_id, present, name, category in sorted(rows, key=lambda r: _rank(key, r[0])):
            found.setdefault(asset_id, NearMiss(asset_id, present, name, category, why))
    return list(found.values())[:limit]


def _probe(
    db: Session, actor: Actor, permission: Permission, condition: sa.ColumnElement[bool]
) -> list[tuple[str, int, str, str, Category]]:
    query = (
        sa.select(
            col(AssetTag.tag_key),
            col(Asset.id),
            col(Asset.tag),
            col(Asset.name),
            col(Asset.category),
        )
        .join(Asset, col(Asset.id) == col(AssetTag.asset_id))
        .where(condition)
        .limit(_MANY)
    )
    reached = actor.scope(permission)
    if reached is not None:
        query = query.where(col(Asset.site_id).in_(reached))
    return [tuple(row) for row in db.execute(query)]


def _rank(wanted: str, key: str) -> tuple[int, int, str]:
    """Swapped neighbours first, then one wrong character, then a missing or extra one."""
    swapped = sorted(wanted) == sorted(key)
    return (0 if swapped else 1, abs(len(wanted) - len(key)), key)
