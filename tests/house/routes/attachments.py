"""Photos and documents of an asset."""

import io

from PIL import Image

from inventory.assets import attachments
from inventory.assets.attachment_models import Attachment
from inventory.assets.file_store import FileStore
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import ASSET, OF_ASSET
from tests.inventory.conftest import OPERATOR

FILES = f"{ASSET}/files"
FILE = f"{FILES}/<int(max=2147483647):file_id>"
OF_FILE = {**OF_ASSET, "file_id": "$attachment"}


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(kept, "PNG")
    return kept.getvalue()


def attachment(side: Side) -> int:
    return added(side).id


def removed(side: Side) -> int:
    file = added(side)
    attachments.remove(side.db, OPERATOR, file.asset_id, file.id, now=side.now)
    return file.id


def added(side: Side) -> Attachment:
    # Here, as the store's folder is made with the world, which walks these examples.
    from tests.house.world import SETTINGS

    staged = FileStore.of(SETTINGS).stage(io.BytesIO(picture()), now=side.now)
    return attachments.add(
        side.db, OPERATOR, side.get("asset"), staged, name="x.png", most=10, now=side.now
    ).file


MAKERS = {"attachment": attachment, "removed_attachment": removed}

ROUTES = {
    f"GET {FILES}": Example(OF_ASSET, place=Place.OBJECT),
    f"POST {FILES}": Example(OF_ASSET, files={"file": ("x.png", picture())}, place=Place.OBJECT),
    f"GET {FILE}": Example(OF_FILE, place=Place.OBJECT),
    f"GET {FILE}/content": Example(OF_FILE, place=Place.OBJECT),
    f"GET {FILE}/preview": Example(OF_FILE, query={"size": "view"}, place=Place.OBJECT),
    f"PATCH {FILE}": Example(OF_FILE, json={"name": "y.png"}, place=Place.OBJECT),
    f"DELETE {FILE}": Example(OF_FILE, place=Place.OBJECT),
    f"POST {FILE}/take-back": Example(
        {**OF_ASSET, "file_id": "$removed_attachment"}, place=Place.OBJECT
    ),
}
