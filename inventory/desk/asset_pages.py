"""/assets/{id}: one device at a glance; /a/{tag}: the address on its label."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import notes, reach
from inventory.assets.kinds import Source
from inventory.assets.notes import MAX_NOTE
from inventory.assets.schemas import MAX_ID, Lines
from inventory.desk import asset_facts, asset_overview
from inventory.desk.asset_facts import TAKEN_OVER
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.desk.asset_head import Head
from inventory.desk.asset_take_over import take_over as write_over
from inventory.desk.asset_words import value_text
from inventory.errors import VersionMismatch
from inventory.http.paths import allow_rest
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema
from inventory.sites.way import ways_to
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import done, page

bp = Blueprint("asset_pages", __name__)
allow_rest(bp)

SHOW = "asset_pages.show"


class NoteForm(ObjectSchema):
    """A note on the asset."""

    text = Lines(required=True, max_length=MAX_NOTE, min_length=1)


class TakeOverForm(ObjectSchema):
    """A field whose observed value is wanted, as it was shown, and the version of the record."""

    field = fields.String(required=True, validate=validate.OneOf(sorted(TAKEN_OVER)))
    source = fields.Enum(Source, by_value=True, required=True)
    value = fields.String(required=True, validate=validate.Length(max=1000))
    version = fields.Integer(required=True, validate=validate.Range(min=1, max=MAX_ID))


@bp.route(ASSET)
@guarded(Permission.ASSET_READ, page=True)
def show(asset_id: int) -> Response:
    """What is recorded of the device, with the evidence for each value."""
    return _overview(head_now(asset_id))


def _overview(head: Head, *, status: int = 200, refused: str = "") -> Response:
    db, actor = current_db(), current_actor()
    facts = asset_facts.facts_of(db, head)
    named = {
        int(one.value)
        for fact in facts
        if fact.field == "site_id"
        for one in fact.told
        if one.value.isdigit() and actor.may(Permission.SITE_READ, int(one.value))
    }
    ways = {**ways_to(db, named), **({head.way[-1].id: head.way} if head.way else {})}
    return asset_page(
        "desk/asset/overview.html", head, SHOW, status=status, facts=facts,
        over=asset_overview.overview_of(db, actor, head), refused=refused,
        words=lambda name, value: value_text(name, value, ways), taken_over=TAKEN_OVER,
    )  # fmt: skip


@bp.route(f"{ASSET}/take-over", methods=["POST"])
@guarded(Permission.ASSET_WRITE, page=True)
def take_over(asset_id: int) -> Response:
    """Write into the record what a source observed of one field."""
    form = Form(TakeOverForm())
    with form.attempt():
        reach.for_change(current_db(), current_actor(), asset_id)
        if form.submitted():
            write_over(current_db(), current_actor(), asset_id, now=current_now(), **form.data)
    if form.submitted():
        name = label("field", form.data["field"])
        return done(_url(asset_id), _("%(field)s is now as observed.", field=name))
    quicker = isinstance(form.refused, VersionMismatch)
    refused = (
        _("Somebody changed the record since you opened it. These are the present values.")
        if quicker
        else _("Nothing was changed: what was observed has changed by now, or cannot be recorded.")
    )
    return _overview(head_now(asset_id), status=form.status, refused=refused)


@bp.route(f"{ASSET}/notes", methods=["GET", "POST"])
@guarded(Permission.ASSET_WRITE, page=True)
def add_note(asset_id: int) -> Response:
    """Write a note; a page of its own, or a dialog."""
    db, actor = current_db(), current_actor()
    asset = reach.get(db, actor, asset_id, permission=Permission.ASSET_WRITE)
    form = Form(NoteForm())
    if form.submitted():
        with form.attempt():
            notes.add_note(db, actor, asset_id, form.data["text"], now=current_now())
        if form.ok:
            return done(_url(asset_id), _("Note added."))
    return page("desk/asset/note.html", form=form, asset=asset, status=form.status)


# A tag may begin with a slash or hold two in a row; they are part of it.
@bp.route("/a/<rest:tag>", merge_slashes=False)
@guarded(Permission.LOOKUP, page=True)
def by_tag(tag: str) -> BaseResponse:
    """The address on a label: to the device that bears the tag or has borne it.

    Every role that may look up may also read assets, so that this never leads to a closed door.
    """
    asset = reach.by_tag(current_db(), current_actor(), tag, permission=Permission.LOOKUP)
    return done(_url(asset.id))


def _url(asset_id: int) -> str:
    return url_for(SHOW, asset_id=asset_id)
