"""/map: the network as a picture, and the same as a list."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.kinds import Category
from inventory.discovery import topology_map
from inventory.discovery.schemas import MAX_ID
from inventory.discovery.topology_map import AT_ONCE, MOST, Place
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from inventory.web.arguments import with_query
from inventory.web.labels import label
from inventory.web.network_map import draw
from inventory.web.pages import page

bp = Blueprint("map_pages", __name__, url_prefix="/map")

BOTH = 400
"""Of more devices the list is a page of its own."""


class MapArgs(ObjectSchema):
    """A school or a building; `whole`: everything, where that would be more than one picture.
    `list`: no picture, all of it in words."""

    site_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))
    whole = fields.Boolean(load_default=False)
    list = fields.Boolean(load_default=False)


@bp.route("")
@guarded(Permission.DISCOVERY_READ, page=True)
@with_query(MapArgs)
def show(args: dict[str, Any]) -> Response:
    """What hangs on which switch. A large district is shown a school at a time."""
    db, actor = current_db(), current_actor()
    tree = topology_map.tree_of(db, actor)
    places = topology_map.places(db, actor, tree)
    site_id = args.get("site_id")
    if site_id is not None:
        sites.get(db, actor, site_id)
    elif not args["whole"]:
        site_id = _first(places)
    found = topology_map.topology(db, actor, tree, site_id, at=current_now())
    chart = None if args["list"] else draw(found.map, title=_("Network map"), id="map")
    return page(
        "discovery/map.html", found=found, site_id=site_id, most=MOST, chart=chart,
        listed=args["list"] or found.devices <= BOTH,
        schools=[place for place in places if place.kind is SiteKind.SCHOOL],
        kinds={kind.value: label("category", kind) for kind in Category},
        buildings=_buildings(places), place=tree.rows.get(site_id or 0),
    )  # fmt: skip


def _first(places: list[Place]) -> int | None:
    """The first school, where all of them would be too much at once; None for all."""
    schools = [place for place in places if place.kind is SiteKind.SCHOOL]
    if sum(place.count for place in schools) <= AT_ONCE or len(schools) < 2:
        return None
    return schools[0].id


def _buildings(places: list[Place]) -> dict[int, list[Place]]:
    """The buildings by their school; 0 for those in none."""
    found: dict[int, list[Place]] = {}
    for place in places:
        if place.kind is SiteKind.BUILDING:
            found.setdefault(place.school_id or 0, []).append(place)
    return found
