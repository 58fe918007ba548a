"""/views: saved views: keep the list as it is now under a name, rename, order, share, delete."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.desk import saved_views
from inventory.desk.list_words import address
from inventory.desk.models import SavedView, ViewPage
from inventory.desk.saved_views import MAX_NAME, MOST, ViewDraft
from inventory.desk.view_query import MAX_QUERY
from inventory.errors import Forbidden
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("view_pages", __name__, url_prefix="/views")

ID = "<int(max=2147483647):view_id>"
LISTS = {ViewPage.ASSETS: "/assets", ViewPage.DISCOVERIES: "/discoveries"}
"""Where the list of each page is."""


def _page_field(**options: Any) -> fields.Enum:  # type: ignore[type-arg]
    return fields.Enum(ViewPage, by_value=True, **options)


class PageArgs(ObjectSchema):
    page = _page_field(load_default=ViewPage.ASSETS)


class QueryArgs(PageArgs):
    """A list as it is now: what stands after the "?" of its address."""

    query = fields.String(load_default="", validate=validate.Length(max=MAX_QUERY))


class NewForm(ObjectSchema):
    """A new view, or `instead_of` one that is there; `shared` gives it to the district."""

    page = _page_field(required=True)
    query = fields.String(load_default="", validate=validate.Length(max=MAX_QUERY))
    name = Text(max_length=MAX_NAME)
    instead_of = fields.Integer(allow_none=True, load_default=None, validate=ROW_ID)
    shared = fields.Boolean(load_default=False)


class NameForm(ObjectSchema):
    name = Text(max_length=MAX_NAME, min_length=1, required=True)
    version = fields.Integer(required=True, validate=ROW_ID)


class VersionForm(ObjectSchema):
    version = fields.Integer(required=True, validate=ROW_ID)


class MoveForm(ObjectSchema):
    place = fields.Integer(required=True, validate=validate.Range(min=0, max=MOST - 1))


@bp.route("")
@guarded(Permission.ASSET_READ, page=True)
@with_query(PageArgs)
def listed(args: dict[str, Any]) -> Response:
    """One's own views of a list, and the district's."""
    found = saved_views.list_for(current_db(), current_actor(), args["page"])
    mine = [view for view in found if view.account_id is not None]
    shared = [view for view in found if view.account_id is None]
    return page(
        "desk/views.html", groups=((_("Your own"), mine), (_("The district's"), shared)),
        list_at=LISTS[args["page"]], may_share=_may_share(),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.ASSET_READ, page=True)
@with_query(QueryArgs)
def new(args: dict[str, Any]) -> Response:
    """Keep the list as it is now."""
    form = Form(NewForm(), {"page": args["page"], "query": args["query"]})
    chosen = form.data.get("page", args["page"])
    if form.submitted():
        with form.attempt():
            view = _kept(form.data)
        if form.ok:
            to = address(parse_qsl(view.query), path=LISTS[view.page])
            return done(to, _("Saved as %(name)s.", name=view.name))
    known = saved_views.list_for(current_db(), current_actor(), chosen)
    return page(
        "desk/view_new.html", status=form.status, form=form, may_share=_may_share(),
        known=[(view.id, view.name) for view in known if _may_change(view)], back=LISTS[chosen],
    )  # fmt: skip


@bp.route(f"/{ID}", methods=["GET", "POST"])
@guarded(Permission.ASSET_READ, page=True)
def rename(view_id: int) -> Response:
    """Another name for a view."""
    view = _changeable(view_id)
    form = Form(NameForm(), {"name": view.name})
    if form.submitted():
        with form.attempt():
            saved_views.rename(
                current_db(), current_actor(), view_id, form.data["name"], now=current_now(),
                version=form.data["version"],
            )  # fmt: skip
        if form.ok:
            return done(f"/views?page={view.page.value}", _("Saved."))
    return page("desk/view_rename.html", status=form.status, form=form, view=view)


@bp.route(f"/{ID}/delete", methods=["GET", "POST"])
@guarded(Permission.ASSET_READ, page=True)
def delete(view_id: int) -> Response:
    """Delete a view; the assets in it stay as they are."""
    view = _changeable(view_id)
    form = Form(VersionForm())
    name, back = view.name, f"/views?page={view.page.value}"
    if form.submitted():
        with form.attempt():
            saved_views.delete(
                current_db(), current_actor(), view_id, now=current_now(),
                version=form.data["version"],
            )  # fmt: skip
        if form.ok:
            return done(back, _("The view %(name)s was deleted.", name=name))
    return page("desk/view_delete.html", status=form.status, form=form, view=view)


@bp.route(f"/{ID}/share", methods=["GET", "POST"])
@guarded(Permission.ASSET_BULK, page=True)
def share(view_id: int) -> Response:
    """Give a view to the district."""
    current_actor().require_everywhere(Permission.ASSET_BULK)
    view = _changeable(view_id)
    form = Form(VersionForm())
    if form.submitted():
        with form.attempt():
            saved_views.share(
                current_db(), current_actor(), view_id, now=current_now(),
                version=form.data["version"],
            )  # fmt: skip
        if form.ok:
            return done(f"/views?page={view.page.value}", _("%(name)s is shared.", name=view.name))
    return page("desk/view_share.html", status=form.status, form=form, view=view)


@bp.route(f"/{ID}/move", methods=["POST"])
@guarded(Permission.ASSET_READ, page=True)
def move(view_id: int) -> Response:
    """Put a view at another place among its owner's."""
    view = _changeable(view_id)
    form = Form(MoveForm())
    if form.submitted():
        with form.attempt():
            saved_views.move(
                current_db(), current_actor(), view_id, form.data["place"], now=current_now()
            )
    back = f"/views?page={view.page.value}"
    return done(back) if form.ok else done(back, _("It could not be moved."), kind="warning")


def _kept(data: dict[str, Any]) -> SavedView:
    """The view that was saved, renewed or shared."""
    db, actor, now = current_db(), current_actor(), current_now()
    if data["instead_of"] is not None:
        return saved_views.replace_query(db, actor, data["instead_of"], data["query"], now=now)
    draft = ViewDraft(data["page"], data.get("name", ""), data["query"])
    view = saved_views.save(db, actor, draft, now=now)
    return saved_views.share(db, actor, view.id, now=now) if data["shared"] else view


def _changeable(view_id: int) -> SavedView:
    view = saved_views.get(current_db(), current_actor(), view_id)
    if not _may_change(view):
        raise Forbidden("this view belongs to the district")
    return view


def _may_change(view: SavedView) -> bool:
    return view.account_id is not None or _may_share()


def _may_share() -> bool:
    return current_actor().scope(Permission.ASSET_BULK) is None
