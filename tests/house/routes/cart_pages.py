"""The pages of carts."""

from tests.house.routes import Example, Place

CART = "/carts/<int(max=2147483647):cart_id>"
FULL = {"cart_id": "$filled_cart"}
OBJECT = Place.OBJECT

ROUTES = {
    "GET /carts": Example(),
    "GET /carts/new": Example(),
    "POST /carts/new": Example(form={"name": "$unique", "site_id": "$site"}, place=OBJECT),
    f"GET {CART}": Example(path=FULL, place=OBJECT),
    f"GET {CART}/give": Example(path=FULL, place=OBJECT),
    f"POST {CART}/give": Example(
        path=FULL, form={"person_id": "$person", "kind": "assignment", "ids": ["$inside"]},
        place=OBJECT,
    ),
    f"GET {CART}/back": Example(path=FULL, place=OBJECT),
    f"POST {CART}/back": Example(
        path={"cart_id": "$given_cart"}, form={"ids": ["$inside"]}, place=OBJECT
    ),
    f"POST {CART}/remove": Example(path=FULL, form={"asset_id": "$inside"}, place=OBJECT),
}  # fmt: skip
