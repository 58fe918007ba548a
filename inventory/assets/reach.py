"""Which assets an actor reaches. What lies outside a scope does not exist for its reader."""

from typing import Any

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import near
from inventory.assets.identifiers import SERIAL, probes
from inventory.assets.models import Asset, AssetTag, Identifier
from inventory.assets.naming import manufacturer_named
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.assets.words import wrong
from inventory.errors import InvalidInput, NotFound
from inventory.sites.models import Site

MAX_SAME_SERIAL = 50


def within(actor: Actor, permission: Permission = Permission.ASSET_READ) -> list[Any]:
    """WHERE clauses that keep a query over `Asset` inside the actor's scope."""
    reached = actor.scope(permission)
    return [] if reached is None else [col(Asset.site_id).in_(reached)]


def get(
    db: Session, actor: Actor, asset_id: int, *, permission: Permission = Permission.ASSET_READ
) -> Asset:
    """Raises `NotFound` for what is not there or outside the actor's scope."""
    asset = db.get(Asset, asset_id)
    if asset is None or not actor.may(permission, asset.site_id):
        raise NotFound(f"there is no asset {asset_id}")
    return asset


def for_change(
    db: Session, actor: Actor, asset_id: int, permission: Permission = Permission.ASSET_WRITE
) -> Asset:
    """The asset as it is now, locked until the transaction ends.

    Raises `NotFound` where the actor may not even read it, `Forbidden` where only that.
    """
    asset = db.exec(
        select(Asset)
        .where(Asset.id == asset_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    may_read = asset is not None and (
        actor.may(Permission.ASSET_READ, asset.site_id) or actor.may(permission, asset.site_id)
    )
    if asset is None or not may_read:
        raise NotFound(f"there is no asset {asset_id}")
    actor.require(permission, asset.site_id)
    return asset


def by_tag(
    db: Session, actor: Actor, tag: str, *, permission: Permission = Permission.ASSET_READ
) -> Asset:
    """The asset that bears this tag or has borne it; one query.

    Raises `NotFound` with near misses from the actor's scope.
    """
    actor.require_anywhere(permission)
    try:
        cleaned = clean_tag(tag)
    except InvalidInput as refused:
        raise NotFound("no tag looks like that") from refused
    asset = db.exec(
        select(Asset)
        .join(AssetTag, col(AssetTag.asset_id) == col(Asset.id))
        .where(AssetTag.tag_key == tag_key(cleaned))
    ).first()
    if asset is None or not actor.may(permission, asset.site_id):
        found = near.near(db, actor, cleaned, permission=permission)
        raise NotFound(f"there is no asset with the tag {cleaned}", [miss.tag for miss in found])
    return asset


def by_serial(
    db: Session,
    actor: Actor,
    serial: str,
    *,
    manufacturer: str = "",
    permission: Permission = Permission.ASSET_READ,
) -> list[Asset]:
    """Every asset with this serial number, in any spelling; several makers may share one.

    Raises `NotFound` where there is none, or none of that manufacturer.
    """
    actor.require_anywhere(permission)
    query = (
        select(Asset)
        .join(Identifier, col(Identifier.asset_id) == col(Asset.id))
        .where(Identifier.kind == SERIAL, col(Identifier.value).in_(probes(serial)))
        .where(*within(actor, permission))
        .order_by(col(Asset.tag_key))
        .limit(MAX_SAME_SERIAL)
    )
    if manufacturer:
        maker = manufacturer_named(db, manufacturer)
        query = query.where(Asset.manufacturer_id == (maker.id if maker else -1))
    found = list(db.exec(query).all())
    if not found:
        raise NotFound(f"there is no asset with the serial number {serial[:120]}")
    return found


def require_site(db: Session, site_id: int | None) -> None:
    """Raises `InvalidInput` for a site that is not there."""
    if site_id is not None and db.exec(select(Site.id).where(Site.id == site_id)).first() is None:
        raise wrong("site_id", f"{site_id} is no site")
