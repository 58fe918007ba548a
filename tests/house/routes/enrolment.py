"""Computers that enrol themselves."""

import os

from inventory.enrolment import service
from inventory.enrolment.reports import Report
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR


def enrolled(side: Side) -> int:
    """An asset whose computer told of itself."""
    report = Report(
        manufacturer="Dell", serial=f"E{os.urandom(5).hex()}".upper(), site_id=side.room
    )
    made = service.enrol(side.db, OPERATOR, report, now=side.now).asset_id
    assert made is not None
    return made


MAKERS = {"enrolled": enrolled}

ROUTES = {
    "POST /api/v1/enrolments": Example(
        json={"manufacturer": "Dell", "serial": "$unique", "kind": "laptop", "site_id": "$room"},
        place=Place.OBJECT,
    ),
    "PUT /api/v1/assets/by-serial/<string:manufacturer>/<rest:serial>": Example(
        path={"manufacturer": "Dell", "serial": "$unique"},
        json={"kind": "laptop", "site_id": "$room"},
        place=Place.OBJECT,
    ),
    "GET /api/v1/assets/<int(max=2147483647):asset_id>/enrolment": Example(
        path={"asset_id": "$enrolled"}, place=Place.OBJECT
    ),
}
