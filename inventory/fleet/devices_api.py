"""/api/v1/mdm-devices: what vendors tell of devices, and where that is not what is recorded."""

from collections.abc import Sequence
from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.at_once import names_by_id
from inventory.assets.beside import HIDDEN
from inventory.fleet import listing, service
from inventory.fleet.listing import DeviceFilter
from inventory.fleet.models import MdmDevice
from inventory.fleet.schemas import (
    DeviceListArgs,
    DevicePage,
    DevicesView,
    DifferenceListArgs,
    FleetDifferencePage,
)
from inventory.http.blueprint import api_blueprint
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.unit import current_actor, current_db

bp = api_blueprint("mdm-devices", "", "Devices as their vendors tell of them.")

ASSET = "<int(max=2147483647):asset_id>"


@bp.route("/mdm-devices")
@guarded(Permission.MDM_READ)
@bp.arguments(DeviceListArgs, location="query")
@bp.response(200, DevicePage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Devices in your reach, oldest first."""
    limit = args["limit"]
    wanted = {name: value for name, value in args.items() if name not in {"after", "limit"}}
    rows = listing.devices(
        current_db(), current_actor(), DeviceFilter(**wanted), after=after_id(args) or 0,
        limit=limit + 1,
    )  # fmt: skip
    return page_of_rows(rows, limit, _told, lambda row: int(row.id))


def _told(rows: Sequence[MdmDevice]) -> list[dict[str, Any]]:
    """What is kept of each, without the assets that the caller does not see."""
    about = {id_ for row in rows for id_ in (*row.candidates, row.asset_id) if id_ is not None}
    seen = names_by_id(current_db(), current_actor(), about)
    found = []
    for row in rows:
        mine = {id_ for id_ in (*row.candidates, row.asset_id) if id_ is not None}
        hidden = {} if mine <= seen.keys() else {"reasons": [HIDDEN]}
        visible = [id_ for id_ in row.candidates if id_ in seen]
        found.append({**row.model_dump(), "candidates": visible, **hidden})
    return found


@bp.route("/mdm-differences")
@guarded(Permission.MDM_READ)
@bp.arguments(DifferenceListArgs, location="query")
@bp.response(200, FleetDifferencePage)
def differences(args: dict[str, Any]) -> dict[str, Any]:
    """Devices whose serial number or tag is not the recorded one. A page has `limit` devices,
    which may have two differences each."""
    limit = args["limit"]
    rows = listing.differing(
        current_db(), current_actor(), connection_id=args.get("connection_id"),
        after=after_id(args) or 0, limit=limit + 1,
    )  # fmt: skip
    return page_of_rows(rows, limit, listing.differences, lambda row: int(row[0].id))


@bp.route(f"/assets/{ASSET}/mdm-devices")
@guarded(Permission.MDM_READ)
@bp.response(200, DevicesView)
def of_asset(asset_id: int) -> dict[str, Any]:
    """What vendors tell of an asset, newest first; also records that are gone by now."""
    return {"items": service.devices_of(current_db(), current_actor(), asset_id)}
