"""/custody: what is out, what is overdue first."""

from typing import Any

from flask import Blueprint, Response
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import listing
from inventory.custody.cursors_api import cursor_of, read_cursor
from inventory.custody.custody_csv import announce, csv_rows
from inventory.custody.listing import CustodyFilter
from inventory.custody.models import CustodyKind
from inventory.custody.viewing import record_views
from inventory.http.unit import current_actor, current_db, current_now, local_now, runtime
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import service as sites
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.pages import page

bp = Blueprint("custody_pages", __name__, url_prefix="/custody")
PAGE = 50


class CsvArgs(ObjectSchema):
    """What to show. `site`: where the device is, with all within it."""

    kind = fields.Enum(CustodyKind, by_value=True, load_default=None)
    overdue = fields.Boolean(load_default=None)
    site = fields.Integer(validate=ROW_ID, load_default=None)


class ListArgs(CsvArgs):
    """As `CsvArgs`, a page at a time."""

    after = Text(max_length=500, load_default="")


@bp.route("")
@guarded(Permission.CUSTODY_READ, page=True, write=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """What is out within reach. Whose names are shown is written down."""
    db, actor, now = current_db(), current_actor(), current_now()
    wanted = _wanted(args)
    after = read_cursor(args["after"]) if args["after"] else None
    found = listing.open_ones(db, actor, wanted, after=after, limit=PAGE + 1, now=now)
    rows = found[:PAGE]
    record_views(db, actor, rows, now=now)
    return page(
        "custody/list.html", rows=rows, args=args, now=now,
        more=cursor_of(rows[-1]) if len(found) > PAGE else None,
        count=listing.counted(db, actor, wanted, now=now),
        late=listing.counted(db, actor, CustodyFilter(overdue=True, sites=wanted.sites), now=now),
        places=pickable(db, actor, Permission.CUSTODY_READ),
    )  # fmt: skip


@bp.route("/handed-out.csv")
@guarded(Permission.CUSTODY_READ, page=True, write=True)
@with_query(CsvArgs)
def export(args: dict[str, Any]) -> Response:
    """The same as a file. The export is an event itself, and so is whose names leave."""
    allowed = announce(current_db(), current_actor(), _wanted(args), now=current_now())
    name = f"handed-out-{local_now():%Y-%m-%d}.csv"
    return Response(
        csv_rows(runtime().database, allowed),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _wanted(args: dict[str, Any]) -> CustodyFilter:
    below = None if args["site"] is None else sites.subtree(current_db(), args["site"])
    return CustodyFilter(args["kind"], args["overdue"], sites=below)
