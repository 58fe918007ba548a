"""/assets/{id}/network: where the device is and was on the network, and who is behind a switch."""

from typing import Any

from flask import Blueprint, Response, url_for
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.sighting_models import Sighting
from inventory.desk import asset_network as network
from inventory.desk.asset_actions import own_page
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.desk.asset_keys_pages import moment_cursor, moment_key
from inventory.desk.asset_sightings import latest_sightings
from inventory.http.unit import current_actor, current_db
from inventory.schema import ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.pages import is_part, part

bp = Blueprint("asset_network_pages", __name__)

SHOW = "asset_network_pages.show"
PAGE = 15


class NetworkArgs(ObjectSchema):
    """Where the list of sightings goes on."""

    after = fields.String(validate=validate.Length(max=200))


@bp.route(f"{ASSET}/network")
@guarded(Permission.ASSET_READ, page=True)
@with_query(NetworkArgs)
def show(args: dict[str, Any], asset_id: int) -> Response:
    """Addresses, switch ports, sweeps and sightings."""
    db, actor = current_db(), current_actor()
    head = head_now(asset_id)
    after = moment_key(args["after"]) if "after" in args else None
    rows = latest_sightings(db, asset_id, after=after, limit=PAGE + 1)
    seen: dict[str, Any] = {
        "sightings": rows[:PAGE],
        "older": _older(rows, asset_id),
        "newest": after is None,
    }
    if is_part() and after is not None:
        return part("desk/asset/sightings.html", asset=head.asset, **seen)
    stays = network.stays_of(db, actor, asset_id)
    return asset_page(
        "desk/asset/network.html", head, SHOW, stays=stays,
        plugs=network.plugs_of(db, actor, asset_id), swept=network.swept(db, actor, asset_id),
        behind=network.ports_of(db, actor, head.asset), own_page=own_page,
        **seen,
    )  # fmt: skip


def _older(rows: list[Sighting], asset_id: int) -> str:
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return url_for(SHOW, asset_id=asset_id, after=moment_cursor(last.last_at, last.id))
