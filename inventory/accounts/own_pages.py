"""/me: one's own account: password, theme and language, sessions and tokens."""

import marshmallow as ma
from flask import Blueprint, redirect
from marshmallow import fields
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import sign_in
from inventory.accounts.guard import guarded
from inventory.accounts.schemas import PASSWORD
from inventory.accounts.session_api import caller_origin, door, set_session_cookie
from inventory.http.unit import current_actor, current_now, runtime
from inventory.schema import ObjectSchema
from inventory.web.forms import Form
from inventory.web.pages import page

bp = Blueprint("own_pages", __name__, url_prefix="/me")


class PasswordForm(ObjectSchema):
    """The password of now, and the one to come, twice."""

    current = fields.String(required=True, load_only=True, validate=PASSWORD)
    password = fields.String(required=True, load_only=True, validate=PASSWORD)
    again = fields.String(required=True, load_only=True, validate=PASSWORD)

    @ma.validates_schema
    def _same(self, data: dict[str, str], **_more: object) -> None:
        if data.get("password") != data.get("again"):
            raise ma.ValidationError("The two passwords are not the same.", "again")


@bp.route("/password", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False, before_password_change=True)
def password() -> BaseResponse:
    """Change the password; a one-time password opens nothing else."""
    form = Form(PasswordForm())
    if form.submitted():
        with form.plainly():
            signed_in = sign_in.change_password(
                door(), current_actor(), form.data["current"], form.data["password"],
                caller_origin(), now=current_now(),
            )  # fmt: skip
        if form.ok:
            return set_session_cookie(redirect("/", 303), signed_in)
    least = runtime().settings.password_min_length
    return page("accounts/password.html", status=form.status, form=form, least=least)
