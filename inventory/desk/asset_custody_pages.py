"""/assets/{id}/custody: who has a device now, what went along, and everybody before."""

from flask import Blueprint, Response
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.agreements import due, kept
from inventory.custody import listing, photos, transit
from inventory.custody.viewing import record_views
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ROW_ID, ObjectSchema
from inventory.web.arguments import with_query

bp = Blueprint("asset_custody_pages", __name__)
HERE = "asset_custody_pages.listed"
PAGE = 30


class TabArgs(ObjectSchema):
    """`before`: older than this custody."""

    before = fields.Integer(validate=ROW_ID, load_default=None)


@bp.route(f"{ASSET}/custody")
@guarded(Permission.CUSTODY_READ, page=True, write=True)
@with_query(TabArgs)
def listed(args: dict[str, int | None], asset_id: int) -> Response:
    """The whole story of who had it. That persons were shown is written down."""
    db, actor, now = current_db(), current_actor(), current_now()
    head = head_now(asset_id)
    found = listing.of_asset(db, actor, asset_id, after=args["before"], limit=PAGE + 1)
    rows = found[:PAGE]
    record_views(db, actor, rows, now=now)
    newest = args["before"] is None
    present = rows[0] if newest and rows and rows[0].custody.returned_at is None else None
    return asset_page(
        "desk/asset/custody.html", head, HERE, present=present,
        unsigned=due.of_custodies(db, [present.custody.id], now=now) if present else [],
        signed=kept.of_custody(db, present.custody) if present else [],
        past=rows[1:] if present else rows, newest=newest, now=now,
        photos=photos.of(db, [held.custody.id for held in rows]),
        way=transit.way_of(db, asset_id) if newest and present is None else None,
        older=rows[-1].custody.id if len(found) > PAGE else None,
        may_hand=actor.may(Permission.CUSTODY_WRITE, head.asset.site_id),
    )  # fmt: skip
