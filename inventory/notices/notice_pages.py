"""/notices: whether mail can be sent, who is called, and what became of notices."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.notices import listing, targets, trying
from inventory.notices.models import LABEL_LENGTH, URL_LENGTH, DeliveryState
from inventory.notices.targets import TargetDraft
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("notice_pages", __name__, url_prefix="/notices")

TARGET = "/targets/<int(max=2147483647):target_id>"
PAGE = 50


class DeliveryListArgs(ObjectSchema):
    """Which deliveries, and where the list goes on."""

    state = fields.Enum(DeliveryState, by_value=True, load_default=None)
    before = fields.Integer(validate=ROW_ID, load_default=None)


class TargetForm(ObjectSchema):
    """A new target; `kinds` is typed as words with spaces between."""

    label = Text(max_length=LABEL_LENGTH, min_length=1, required=True)
    url = Text(max_length=URL_LENGTH, min_length=1, required=True)
    kinds = Text(max_length=500, load_default="")


class EditForm(TargetForm):
    """A target as it is to be, and the version that was looked at."""

    enabled = fields.Boolean(load_default=False)
    version = fields.Integer(validate=ROW_ID, required=True)


class VersionForm(ObjectSchema):
    """A confirmation: which version was looked at."""

    version = fields.Integer(validate=ROW_ID, required=True)


class SwitchForm(ObjectSchema):
    """Whether the target is called from now on."""

    enabled = fields.Boolean(load_default=False)


@bp.route("")
@guarded(Permission.NOTICE_WRITE, page=True)
@with_query(DeliveryListArgs)
def show(args: dict[str, Any]) -> Response:
    """The mail server, the targets and the last deliveries."""
    db, actor = current_db(), current_actor()
    known = targets.all_of(db, actor)
    rows = listing.deliveries(db, actor, **args, limit=PAGE + 1)
    return page(
        "notices/notices.html", mail=runtime().settings, targets=known, rows=rows[:PAGE],
        state=args["state"].value if args["state"] else "", states=list(DeliveryState),
        older=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )  # fmt: skip


@bp.route("/test", methods=["POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def test_mail() -> Response:
    """A mail to oneself."""
    address = trying.try_mail(current_db(), current_actor(), now=current_now())
    return _back(_("A test mail to %(address)s is on its way.", address=address))


@bp.route("/targets/new", methods=["GET", "POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def new() -> Response:
    """A new target; its secret is on the answer's page and nowhere else."""
    current_actor().require_everywhere(Permission.NOTICE_WRITE)
    form = Form(TargetForm())
    if form.submitted():
        given = form.data
        draft = TargetDraft(given["label"], given["url"], tuple(given["kinds"].split()))
        with form.attempt():
            row, secret = targets.create(current_db(), current_actor(), draft, now=current_now())
        if form.ok:
            return page("notices/target_made.html", row=row, text=secret, renewed=False)
    return page(
        "notices/target_form.html", status=form.status, form=form, row=None, version=None,
        present=None,
    )  # fmt: skip


@bp.route(f"{TARGET}/edit", methods=["GET", "POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def edit(target_id: int) -> Response:
    """Change a target; its secret stays, and is not shown."""
    row = targets.get(current_db(), current_actor(), target_id)
    present = {
        "label": row.label, "url": row.url, "kinds": " ".join(row.kinds), "enabled": row.enabled
    }  # fmt: skip
    version = row.version
    form = Form(EditForm(), present)
    if form.submitted():
        given = form.data
        changes = {name: given[name] for name in ("label", "url", "enabled")}
        changes["kinds"] = given["kinds"].split()
        with form.attempt():
            targets.change(
                current_db(), current_actor(), target_id, changes, now=current_now(),
                version=given["version"],
            )  # fmt: skip
        if form.ok:
            return _back(_("The webhook was changed."))
    return page(
        "notices/target_form.html", status=form.status, form=form, row=row,
        version=form.value("version") if form.status == 422 else version,
        present=present if form.status == 412 else None,
    )  # fmt: skip


@bp.route(f"{TARGET}/secret", methods=["GET", "POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def renew(target_id: int) -> Response:
    """Ask, and make a new secret, which is on the answer's page and nowhere else."""
    row = targets.get(current_db(), current_actor(), target_id)
    form = Form(VersionForm())
    if form.submitted():
        with form.attempt():
            row, secret = targets.renew(
                current_db(), current_actor(), target_id, now=current_now(),
                version=form.data["version"],
            )  # fmt: skip
        if form.ok:
            return page("notices/target_made.html", row=row, text=secret, renewed=True)
    return page("notices/target_secret.html", status=form.status, form=form, row=row)


@bp.route(f"{TARGET}/switch", methods=["POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def switch(target_id: int) -> Response:
    """Switch a target on or off."""
    form = Form(SwitchForm())
    wanted = form.submitted() and form.data["enabled"]
    targets.change(current_db(), current_actor(), target_id, {"enabled": wanted}, now=current_now())
    return _back(_("Saved."))


@bp.route(f"{TARGET}/test", methods=["POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def test_target(target_id: int) -> Response:
    """Call one target."""
    trying.try_target(current_db(), current_actor(), target_id, now=current_now())
    return _back(_("A test is on its way."))


@bp.route(f"{TARGET}/delete", methods=["GET", "POST"])
@guarded(Permission.NOTICE_WRITE, page=True)
def delete(target_id: int) -> Response:
    """Ask, and delete a target."""
    row = targets.get(current_db(), current_actor(), target_id)
    form = Form(ObjectSchema())
    if form.submitted():
        with form.attempt():
            targets.delete(current_db(), current_actor(), target_id, now=current_now())
        if form.ok:
            return _back(_("The target was deleted."))
    return page("notices/target_delete.html", status=form.status, form=form, row=row)


def _back(told: str) -> Response:
    return done(url_for("notice_pages.show"), told)
