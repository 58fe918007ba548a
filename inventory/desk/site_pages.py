"""/sites: schools, buildings and rooms as a tree, each with how many assets are there.

They stand here and not beside the places because they count what is above them.
"""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.at_once import counts_by_place
from inventory.errors import NotFound, VersionMismatch
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import service
from inventory.sites.models import Site, SiteKind
from inventory.sites.outline import Branch, outline, roots
from inventory.sites.rules import CODE_LENGTH, NAME_LENGTH, PARENTS
from inventory.web.arguments import with_query
from inventory.web.confirming import NoFields, confirm
from inventory.web.forms import Form
from inventory.web.pages import done, page, part

bp = Blueprint("site_pages", __name__, url_prefix="/sites")

MANY = 300
"""From so many places on, what lies in a school is fetched when the school is opened."""

MOST_FOUND = 200
_ID = "<int(max=2147483647):site_id>"


class TreeArgs(ObjectSchema):
    """A part of a name or of a code."""

    q = Text(max_length=NAME_LENGTH, load_default="")


class NewArgs(ObjectSchema):
    """The kind that was added last, to go on with."""

    kind = fields.Enum(SiteKind, by_value=True, load_default=None)


class NewForm(ObjectSchema):
    """A place in another; `another` asks for the same form again."""

    kind = fields.Enum(SiteKind, by_value=True, required=True)
    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    code = Text(max_length=CODE_LENGTH, load_default=None, allow_none=True)
    another = fields.String(load_default="", validate=validate.OneOf(("", "true")))


class NameForm(ObjectSchema):
    """What a place is called; `version` is the one that it was read with."""

    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    code = Text(max_length=CODE_LENGTH, load_default=None, allow_none=True)
    version = fields.Integer(required=True, validate=ROW_ID)


class MoveForm(ObjectSchema):
    """Where a place is to lie."""

    parent_id = fields.Integer(required=True, validate=ROW_ID)
    version = fields.Integer(required=True, validate=ROW_ID)


class DeleteForm(NoFields):
    """The version that is to be deleted."""

    version = fields.Integer(required=True, validate=ROW_ID)


@bp.route("")
@guarded(Permission.SITE_READ, page=True)
@with_query(TreeArgs)
def tree(args: dict[str, Any]) -> BaseResponse:
    """The whole tree in the reader's reach, or the places that a word finds."""
    found = _outline()
    word = args["q"].casefold()
    hits = [b for b in found.values() if word in f"{b.name}\n{b.code or ''}".casefold()]
    return page(
        "desk/sites.html", roots=roots(found), total=len(found), lazy=len(found) > MANY,
        q=args["q"], hits=sorted(hits, key=lambda b: b.name.casefold())[:MOST_FOUND],
        number=len(hits),
    )  # fmt: skip


@bp.route(f"/{_ID}")
@guarded(Permission.SITE_READ, page=True)
def show(site_id: int) -> BaseResponse:
    """One place: where it lies and what lies in it."""
    branch = _branch(site_id)
    return page("desk/site.html", branch=branch, may_add=_kinds(branch.kind))


@bp.route(f"/{_ID}/inside")
@guarded(Permission.SITE_READ, page=True)
def inside(site_id: int) -> BaseResponse:
    """What lies in a place, for its line of the tree."""
    return part("desk/site_inside.html", branch=_branch(site_id))


@bp.route(f"/{_ID}/new", methods=["GET", "POST"])
@guarded(Permission.SITE_WRITE, page=True)
@with_query(NewArgs)
def new(args: dict[str, Any], site_id: int) -> BaseResponse:
    """Add a place in this one."""
    parent = _writable(site_id)
    kinds = _kinds(parent.kind)
    first = args["kind"] if args["kind"] in kinds else next(iter(kinds[-1:]), None)
    form = Form(NewForm(), initial={"kind": first})
    if form.submitted():
        given = form.data
        with form.attempt():
            site = service.create(
                current_db(), current_actor(), kind=given["kind"], name=given["name"],
                parent_id=site_id, code=given["code"], now=current_now(),
            )  # fmt: skip
        if form.ok:
            said = _("%(name)s is added.", name=site.name)
            if given["another"]:
                return done(url_for("site_pages.new", site_id=site_id, kind=site.kind.value), said)
            return done(url_for("site_pages.show", site_id=site_id), said)
    return page("desk/site_new.html", status=form.status, form=form, parent=parent, kinds=kinds)


