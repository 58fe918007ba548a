"""The helpdesk's lookup, background jobs and the server's health."""

import os

from inventory.assets import service
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR


def tag(side: Side) -> int:
    """An asset whose tag is a number."""
    number = int.from_bytes(os.urandom(6))
    draft = AssetDraft(category=Category.PRINTER, tag=str(number), site_id=side.room)
    service.create(side.db, OPERATOR, draft, now=side.now)
    return number


MAKERS = {"tag": tag}

ROUTES = {
    "GET /api/v1/lookup/<rest:tag>": Example(path={"tag": "$tag"}, place=Place.OBJECT),
    "GET /api/v1/health": Example(),
    "GET /api/v1/jobs": Example(place=Place.DISTRICT),
    "GET /api/v1/jobs/health": Example(place=Place.DISTRICT),
}
