"""/enrol/doubts: reports of computers that a person must decide on, and the decision."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.beside import told_reasons
from inventory.assets.deciding_form_schemas import reason
from inventory.assets.offering_pages import tagged
from inventory.enrolment import doubts, listing
from inventory.errors import InvalidInput
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("enrol_doubt_pages", __name__, url_prefix="/enrol/doubts")

SAME, NEW, IGNORE = "same", "new", "ignore"


class DoubtForm(ObjectSchema):
    """What it is; the tag is that of the asset it is, or the one that a new asset is to bear."""

    decision = fields.String(required=True, validate=validate.OneOf([SAME, NEW, IGNORE]))
    tag = Text(max_length=64, load_default=None, allow_none=True)
    replace_hardware = fields.Boolean(load_default=False)
    reason = reason()


@bp.route("")
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def show() -> Response:
    """Those that wait, newest first."""
    found = listing.to_decide(current_db(), current_actor())
    return page("enrolment/doubts.html", doubts=found)


@bp.route("/<int(max=2147483647):doubt_id>", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def decide(doubt_id: int) -> Response:
    """What the computer told beside what the inventory has, and the decision."""
    db, actor = current_db(), current_actor()
    row = doubts.get(db, actor, doubt_id)
    found = doubts.candidates(db, actor, row)
    offers = [each.tag for each in found if each.asset_id is not None]
    form = Form(DoubtForm(), {"tag": offers[0] if len(offers) == 1 else None})
    if form.submitted():
        with form.attempt():
            said = _decide(doubt_id, form.data)
        if form.ok:
            return done("/enrol/doubts", said)
    return page(
        "enrolment/doubt.html", status=form.status, form=form, row=row, candidates=found,
        reasons=told_reasons(found, row.reasons), open=row.decided_at is None,
    )  # fmt: skip


def _decide(doubt_id: int, data: dict[str, Any]) -> str:
    db, actor, now, why = current_db(), current_actor(), current_now(), data["reason"]
    if data["decision"] == IGNORE:
        doubts.ignore(db, actor, doubt_id, now=now, reason=why)
        return str(_("Nothing comes of it."))
    if data["decision"] == NEW:
        made = doubts.accept(db, actor, doubt_id, now=now, tag=data["tag"], reason=why)
        return str(_("A new asset was made: %(tag)s.", tag=made.tag))
    if not data["tag"]:
        raise InvalidInput("which asset", {"tag": [_("Say which asset it is.")]})
    known = doubts.attach(
        db, actor, doubt_id, tagged("tag", data["tag"]), now=now,
        replace_hardware=data["replace_hardware"], reason=why,
    )  # fmt: skip
    return str(_("It is %(tag)s.", tag=known.tag))
