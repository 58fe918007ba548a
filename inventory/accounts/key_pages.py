"""/me/security/keys: security keys of one's own account."""

import json

from flask import Blueprint, Response, jsonify, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import factors, key_factors, security_keys
from inventory.accounts.factor_api import proof
from inventory.accounts.factor_rules import relying_party
from inventory.accounts.factor_schemas import MadeKey, NewKey, ProofForm
from inventory.accounts.guard import guarded
from inventory.accounts.session_api import door
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("key_pages", __name__, url_prefix="/me/security")


@bp.route("/keys/new", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
def add() -> BaseResponse:
    """The password and a name first; then the question to the new key, which this answer holds."""
    form = Form(NewKey())
    if form.submitted():
        label = form.data["label"]
        with form.plainly():
            options = key_factors.begin_key(
                door(), current_actor(), proof(form.data), label=label, now=current_now()
            )
        if form.ok:
            return page(
                "accounts/key_made.html", form=Form(MadeKey(), {"label": label}, read=False),
                options=json.dumps(options),
            )  # fmt: skip
    return page(
        "accounts/key_add.html", status=form.status, form=form,
        found=factors.own(current_db(), current_actor()),
        possible=relying_party(runtime().settings) is not None,
    )  # fmt: skip


@bp.route("/keys/confirm", methods=["POST"])
@guarded(Permission.SELF, page=True, write=False)
def made() -> BaseResponse:
    """What the new key answered; then the recovery codes, where it is the first factor."""
    form = Form(MadeKey())
    if form.submitted():
        with form.plainly():
            codes = key_factors.finish_key(
                door(), current_actor(), form.data["key"], label=form.data["label"],
                now=current_now(),
            )  # fmt: skip
        if form.ok and codes:
            return page("accounts/recovery_codes.html", codes=codes, added="key")
        if form.ok:
            return done(url_for("factor_pages.show"), _("The security key is added."))
    # The challenge is used up: the same question cannot be asked again.
    return done(
        url_for("key_pages.add"),
        _("The security key was not added. Perhaps it took too long, or it is added already."),
        kind="warning",
    )  # fmt: skip


@bp.route("/keys/<int(max=2147483647):key_id>/remove", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
def remove(key_id: int) -> BaseResponse:
    """Take one key away."""
    db, actor, form = current_db(), current_actor(), Form(ProofForm())
    key = security_keys.one_of(db, factors.require_person(actor), key_id)
    if form.submitted():
        with form.plainly():
            key_factors.remove_key(door(), actor, key_id, proof(form.data), now=current_now())
        if form.ok:
            return done(url_for("factor_pages.show"), _("The security key is removed."))
    return page(
        "accounts/proof_form.html", status=form.status, form=form, style="danger",
        title=_("Remove a security key"), button=_("Remove it"), found=factors.own(db, actor),
        text=_("“%(label)s” opens nothing any more then. Without any factor left, your password "
               "alone lets you in.", label=key.label),
    )  # fmt: skip


@bp.route("/key-question", methods=["POST"])
@guarded(Permission.SELF, page=True)
def question() -> Response:
    """What the browser asks a security key before my factors are changed."""
    asked = key_factors.ask_own(
        current_db(), current_actor(), runtime().settings, now=current_now()
    )
    return jsonify(asked)
