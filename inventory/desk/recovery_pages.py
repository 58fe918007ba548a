"""/recovery: those who have left, and the devices that they still have."""

from collections import defaultdict
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import listing
from inventory.custody.listing import Held
from inventory.errors import Conflict
from inventory.http.keyset import after_id
from inventory.http.paging import encode_cursor
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people import recovery
from inventory.people.viewing import record_views
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import naming
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("recovery_pages", __name__, url_prefix="/recovery")
PAGE, MOST_DEVICES = 50, 1000


class ListArgs(ObjectSchema):
    """Which school's, and which page."""

    site = fields.Integer(validate=ROW_ID, load_default=None)
    after = Text(max_length=500, load_default="")


class CloseForm(ObjectSchema):
    """How it ended."""

    note = Text(max_length=1000, min_length=1, required=True)


@bp.route("")
@guarded(Permission.PERSON_READ, page=True, write=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """Open tasks, oldest first. Who looks is written down."""
    db, actor, now = current_db(), current_actor(), current_now()
    after = after_id({"after": args["after"]}) if args["after"] else None
    found = recovery.listed(db, actor, site_id=args["site"], after=after, limit=PAGE + 1)
    rows = found[:PAGE]
    ids = [person.id for _task, person in rows]
    record_views(db, actor, ids, now=now)
    return page(
        "people/recovery.html", rows=rows, args=args, now=now, out=_out(ids),
        more=encode_cursor([rows[-1][0].id]) if len(found) > PAGE else None,
        knows=actor.holds(Permission.CUSTODY_READ),
        places=naming.spots(db, actor, [person.site_id for _task, person in rows]),
        sites=pickable(db, actor, Permission.PERSON_READ),
    )  # fmt: skip


@bp.route("/<int(max=2147483647):task_id>/close", methods=["GET", "POST"])
@guarded(Permission.PERSON_WRITE, page=True, write=True)
def close(task_id: int) -> Response:
    """Everything is back, or given up: say which."""
    db, actor, now = current_db(), current_actor(), current_now()
    task, person = recovery.one(db, actor, task_id)
    actor.require(Permission.PERSON_WRITE, person.site_id)
    form = Form(CloseForm())
    if form.submitted():
        with form.attempt():
            recovery.close(db, actor, task_id, note=form.data["note"], now=now)
        if form.ok:
            return done("/recovery", _("Closed."))
    elif task.closed_at is not None:
        raise Conflict(_("This task is closed already."))
    record_views(db, actor, [person.id], now=now, site_id=person.site_id)
    return page(
        "people/recovery_close.html", status=form.status, form=form, task=task, person=person,
        out=_out([person.id]).get(person.id, []),
    )  # fmt: skip


def _out(person_ids: list[int]) -> dict[int, list[Held]]:
    """What each of these people still has, as far as the reader may know it."""
    db, actor = current_db(), current_actor()
    found: dict[int, list[Held]] = defaultdict(list)
    if person_ids and actor.holds(Permission.CUSTODY_READ):
        for held in listing.of_people(db, actor, person_ids, out=True, limit=MOST_DEVICES):
            found[held.custody.person_id or 0].append(held)
    return found
