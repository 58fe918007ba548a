"""/managed: devices as vendors tell of them, those that wait for a person, and differences."""

from typing import Any

from flask import Blueprint, Response, request
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.at_once import names_by_id
from inventory.assets.kinds import Outcome
from inventory.fleet import connections, listing, waiting
from inventory.fleet.listing import DeviceFilter
from inventory.http.unit import current_actor, current_db
from inventory.schema import ROW_ID, ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.pages import page
from mdm.types import Platform

bp = Blueprint("device_pages", __name__, url_prefix="/managed")

PAGE = 50


class DeviceArgs(ObjectSchema):
    """Which devices."""

    connection_id = fields.Integer(validate=ROW_ID, load_default=None)
    platform = fields.Enum(Platform, by_value=True, load_default=None)
    outcome = fields.Enum(Outcome, by_value=True, load_default=None)
    gone = fields.Boolean(load_default=False)
    after = fields.Integer(validate=ROW_ID, load_default=0)


class DifferenceArgs(ObjectSchema):
    """Of which connection."""

    connection_id = fields.Integer(validate=ROW_ID, load_default=None)
    after = fields.Integer(validate=ROW_ID, load_default=0)


@bp.route("")
@guarded(Permission.MDM_READ, page=True)
@with_query(DeviceArgs)
def listed(args: dict[str, Any]) -> Response:
    """Devices within reach."""
    db, actor = current_db(), current_actor()
    wanted = DeviceFilter(
        args["connection_id"], args["platform"], args["outcome"], None, args["gone"]
    )
    rows = listing.devices(db, actor, wanted, after=args["after"], limit=PAGE + 1)
    kept = rows[:PAGE]
    known = connections.visible(db, actor, limit=200)
    at = {row.id for row in known if waiting.may_decide(actor, row)}
    decidable = {row.id for row in kept if waiting.is_open(row) and row.connection_id in at}
    return page(
        "fleet/devices.html", rows=kept, args=args, platforms=list(Platform), known=known,
        labels={row.id: row.label for row in known}, decidable=decidable, bulk=bool(decidable),
        tags=names_by_id(db, actor, {row.asset_id for row in kept if row.asset_id}),
        query=request.query_string.decode("ascii", "ignore")[:300],
        after=kept[-1].id if len(rows) > PAGE else None,
    )  # fmt: skip


@bp.route("/differences")
@guarded(Permission.MDM_READ, page=True)
@with_query(DifferenceArgs)
def differences(args: dict[str, Any]) -> Response:
    """Devices whose serial number or tag at the vendor is not the recorded one."""
    db, actor = current_db(), current_actor()
    rows = listing.differing(
        db, actor, connection_id=args["connection_id"], after=args["after"], limit=PAGE + 1
    )
    kept = rows[:PAGE]
    known = connections.visible(db, actor, limit=200)
    return page(
        "fleet/differences.html", found=listing.differences(kept), args=args,
        tags={asset.id: asset.tag for _device, asset in kept}, known=known,
        labels={row.id: row.label for row in known},
        after=kept[-1][0].id if len(rows) > PAGE else None,
    )  # fmt: skip
