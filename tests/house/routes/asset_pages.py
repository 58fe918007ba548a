"""The pages of one asset."""

from inventory.assets import service
from inventory.assets.kinds import Category, Source
from inventory.assets.service import AssetDraft
from inventory.assets.sighting_models import ObservedFact
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import OF_ASSET
from tests.house.routes.attachments import OF_FILE, picture
from tests.inventory.conftest import OPERATOR

ASSET = "/assets/<int(max=2147483647):asset_id>"
FILES = f"{ASSET}/files"
FILE = f"{FILES}/<int(max=2147483647):file_id>"
TOLD = "As the sweep says"


def told_asset(side: Side) -> int:
    """An asset of which a sweep says another name than is recorded."""
    draft = AssetDraft(category=Category.PRINTER, site_id=side.room, name="As recorded")
    kept = service.create(side.db, OPERATOR, draft, now=side.now)
    side.db.add(
        ObservedFact(asset_id=kept.id, field="name", value=TOLD, source=Source.SWEEP, at=side.now)
    )
    side.db.flush()
    return kept.id


MAKERS = {"told_asset": told_asset}

ROUTES = {
    f"GET {ASSET}": Example(OF_ASSET, place=Place.OBJECT),
    f"POST {ASSET}/take-over": Example(
        {"asset_id": "$told_asset"}, place=Place.OBJECT,
        form={"field": "name", "source": "sweep", "value": TOLD, "version": "1"},
    ),
    f"GET {ASSET}/notes": Example(OF_ASSET, place=Place.OBJECT),
    f"POST {ASSET}/notes": Example(OF_ASSET, form={"text": "note"}, place=Place.OBJECT),
    f"GET {ASSET}/network": Example(OF_ASSET, place=Place.OBJECT),
    f"GET {ASSET}/supplies": Example(OF_ASSET, query={"days": "30"}, place=Place.OBJECT),
    f"GET {ASSET}/history": Example(OF_ASSET, query={"kind": "event"}, place=Place.OBJECT),
    f"GET {FILES}": Example(OF_ASSET, place=Place.OBJECT),
    f"POST {FILES}": Example(
        OF_ASSET, form={"caption": "x"}, files={"file": ("x.png", picture())}, place=Place.OBJECT
    ),
    f"GET {FILE}": Example(OF_FILE, place=Place.OBJECT),
    f"POST {FILE}": Example(
        OF_FILE, form={"name": "y.png", "caption": "", "version": "1"}, place=Place.OBJECT
    ),
    f"GET {FILE}/remove": Example(OF_FILE, place=Place.OBJECT),
    f"POST {FILE}/remove": Example(OF_FILE, form={}, place=Place.OBJECT),
    f"GET {FILE}/preview": Example(OF_FILE, query={"size": "view"}, place=Place.OBJECT),
    f"GET {FILE}/content": Example(OF_FILE, place=Place.OBJECT),
    "GET /a/<rest:tag>": Example({"tag": "$asset_tag"}, place=Place.OBJECT),
}  # fmt: skip
