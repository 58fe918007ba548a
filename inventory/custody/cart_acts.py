"""A cart as one act: all that is kept in it goes to a teacher or a room at once, and comes back at
once. A device that cannot go keeps the others from going, unless these are chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.models import Asset
from inventory.assets.reach import for_change, holding
from inventory.assets.together import MAX_ROWS, all_or_none, require_distinct
from inventory.assets.words import wrong
from inventory.audit import service as audit
from inventory.custody import carts, policy, service, slots
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Cart, Custody
from inventory.custody.service import Coming
from inventory.custody.slots import Kept, Whereabouts
from inventory.errors import Conflict, HomeroomError, InvalidInput

FROM_CART = "given together with its cart"


class Became(StrEnum):
    """What became of one device."""

    GIVEN = "given"
    RETURNED = "returned"
    REPAIR = "repair"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One device of the act; `problem` and `code` (an HTTP status) of one that is refused."""

    asset_id: int
    tag: str
    became: Became
    custody_id: int | None = None
    problem: str = ""
    code: int = 200


@dataclass(frozen=True, slots=True)
class CartOutcome:
    """applied: every row was accepted and it was no dry run; else nothing was changed."""

    applied: bool
    rows: list[Row]


def give(
    db: Session, actor: Actor, cart_id: int, holder: Holder, terms: Terms, *,
    asset_ids: Sequence[int] | None = None, dry_run: bool = False, now: datetime,
) -> CartOutcome:  # fmt: skip
    """Hand out what is kept in a cart. `asset_ids`: only these; None: all of it.

    Raises `NotFound`, `Forbidden`, `InvalidInput`, `Conflict` (it is empty).
    """
    if holder.cart_id is not None:
        raise wrong("cart_id", "a cart goes to a person or a place")
    cart = _cart(db, actor, cart_id)
    chosen = _chosen(slots.kept(db, actor, cart_id), asset_ids)

    def one(asset: Asset) -> Row:
        present = service.open_custody(db, asset.id)
        if present is None:
            raise Conflict("it is kept in this cart, but not in it now")
        if present.cart_id != cart.id:
            raise Conflict(service.out_already(present))
        slots.keep(db, cart, asset.id, now)
        coming = Coming(note=FROM_CART)
        made = service.hand_over(db, actor, asset, present, coming, holder, terms, now=now)
        return Row(asset.id, asset.tag, Became.GIVEN, made.id)

    outcome = _each(db, actor, chosen, one, dry_run)
    if outcome.applied:
        _record(db, actor, cart, "cart.given", outcome, holder.told(), now)
    return outcome


def take_back(
    db: Session, actor: Actor, cart_id: int, coming: Coming, *,
    asset_ids: Sequence[int] | None = None, dry_run: bool = False, now: datetime,
) -> CartOutcome:  # fmt: skip
    """Put back what is kept in a cart and is out. `asset_ids`: what came back; None: all.

    What is broken goes to the repair shop and keeps its slot. Raises as `give`.
    """
    cart = _cart(db, actor, cart_id)
    found = slots.kept(db, actor, cart_id)
    if asset_ids is None:
        found = [each for each in found if each.where is Whereabouts.OUT]
    chosen = _chosen(found, asset_ids)
    repair = policy.goes_to_repair(coming.condition, coming.repair)
    back = replace(coming, place_id=cart.site_id)

    def one(asset: Asset) -> Row:
        present = service.open_custody(db, asset.id)
        if present is None or present.cart_id == cart.id:
            raise Conflict("it is not out")
        if repair:
            made = service.close(db, actor, asset, present, back, now=now)
            return Row(asset.id, asset.tag, Became.REPAIR, made.id)
        into = Holder(cart_id=cart.id)
        made = service.hand_over(db, actor, asset, present, coming, into, Terms(), now=now)
        return Row(asset.id, asset.tag, Became.RETURNED, made.id)

    outcome = _each(db, actor, chosen, one, dry_run)
    if outcome.applied:
        _record(db, actor, cart, "cart.returned", outcome, {}, now)
    return outcome


