"""What is kept in a cart: its slots, what stands in them, and who has the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.hold_models import Hold
from inventory.assets.models import Asset
from inventory.custody import carts, policy
from inventory.custody.models import Cart, CartSlot, Custody
from inventory.people.models import Person
from inventory.sites.models import Site


class Whereabouts(StrEnum):
    """Of a device that is kept in a cart: in it, with somebody, or neither."""

    IN = "in"
    OUT = "out"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Kept:
    """A device of a cart. `number`: its slot; None where it was put in without one. `on_hold`: it
    must stay where it is."""

    number: int | None
    asset: Asset
    custody: Custody | None
    person: Person | None
    place: str
    where: Whereabouts
    on_hold: bool = False

    @property
    def can_go(self) -> bool:
        """Whether it stands in the cart and nothing keeps it there."""
        status = self.asset.status in policy.GIVEN_FREELY | policy.GIVEN_WITH_REASON
        return self.where is Whereabouts.IN and status and not self.on_hold

    @property
    def holder(self) -> str:
        """The name of who or what has it, else ""."""
        if self.person is not None:
            return f"{self.person.given_name} {self.person.family_name}"
        return self.place


def kept(db: Session, actor: Actor, cart_id: int) -> list[Kept]:
    """Devices of a cart within the actor's reach, by slot. Raises `NotFound`, `Forbidden`."""
    cart = carts.get(db, actor, cart_id)
    query = (
        sa.select(CartSlot, Asset, Custody, Person, col(Site.name))
        .select_from(Asset)
        .outerjoin(CartSlot, col(CartSlot.asset_id) == col(Asset.id))
        .outerjoin(
            Custody,
            sa.and_(col(Custody.asset_id) == col(Asset.id), col(Custody.returned_at).is_(None)),
        )
        .outerjoin(Person, col(Person.id) == col(Custody.person_id))
        .outerjoin(Site, col(Site.id) == col(Custody.place_id))
        .where(sa.or_(col(CartSlot.cart_id) == cart.id, col(Custody.cart_id) == cart.id))
        .where(*reach.within(actor, Permission.CUSTODY_READ))
    )
    rows = db.execute(query).all()
    held = _on_hold(db, [row[1].id for row in rows])
    found = [_kept(cart.id, held, *row) for row in rows]
    return sorted(found, key=lambda each: (each.number is None, each.number or 0, each.asset.id))


def _kept(
    cart_id: int, held: frozenset[int], slot: CartSlot | None, asset: Asset,
    custody: Custody | None, person: Person | None, place: str | None,
) -> Kept:  # fmt: skip
    number = slot.number if slot is not None and slot.cart_id == cart_id else None
    if custody is None:
        where = Whereabouts.AWAY
    else:
        where = Whereabouts.IN if custody.cart_id == cart_id else Whereabouts.OUT
    return Kept(number, asset, custody, person, place or "", where, asset.id in held)


def _on_hold(db: Session, asset_ids: Iterable[int]) -> frozenset[int]:
    query = select(Hold.asset_id).where(
        col(Hold.asset_id).in_(list(asset_ids)), col(Hold.released_at).is_(None)
    )
    return frozenset(db.exec(query).all())


def people_in(found: Iterable[Kept]) -> list[int]:
    """The ids of the persons who are shown."""
    return [each.person.id for each in found if each.person is not None]


def slot_of(db: Session, asset_id: int) -> CartSlot | None:
    """Where a device is kept. For rules: it checks nobody's permission."""
    query = select(CartSlot).where(CartSlot.asset_id == asset_id)
    return db.exec(query.execution_options(populate_existing=True)).first()


def keep(db: Session, cart: Cart, asset_id: int, now: datetime) -> CartSlot:
    """The device's slot in this cart: its own, else the first that is free."""
    slot = slot_of(db, asset_id)
    if slot is not None and slot.cart_id == cart.id:
        return slot
    # Of two who put devices in at once, one waits here; the unique slot is the wall behind it.
    # Not a lock on the key: whoever hands something to this cart must not wait for it.
    db.exec(select(Cart.id).where(Cart.id == cart.id).with_for_update(key_share=True)).one()
    taken = set(db.exec(select(CartSlot.number).where(CartSlot.cart_id == cart.id)).all())
    number = next(n for n in range(1, len(taken) + 2) if n not in taken)
    slot = slot or CartSlot(cart_id=cart.id, asset_id=asset_id, number=number, since=now)
    slot.cart_id, slot.number, slot.since = cart.id, number, now
    db.add(slot)
    db.flush()
    return slot


def forget(db: Session, asset_id: int) -> None:
    """It is kept in no cart any more."""
    slot = slot_of(db, asset_id)
    if slot is not None:
        db.delete(slot)
        db.flush()


def counted(db: Session, cart_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """By cart: how many devices stand in it, and how many are kept in it; two queries."""
    ids = list(cart_ids)
    inside = select(col(Custody.cart_id), sa.func.count()).where(
        col(Custody.cart_id).in_(ids), col(Custody.returned_at).is_(None)
    )
    slots = select(col(CartSlot.cart_id), sa.func.count()).where(col(CartSlot.cart_id).in_(ids))
    there = {int(row[0] or 0): row[1] for row in db.exec(inside.group_by(col(Custody.cart_id)))}
    all_ = {int(row[0]): row[1] for row in db.exec(slots.group_by(col(CartSlot.cart_id)))}
    return {each: (there.get(each, 0), max(all_.get(each, 0), there.get(each, 0))) for each in ids}
