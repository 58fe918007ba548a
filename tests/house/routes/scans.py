"""The scan station's API, and carts as one act."""

import os

from inventory.assets.reach import get
from inventory.custody import cart_acts, carts
from inventory.custody.holders import Holder, Terms
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import new
from tests.inventory.conftest import OPERATOR


def empty_cart(side: Side) -> int:
    """A cart of the side, by a name that never comes twice."""
    name = f"Cart {os.urandom(6).hex()}"
    return carts.create(side.db, OPERATOR, name=name, site_id=side.site, now=side.now).id


def filled_cart(side: Side) -> int:
    """A cart with one device in it."""
    made = empty_cart(side)
    side.made["inside"] = new(side).id
    cart_acts.put_in(side.db, OPERATOR, made, side.made["inside"], now=side.now)
    return made


def given_cart(side: Side) -> int:
    """A cart whose one device is out."""
    made = filled_cart(side)
    holder = Holder(person_id=side.get("person"))
    cart_acts.give(side.db, OPERATOR, made, holder, Terms(), now=side.now)
    return made


def loose_tag(side: Side) -> str:
    """The tag of a device that nobody has."""
    return get(side.db, OPERATOR, new(side).id).tag


MAKERS = {
    "empty_cart": empty_cart,
    "filled_cart": filled_cart,
    "given_cart": given_cart,
    "loose_tag": loose_tag,
}
CART = "/api/v1/carts/<int(max=2147483647):cart_id>"
FULL = {"cart_id": "$filled_cart"}
OBJECT = Place.OBJECT

ROUTES = {
    "POST /api/v1/custody/scans": Example(
        json={"mode": "out", "person_id": "$person", "code": "$loose_tag"}, place=OBJECT
    ),
    "POST /api/v1/custody/<int(max=2147483647):custody_id>/undo": Example(
        path={"custody_id": "$custody"}, json={"was_at": "$site"}, place=OBJECT
    ),
    f"GET {CART}/devices": Example(path=FULL, place=OBJECT),
    f"POST {CART}/devices": Example(
        path={"cart_id": "$empty_cart"}, json={"asset_id": "$asset"}, place=OBJECT
    ),
    f"DELETE {CART}/devices/<int(max=2147483647):asset_id>": Example(
        path={**FULL, "asset_id": "$inside"}, place=OBJECT
    ),
    f"POST {CART}/give": Example(path=FULL, json={"person_id": "$person"}, place=OBJECT),
    f"POST {CART}/return": Example(
        path={"cart_id": "$given_cart"}, json={"condition": "good"}, place=OBJECT
    ),
}
