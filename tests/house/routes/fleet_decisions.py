"""Devices of vendors that wait for a person, over the API and in the browser."""

import os

from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.service import AssetDraft
from inventory.fleet.models import MdmDevice
from mdm.types import Platform
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

API = "/api/v1/mdm-devices"
ID = "<int(max=2147483647):device_id>"


def device(side: Side, outcome: Outcome = Outcome.NEW, candidate: int | None = None) -> int:
    row = MdmDevice(
        connection_id=side.get("whole_connection"), vendor_id=os.urandom(16).hex(),
        platform=Platform.WINDOWS, serial=f"PF{os.urandom(5).hex().upper()}", model="Latitude",
        name="A laptop", fingerprint="x", outcome=outcome,
        candidates=[candidate] if candidate else [], first_seen_at=side.now,
        last_seen_at=side.now,
    )  # fmt: skip
    side.db.add(row)
    side.db.flush()
    return row.id


def claimed_asset(side: Side) -> int:
    draft = AssetDraft(category=Category.LAPTOP, site_id=side.room, status=Status.DEPLOYED)
    return assets.create(side.db, OPERATOR, draft, now=side.now).id


def device_conflict(side: Side) -> int:
    return device(side, Outcome.CONFLICT, side.get("claimed_asset"))


def device_ignored(side: Side) -> int:
    found = side.db.get_one(MdmDevice, device(side, Outcome.IGNORED))
    found.decided_by, found.decided_at = "somebody", side.now
    side.db.add(found)
    side.db.flush()
    return found.id


MAKERS = {
    "mdm_device": device,
    "claimed_asset": claimed_asset,
    "mdm_conflict": device_conflict,
    "mdm_ignored": device_ignored,
}
NEW, TORN = {"device_id": "$mdm_device"}, {"device_id": "$mdm_conflict"}
LEFT = {"device_id": "$mdm_ignored"}

ROUTES = {
    f"GET {API}/{ID}": Example(TORN, place=Place.OBJECT),
    f"POST {API}/{ID}/accept": Example(NEW, json={}, place=Place.OBJECT),
    f"POST {API}/{ID}/attach": Example(
        TORN, json={"asset_id": "$claimed_asset", "reason": "as its label says"},
        place=Place.OBJECT,
    ),
    f"POST {API}/{ID}/ignore": Example(NEW, json={"reason": "a loan"}, place=Place.OBJECT),
    f"POST {API}/{ID}/reopen": Example(LEFT, place=Place.OBJECT),
    f"POST {API}/bulk": Example(json={"rows": [{"id": "$mdm_device"}]}, place=Place.OBJECT),
    f"GET /managed/{ID}": Example(TORN, place=Place.OBJECT),
    f"GET /managed/{ID}/accept": Example(NEW, place=Place.OBJECT),
    f"POST /managed/{ID}/accept": Example(
        NEW,
        form={"revision": 1, "tag": "", "prefix": "", "site_id": "$room", "status": "deployed"},
        place=Place.OBJECT,
    ),
    f"GET /managed/{ID}/same": Example(TORN, place=Place.OBJECT),
    f"POST /managed/{ID}/same": Example(
        TORN,
        form={
            "revision": 1, "asset_id": "$claimed_asset", "tag": "", "replace_hardware": "true",
            "reason": "",
        },
        place=Place.OBJECT,
    ),
    f"GET /managed/{ID}/ignore": Example(NEW, place=Place.OBJECT),
    f"POST /managed/{ID}/ignore": Example(
        NEW, form={"revision": 1, "reason": "a loan"}, place=Place.OBJECT
    ),
    f"POST /managed/{ID}/reopen": Example(LEFT, form={"revision": 1}, place=Place.OBJECT),
    "POST /managed/bulk": Example(
        form={
            "action": "ignore", "step": "apply", "row": "1.1", "back": "outcome=new",
            "reason": "", "prefix": "", "site_id": "", "status": "deployed",
        }
    ),
}  # fmt: skip
