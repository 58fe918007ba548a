"""Connections to MDM vendors, and the devices they tell of."""

import os

from inventory.fleet import connections
from inventory.fleet.connection_rules import ConnectionDraft, Limits
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR
from tests.mdm.fakes.intune import FakeIntune

CONNECTIONS = "/api/v1/mdm-connections"
CONNECTION = f"{CONNECTIONS}/<int(max=2147483647):connection_id>"
ASSET = "/api/v1/assets/<int(max=2147483647):asset_id>"
CONFIG = FakeIntune().config()


def mdm_connection(side: Side) -> int:
    """One whose settings do not open a connector any more: trying it asks nobody."""
    draft = ConnectionDraft(
        "intune", f"m {os.urandom(6).hex()}", CONFIG, site_id=side.site, enabled=False
    )
    row = connections.create(side.db, OPERATOR, draft, limits=Limits(), now=side.now)
    row.read_config = "broken"
    side.db.add(row)
    side.db.flush()
    return row.id


def whole_connection(side: Side) -> int:
    draft = ConnectionDraft(
        "intune", f"m {os.urandom(6).hex()}", CONFIG, site_id=side.site, enabled=False
    )
    return connections.create(side.db, OPERATOR, draft, limits=Limits(), now=side.now).id


MAKERS = {"mdm_connection": mdm_connection, "whole_connection": whole_connection}
ONE = {"connection_id": "$mdm_connection"}
WHOLE = {"connection_id": "$whole_connection"}

ROUTES = {
    f"GET {CONNECTIONS}": Example(),
    f"POST {CONNECTIONS}": Example(
        json={"vendor": "intune", "label": "$unique", "config": CONFIG, "site_id": "$site"},
        place=Place.OBJECT,
    ),
    f"GET {CONNECTION}": Example(path=WHOLE, place=Place.OBJECT),
    f"PATCH {CONNECTION}": Example(path=WHOLE, json={"enabled": False}, place=Place.OBJECT),
    f"DELETE {CONNECTION}": Example(path=WHOLE, place=Place.OBJECT),
    f"POST {CONNECTION}/test": Example(path=ONE, place=Place.OBJECT),
    f"POST {CONNECTION}/syncs": Example(path=WHOLE, json={}, place=Place.OBJECT),
    "GET /api/v1/mdm-devices": Example(),
    "GET /api/v1/mdm-differences": Example(),
    f"GET {ASSET}/mdm-devices": Example(path={"asset_id": "$asset"}, place=Place.OBJECT),
}
