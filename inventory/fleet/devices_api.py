"""/api/v1/mdm-devices: what vendors tell of devices, and where that is not what is recorded."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.fleet import listing, service
from inventory.fleet.listing import DeviceFilter
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
    return page_of_rows(rows, limit)


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
