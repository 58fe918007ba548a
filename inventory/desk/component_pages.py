"""/components: every part of the kit in every state, for whoever builds a page, and for tests."""

from datetime import timedelta

from flask import Blueprint, Response
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import InvalidInput
from inventory.http.unit import current_now
from inventory.schema import ObjectSchema, Text
from inventory.web.forms import Form, Lines
from inventory.web.pages import done, page

bp = Blueprint("components", __name__, url_prefix="/components")

HOSTILE = "<script>alert(1)</script> \u202eevil\u0007"


class ExampleForm(ObjectSchema):
    """A form with a field of each sort."""

    name = Text(max_length=20, min_length=1, required=True)
    kind = fields.String(validate=validate.OneOf(["printer", "camera"]), required=True)
    lines = Lines(load_default=list)
    number = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1))
    wanted = fields.Boolean(load_default=False)
    several = fields.List(fields.String(), load_default=list)
    secret = fields.String(load_only=True, load_default="")


@bp.route("")
@guarded(Permission.SELF, page=True)
def show() -> Response:
    """All parts on one page."""
    now = current_now()
    moments = [now, now - timedelta(minutes=7), now - timedelta(days=40), None]
    wrong = Form(ExampleForm(), {"name": HOSTILE})
    wrong.take(InvalidInput("", {"name": ["Shorter than minimum length 1."]}))
    wrong.refuse("It was changed by somebody else since you opened it.")
    return page(
        "desk/components.html", moments=moments, hostile=HOSTILE, wrong=wrong,
        form=Form(ExampleForm(), {"number": 3, "wanted": True, "several": ["a"]}),
    )  # fmt: skip


@bp.route("/dialog", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
def dialog() -> Response:
    """A form that is a page of its own, or stands in the dialog."""
    form = Form(ExampleForm())
    if form.submitted():
        return done("/components", "Saved.")
    return page("desk/component_dialog.html", form=form, status=form.status)
