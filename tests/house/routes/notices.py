"""Notices: webhook targets and deliveries, over the API and in the browser."""

import os

from inventory.notices import targets
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

URL = "http://127.0.0.1:9/hook"


def notice_target(side: Side) -> int:
    """A target that nobody calls: no job runs here."""
    draft = targets.TargetDraft(f"t {os.urandom(6).hex()}", URL)
    return targets.create(side.db, OPERATOR, draft, now=side.now)[0].id


MAKERS = {"notice_target": notice_target}
TARGETS = "/api/v1/notice-targets"
TARGET = f"{TARGETS}/<int(max=2147483647):target_id>"
ONE = {"target_id": "$notice_target"}

ROUTES = {
    f"GET {TARGETS}": Example(place=Place.DISTRICT),
    f"POST {TARGETS}": Example(json={"label": "$unique", "url": URL}, place=Place.DISTRICT),
    f"GET {TARGET}": Example(path=ONE, place=Place.DISTRICT),
    f"PATCH {TARGET}": Example(path=ONE, json={"enabled": False}, place=Place.DISTRICT),
    f"DELETE {TARGET}": Example(path=ONE, place=Place.DISTRICT),
    f"POST {TARGET}/secret": Example(path=ONE, place=Place.DISTRICT),
    f"POST {TARGET}/test": Example(path=ONE, place=Place.DISTRICT),
    "GET /api/v1/notice-deliveries": Example(place=Place.DISTRICT),
}
