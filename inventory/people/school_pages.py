"""/people/schools: what sources call schools and groups, and what somebody says that they are."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people.models import PersonRole
from inventory.people.sources import orgs
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import naming
from inventory.sites.models import SiteKind
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("people_school_pages", __name__, url_prefix="/people/schools")

ROWS = 100


class ListArgs(ObjectSchema):
    """Only those of which nothing was said, and where the list goes on."""

    open = fields.Boolean(load_default=False)
    after = fields.Integer(validate=ROW_ID, load_default=None)


class OrgForm(ObjectSchema):
    """What it is."""

    site_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    new_school = Text(max_length=120, load_default="")
    role = fields.Enum(PersonRole, by_value=True, load_default=None, allow_none=True)
    left_out = fields.Boolean(load_default=False)
    version = fields.Integer(required=True, validate=ROW_ID)


@bp.route("")
@guarded(Permission.PERSON_IMPORT, page=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """Everything that sources call a school, a unit, a department or a group."""
    db, actor = current_db(), current_actor()
    rows = orgs.listed(db, actor, open_only=args["open"], after=args["after"], limit=ROWS + 1)
    sites = {row.site_id for row, _name in rows if row.site_id is not None}
    return page(
        "people/schools.html", rows=rows[:ROWS], args=args, places=naming.spots(db, actor, sites),
        next=rows[ROWS - 1][0].id if len(rows) > ROWS else None,
    )  # fmt: skip


@bp.route("/<int(max=2147483647):org_id>", methods=["GET", "POST"])
@guarded(Permission.PERSON_IMPORT, page=True)
def show(org_id: int) -> Response:
    """Choose the place, or make a school; it holds from the next plan on."""
    db, actor = current_db(), current_actor()
    row, source = orgs.get(db, actor, org_id)
    kept = ("site_id", "role", "left_out", "version")
    form = Form(OrgForm(), {name: getattr(row, name) for name in kept})
    if form.submitted():
        with form.attempt():
            version = form.data.pop("version")
            orgs.decide(db, actor, org_id, form.data, version=version, now=current_now())
        if form.ok:
            return done(url_for("people_school_pages.listed"), _("Saved. It holds from now on."))
    spots = naming.choices(db, actor, Permission.PERSON_IMPORT)
    kinds = (SiteKind.SCHOOL, SiteKind.DISTRICT)
    return page(
        "people/school.html", status=form.status, form=form, row=row, source=source,
        places=[(spot.id, spot.way) for spot in spots if spot.kind in kinds], roles=PersonRole,
        version=row.version,
    )  # fmt: skip
