"""Forms of the assets: make one, change it, move it through its life."""

from inventory.access import Permission, system_actor
from inventory.assets import service
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from tests.house.routes import Example, Place, Side

ACTOR = system_actor("test", Permission)


def typed_asset(side: Side) -> int:
    """An asset in its first version, in stock."""
    draft = AssetDraft(category=Category.LAPTOP, tag=f"F-{side.fill('$unique')}", site_id=side.room)
    return service.create(side.db, ACTOR, draft, now=side.now).id


ONE = {"asset_id": "$typed_asset"}
ROUTES = {
    "GET /assets/new": Example(),
    "GET /assets/new/models": Example(query={"manufacturer": "HP"}),
    "POST /assets/new": Example(
        form={"category": "laptop", "tag": "$unique", "site_id": "$room"}, place=Place.OBJECT
    ),
    "GET /assets/<int(max=2147483647):asset_id>/edit": Example(path=ONE, place=Place.OBJECT),
    "POST /assets/<int(max=2147483647):asset_id>/edit": Example(
        path=ONE, form={"version": 1, "category": "laptop", "tag": "$unique"}, place=Place.OBJECT
    ),
    "GET /assets/<int(max=2147483647):asset_id>/status": Example(path=ONE, place=Place.OBJECT),
    "POST /assets/<int(max=2147483647):asset_id>/status": Example(
        path=ONE, form={"version": 1, "status": "in_repair"}, place=Place.OBJECT
    ),
    "GET /assets/<int(max=2147483647):asset_id>/retire": Example(path=ONE, place=Place.OBJECT),
    "POST /assets/<int(max=2147483647):asset_id>/retire": Example(
        path=ONE, form={"version": 1, "reason": "worn out"}, place=Place.OBJECT
    ),
}
MAKERS = {"typed_asset": typed_asset}
