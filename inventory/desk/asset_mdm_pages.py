"""/assets/{id}/mdm: what vendors tell of the device, and the commands that were asked for it."""

from flask import Blueprint, Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.commands import reading
from inventory.commands.reading import Filter
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.fleet import service as fleet
from inventory.fleet.models import MdmConnection, MdmDevice
from inventory.http.unit import current_actor, current_db

bp = Blueprint("asset_mdm_pages", __name__)

SHOW = "asset_mdm_pages.show"
COMMANDS = 20


@bp.route(f"{ASSET}/mdm")
@guarded(Permission.MDM_READ, page=True)
def show(asset_id: int) -> Response:
    """State at each vendor, evidence, and the last commands."""
    db, actor = current_db(), current_actor()
    head = head_now(asset_id)
    actor.require(Permission.MDM_READ, head.asset.site_id)
    devices = fleet.devices_of(db, actor, asset_id)
    return asset_page(
        "desk/asset/mdm.html", head, SHOW, devices=[(d, _connection(d)) for d in devices],
        commands=reading.commands(db, actor, Filter(asset_id=asset_id, limit=COMMANDS)),
        asks=actor.may(Permission.COMMAND_REQUEST, head.asset.site_id),
    )  # fmt: skip


def _connection(device: MdmDevice) -> MdmConnection | None:
    return current_db().get(MdmConnection, device.connection_id)
