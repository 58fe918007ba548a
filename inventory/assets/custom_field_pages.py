"""/catalog/fields: the fields that the district added to its assets."""

from dataclasses import fields as members
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import custom_fields
from inventory.assets.catalog_form_schemas import FieldForm, NewFieldForm
from inventory.assets.catalog_models import CustomField
from inventory.assets.catalog_pages import require_editor, require_version
from inventory.assets.custom_fields import CHANGEABLE, FieldDraft
from inventory.assets.kinds import FieldKind
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("custom_field_pages", __name__, url_prefix="/catalog/fields")

FIELD = "/<int(max=2147483647):field_id>"
HOME = "/catalog/fields"


@bp.route("")
@guarded(Permission.ASSET_READ, page=True)
def listed() -> Response:
    """The district's own fields, archived ones last."""
    known = custom_fields.list_fields(current_db(), current_actor())
    return page("assets/custom_fields.html", fields=sorted(known, key=lambda one: one.archived))


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def new() -> Response:
    """A new field. Its key and kind stay for good: values lie in assets under them."""
    require_editor()
    form = Form(NewFieldForm(), {"kind": FieldKind.TEXT, "max_length": 500})
    if form.submitted():
        with form.attempt():
            values = {m.name: form.data[m.name] for m in members(FieldDraft) if m.name in form.data}
            made = custom_fields.create_field(
                current_db(), current_actor(), FieldDraft(**values), now=current_now()
            )
        if form.ok:
            return done(HOME, _("%(name)s was added.", name=made.label))
    return page("assets/custom_field.html", status=form.status, form=form, field=None)


@bp.route(FIELD, methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def change(field_id: int) -> Response:
    """Another rule for a field, or its archive; values in assets stay as they are."""
    require_editor()
    db, actor = current_db(), current_actor()
    present = custom_fields.get_field(db, actor, field_id)
    form = Form(FieldForm(), _shown(present))
    if form.submitted():
        with form.attempt():
            locked = custom_fields.get_field(db, actor, field_id, lock=True)
            require_version(locked.version, form.data["version"])
            changes = {name: form.data[name] for name in CHANGEABLE}
            custom_fields.change_field(db, actor, field_id, changes, now=current_now())
        if form.ok:
            return done(HOME, _("Saved."))
    return page("assets/custom_field.html", status=form.status, form=form, field=present)


def _shown(field: CustomField) -> dict[str, Any]:
    shown = {name: getattr(field, name) for name in CHANGEABLE}
    shown["choices"] = "\n".join(map(str, field.choices))
    for bound in ("minimum", "maximum"):
        value = shown[bound]
        shown[bound] = "" if value is None else f"{value:g}"
    return shown
