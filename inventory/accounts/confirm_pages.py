"""/confirm: who is signed in confirms who they are, for the act that they came from."""

from flask import Blueprint, Response, jsonify, redirect, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import factors, stepping_up
from inventory.accounts.door_pages import local
from inventory.accounts.factor_schemas import ConfirmForm
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import caller_origin, door
from inventory.accounts.stepping_up import BINDING_LENGTH, Typed
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("confirm_pages", __name__)


class BindingArgs(ObjectSchema):
    """What is confirmed."""

    binding = fields.String(required=True, validate=validate.Length(min=1, max=BINDING_LENGTH))


class ConfirmArgs(BindingArgs):
    """What is confirmed, and the page to go back to."""

    next = fields.String(load_default="/", validate=validate.Length(max=2000))


@bp.route("/confirm", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
@with_query(ConfirmArgs)
def confirm(args: dict[str, str]) -> BaseResponse:
    """Ask for a code of the app or a security key (or the password, where no factor is asked), and
    go back."""
    back, form = local(args["next"]), Form(ConfirmForm())
    stepping_up.hash_of_binding(args["binding"])
    found = factors.own(current_db(), current_actor())
    if found.asked and not found.held:
        return done(
            url_for("factor_pages.show"),
            _("For this you need a second factor. Add an authenticator app or a security key "
              "first."), kind="info",
        )  # fmt: skip
    if form.submitted():
        with form.plainly():
            stepping_up.give(
                door(), current_actor(), args["binding"],
                Typed(form.data["code"], form.data["password"], form.data["key"]),
                caller_origin(), now=current_now(),
            )  # fmt: skip
        if form.ok:
            return redirect(back, 303)
    return page(
        "accounts/confirm_who.html", status=form.status, form=form, found=found, back=back,
        question=url_for("confirm_pages.question", binding=args["binding"]),
    )  # fmt: skip


@bp.route("/confirm/key-question", methods=["POST"])
@guarded(Permission.SELF, page=True)
@with_query(BindingArgs)
def question(args: dict[str, str]) -> Response:
    """What the browser asks a security key, for this act alone."""
    asked = stepping_up.ask_key(
        current_db(), current_actor(), args["binding"], runtime().settings, now=current_now()
    )
    return jsonify(asked)
