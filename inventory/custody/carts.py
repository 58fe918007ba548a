"""Carts and lockers: where they stand; what is in them says the custody of each device."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.custody.models import Cart
from inventory.errors import Duplicate, NotFound
from inventory.sites.models import Site

MAX_NAME = 80


def create(db: Session, actor: Actor, *, name: str, site_id: int, now: datetime) -> Cart:
    """A new cart. Raises `Forbidden`, `InvalidInput`, `Duplicate` (of its name at the place)."""
    actor.require(Permission.CUSTODY_WRITE, site_id)
    if db.get(Site, site_id) is None:
        raise wrong("site_id", f"{site_id} is no site")
    cleaned = entered(name, "name", MAX_NAME)
    if not cleaned:
        raise wrong("name", "must not be empty")
    taken = select(Cart.id).where(Cart.site_id == site_id, Cart.name == cleaned)
    if db.exec(taken).first() is not None:
        raise Duplicate("there is a cart of that name at this place")
    cart = Cart(site_id=site_id, name=cleaned, created_at=now)
    db.add(cart)
    db.flush()
    audit.record(
        db, actor, "cart.created", now=now, subject_type="cart", subject_id=cart.id,
        site_id=site_id, after={"name": cleaned},
    )  # fmt: skip
    return cart


def get(
    db: Session, actor: Actor, cart_id: int, permission: Permission = Permission.CUSTODY_READ
) -> Cart:
    """Raises `NotFound` for what is not there or not within the actor's reach."""
    cart = db.get(Cart, cart_id)
    if cart is None or not actor.may(permission, cart.site_id):
        raise NotFound(f"there is no cart {cart_id}")
    return cart


def listed(db: Session, actor: Actor, *, after: int | None = None, limit: int) -> Sequence[Cart]:
    """Carts within the actor's reach, by id."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    reached = actor.scope(Permission.CUSTODY_READ)
    query = select(Cart).order_by(col(Cart.id)).limit(limit)
    if reached is not None:
        query = query.where(col(Cart.site_id).in_(reached))
    if after is not None:
        query = query.where(col(Cart.id) > after)
    return db.exec(query).all()
