"""Which assets an actor reaches. What lies outside a scope does not exist for its reader."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
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
_HELD = "held_assets"
_CHUNK = 500


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
    held: dict[int, Asset] = db.info.get(_HELD, {})
    asset = held.get(asset_id) or next(iter(_locked(db, [asset_id])), None)
    may_read = asset is not None and (
        actor.may(Permission.ASSET_READ, asset.site_id) or actor.may(permission, asset.site_id)
    )
    if asset is None or not may_read:
        raise NotFound(f"there is no asset {asset_id}")
    actor.require(permission, asset.site_id)
    return asset


@contextmanager
def holding(db: Session, asset_ids: Iterable[int]) -> Iterator[dict[int, Asset]]:
    """Lock these assets at once, in one order so that two cannot wait for each other.

    Within, `for_change` finds them without asking again. Those that are not there are left out.
    """
    wanted = sorted(set(asset_ids))
    held: dict[int, Asset] = {}
    for start in range(0, len(wanted), _CHUNK):
        held |= {asset.id: asset for asset in _locked(db, wanted[start : start + _CHUNK])}
    db.info[_HELD] = held
    try:
        yield held
    finally:
        del db.info[_HELD]


def _locked(db: Session, asset_ids: Sequence[int]) -> Sequence[Asset]:
    query = select(Asset).where(col(Asset.id).in_(asset_ids)).order_by(col(Asset.id))
    return db.exec(query.with_for_update().execution_options(populate_existing=True)).all()


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