def put_in(db: Session, actor: Actor, cart_id: int, asset_id: int, *, now: datetime) -> Custody:
    """Put a device into a cart, where it is kept from now on.

    One that is kept there comes back from whoever has it; one out of another cart moves.
    Raises `NotFound`, `Forbidden`, `Conflict` where somebody else has it or it is in already.
    """
    cart = _cart(db, actor, cart_id)
    into = Holder(cart_id=cart.id)
    with holding(db, [asset_id]):
        asset = for_change(db, actor, asset_id, Permission.CUSTODY_WRITE)
        present = service.open_custody(db, asset.id)
        if present is None:
            made = service.give(db, actor, asset, into, Terms(), now=now)
        else:
            slot = slots.slot_of(db, asset.id)
            at_home = slot is not None and slot.cart_id == cart.id
            if present.cart_id == cart.id:
                raise Conflict("it is in this cart already")
            if present.cart_id is None and not at_home:
                raise Conflict(service.out_already(present))
            coming = Coming(note="put into its cart")
            made = service.hand_over(db, actor, asset, present, coming, into, Terms(), now=now)
        slots.keep(db, cart, asset.id, now)
    return made


def take_out(db: Session, actor: Actor, cart_id: int, asset_id: int, *, now: datetime) -> None:
    """It is kept in this cart no longer; what stands in it goes to stock.

    Raises `NotFound`, `Forbidden`, `Conflict` for one that is not kept there.
    """
    cart = _cart(db, actor, cart_id)
    with holding(db, [asset_id]):
        asset = for_change(db, actor, asset_id, Permission.CUSTODY_WRITE)
        present = service.open_custody(db, asset.id)
        slot = slots.slot_of(db, asset.id)
        at_home = slot is not None and slot.cart_id == cart.id
        inside = present is not None and present.cart_id == cart.id
        if not (at_home or inside):
            raise Conflict("it is not kept in this cart")
        if present is not None and inside:
            service.close(db, actor, asset, present, Coming(note="out of the cart"), now=now)
        if at_home:
            slots.forget(db, asset.id)
        after = {"asset_id": asset.id}
        audit.record(
            db, actor, "cart.left", now=now, subject_type="cart", subject_id=cart.id,
            site_id=cart.site_id, after=after,
        )  # fmt: skip


def _cart(db: Session, actor: Actor, cart_id: int) -> Cart:
    cart = carts.get(db, actor, cart_id)
    actor.require(Permission.CUSTODY_WRITE, cart.site_id)
    return cart


def _chosen(found: Sequence[Kept], asset_ids: Sequence[int] | None) -> list[Asset]:
    by_id = {each.asset.id: each.asset for each in found}
    if asset_ids is None:
        if not by_id:
            raise Conflict("nothing of this cart is there to go")
        if len(by_id) > MAX_ROWS:
            raise Conflict(f"at most {MAX_ROWS} go at once")
        return list(by_id.values())
    require_distinct(asset_ids, "device")
    if strange := [each for each in asset_ids if each not in by_id]:
        raise InvalidInput("not of this cart", {"asset_ids": [f"{strange[0]} is not kept in it"]})
    return [by_id[each] for each in asset_ids]


def _each(
    db: Session, actor: Actor, chosen: Sequence[Asset], one: Callable[[Asset], Row], dry_run: bool
) -> CartOutcome:
    def decide(asset: Asset) -> Row:
        return one(for_change(db, actor, asset.id, Permission.CUSTODY_WRITE))

    def refuse(asset: Asset, error: HomeroomError) -> Row:
        return Row(asset.id, tags[asset.id], Became.REFUSED, None, str(error), error.status)

    # Read now: a savepoint that is taken back makes objects forget what they hold.
    tags: Mapping[int, str] = {asset.id: asset.tag for asset in chosen}
    with holding(db, list(tags)):
        applied, rows = all_or_none(db, chosen, decide, refuse, dry_run=dry_run)
    return CartOutcome(applied, rows)


def _record(
    db: Session, actor: Actor, cart: Cart, action: str, outcome: CartOutcome,
    told: Mapping[str, object], now: datetime,
) -> None:  # fmt: skip
    after = {**told, "assets": [row.asset_id for row in outcome.rows]}
    audit.record(
        db, actor, action, now=now, subject_type="cart", subject_id=cart.id,
        site_id=cart.site_id, after=after,
    )  # fmt: skip