@bp.route(f"/{_ID}/edit", methods=["GET", "POST"])
@guarded(Permission.SITE_WRITE, page=True)
def edit(site_id: int) -> BaseResponse:
    """Change name or code."""
    site = _writable(site_id)
    form = Form(NameForm(), initial=site.model_dump())
    if form.submitted():
        with form.attempt():
            _change(site, form.data)
        if form.ok:
            return done(url_for("site_pages.show", site_id=site_id), _("Saved."))
    return page("desk/site_edit.html", status=form.status, form=form, site=site)


@bp.route(f"/{_ID}/move", methods=["GET", "POST"])
@guarded(Permission.SITE_WRITE, page=True)
def move(site_id: int) -> BaseResponse:
    """Put a place, with all that is in it, into another one."""
    site = _writable(site_id)
    form = Form(MoveForm(), initial=site.model_dump())
    if form.submitted():
        with form.attempt():
            _change(site, form.data)
        if form.ok:
            return done(url_for("site_pages.show", site_id=site_id), _("It is moved."))
    return page(
        "desk/site_move.html", status=form.status, form=form, site=site, branch=_branch(site_id),
        places=_parents(site),
    )  # fmt: skip


@bp.route(f"/{_ID}/delete", methods=["GET", "POST"])
@guarded(Permission.SITE_WRITE, page=True)
def delete(site_id: int) -> BaseResponse:
    """Delete a place that nothing refers to any more."""
    site, branch, form = _writable(site_id), _branch(site_id), Form(DeleteForm())
    if form.submitted():
        with form.attempt():
            _require_version(site, form.data["version"])
            service.delete(current_db(), current_actor(), site_id, now=current_now())
        if form.ok:
            back = url_for("site_pages.show", site_id=site.parent_id)
            return done(back, _("%(name)s is deleted.", name=site.name))
    texts = [_("%(name)s is taken out of the tree.", name=site.name)]
    if branch.inside or branch.branches:
        texts = [_("It can only be deleted once nothing is in it any more.")]
    return confirm(
        form, _("Delete %(name)s?", name=site.name), texts, _("Delete it"),
        back=url_for("site_pages.show", site_id=site_id), version=site.version,
    )  # fmt: skip


def _outline() -> dict[int, Branch]:
    db, actor = current_db(), current_actor()
    return outline(db, actor, counts_by_place(db, actor))


def _branch(site_id: int) -> Branch:
    branch = _outline().get(site_id)
    if branch is None:
        raise NotFound(f"there is no site {site_id}")
    return branch


def _writable(site_id: int) -> Site:
    db, actor = current_db(), current_actor()
    site = service.get(db, actor, site_id, lock=True)
    actor.require(Permission.SITE_WRITE, site.id)
    return site


def _change(site: Site, given: dict[str, Any]) -> None:
    changes = dict(given)
    _require_version(site, changes.pop("version"))
    service.change(current_db(), current_actor(), site.id, changes, now=current_now())


def _require_version(site: Site, version: int) -> None:
    if version != site.version:
        raise VersionMismatch(
            _(
                "Somebody else changed it meanwhile: it is now called %(name)s, its code is "
                "%(code)s. Send the form again to put yours in their place.",
                name=site.name, code=site.code or "\u2013",
            )
        )  # fmt: skip


def _kinds(parent: SiteKind) -> list[SiteKind]:
    """What may lie in a place of this kind."""
    return [kind for kind in SiteKind if parent in PARENTS[kind]]


def _parents(site: Site) -> list[tuple[int, str]]:
    """Where the place may be put: within the reader's reach, and not into itself."""
    found, actor = _outline(), current_actor()
    own = {each.id for each in found[site.id].walk()}
    return [
        (each.id, " \u203a ".join(b.name for b in (*each.way[1:], each)))
        for root in roots(found)
        for each in root.walk()
        if each.kind in PARENTS[site.kind] and each.id not in own
        and actor.may(Permission.SITE_WRITE, each.id)
    ]  # fmt: skip
