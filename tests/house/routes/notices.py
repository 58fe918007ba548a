"""Notices: webhook targets and deliveries, over the API and in the browser."""

import os

from inventory.notices import targets
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

URL = "http://127.0.0.1:9/hook"


def notice_target(side: Side) -> int:
    """A target that nobody calls: no job runs here."""
    for old in targets.all_of(side.db, OPERATOR)[20:]:  # hostile requests leave many behind
        targets.delete(side.db, OPERATOR, old.id, now=side.now)
    draft = targets.TargetDraft(f"t {os.urandom(6).hex()}", URL)
    return targets.create(side.db, OPERATOR, draft, now=side.now)[0].id


MAKERS = {"notice_target": notice_target}
TARGETS = "/api/v1/notice-targets"
TARGET = f"{TARGETS}/<int(max=2147483647):target_id>"
PAGE = "/notices/targets/<int(max=2147483647):target_id>"
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
    "GET /notices": Example(place=Place.DISTRICT),
    "POST /notices/test": Example(form={}, place=Place.DISTRICT),
    "GET /notices/targets/new": Example(place=Place.DISTRICT),
    "POST /notices/targets/new": Example(
        form={"label": "$unique", "url": URL, "kinds": "breaker"}, place=Place.DISTRICT
    ),
    f"GET {PAGE}/edit": Example(path=ONE, place=Place.DISTRICT),
    f"POST {PAGE}/edit": Example(
        path=ONE,
        form={"label": "$unique", "url": URL, "kinds": "mdm", "enabled": "true", "version": 1},
        place=Place.DISTRICT,
    ),
    f"GET {PAGE}/secret": Example(path=ONE, place=Place.DISTRICT),
    f"POST {PAGE}/secret": Example(path=ONE, form={"version": 1}, place=Place.DISTRICT),
    f"POST {PAGE}/switch": Example(path=ONE, form={"enabled": "true"}, place=Place.DISTRICT),
    f"POST {PAGE}/test": Example(path=ONE, form={}, place=Place.DISTRICT),
    f"GET {PAGE}/delete": Example(path=ONE, place=Place.DISTRICT),
    f"POST {PAGE}/delete": Example(path=ONE, form={}, place=Place.DISTRICT),
}
