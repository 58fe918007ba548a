"""Who has a device: handing out, in, swapping, carts."""

from inventory.custody import carts, service
from inventory.custody.holders import Holder, Terms
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import new
from tests.inventory.conftest import OPERATOR


def custody(side: Side) -> int:
    """A device of the side that somebody there has."""
    made = service.check_out(
        side.db, OPERATOR, new(side).id, Holder(person_id=side.get("person")),
        Terms(accessories={"charger": 1}), now=side.now,
    )  # fmt: skip
    return made.id


def held_asset(side: Side) -> int:
    """The device of such a custody."""
    asset = new(side)
    service.check_out(
        side.db, OPERATOR, asset.id, Holder(person_id=side.get("person")), Terms(), now=side.now
    )
    return asset.id


def cart(side: Side) -> int:
    return carts.create(
        side.db, OPERATOR, name=f"Cart {len(side.made)}-{side.now.timestamp()}", site_id=side.site,
        now=side.now,
    ).id  # fmt: skip


def spare(side: Side) -> int:
    return new(side).id


MAKERS = {"custody": custody, "held_asset": held_asset, "cart": cart, "spare": spare}
ASSET = "/api/v1/assets/<int(max=2147483647):asset_id>/custody"
ONE = "/api/v1/custody/<int(max=2147483647):custody_id>"
OF_ONE = {"custody_id": "$custody"}

ROUTES = {
    "GET /api/v1/custody": Example(),
    f"GET {ONE}": Example(path=OF_ONE, place=Place.OBJECT),
    f"GET {ASSET}": Example(path={"asset_id": "$held_asset"}, place=Place.OBJECT),
    f"POST {ASSET}": Example(
        path={"asset_id": "$asset"},
        json={"person_id": "$person", "accessories": {"charger": 1}},
        place=Place.OBJECT,
    ),
    f"POST {ONE}/return": Example(
        path=OF_ONE, json={"condition": "good", "returned": {"charger": 1}}, place=Place.OBJECT
    ),
    f"POST {ONE}/swap": Example(
        path=OF_ONE,
        json={"spare_id": "$spare", "coming": {"condition": "broken"},
              "terms": {"kind": "assignment"}},
        place=Place.OBJECT,
    ),
    f"POST {ONE}/extend": Example(
        path=OF_ONE, json={"due_at": "2029-01-01T15:00:00+00:00"}, place=Place.OBJECT
    ),
    "GET /api/v1/carts": Example(),
    "POST /api/v1/carts": Example(
        json={"name": "$unique", "site_id": "$site"}, place=Place.OBJECT
    ),
}  # fmt: skip
