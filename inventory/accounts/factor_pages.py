"""/me/security: the second factor of one's own account."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import factors
from inventory.accounts.factor_api import proof
from inventory.accounts.factor_rules import KEYS_EACH, RECOVERY_FEW, relying_party
from inventory.accounts.factor_schemas import CodeForm, ProofForm
from inventory.accounts.guard import guarded
from inventory.accounts.qr import picture_of
from inventory.accounts.session_api import door
from inventory.accounts.totp import Enrolment
from inventory.errors import Conflict
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("factor_pages", __name__, url_prefix="/me/security")


@bp.route("")
@guarded(Permission.SELF, page=True)
def show() -> BaseResponse:
    """What protects my account."""
    found = factors.own(current_db(), current_actor())
    return page(
        "accounts/me_security.html", found=found, few=RECOVERY_FEW, most=KEYS_EACH,
        possible=relying_party(runtime().settings) is not None,
    )  # fmt: skip


@bp.route("/app", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
def add_app() -> BaseResponse:
    """The password first; then the key for the app, which this answer shows."""
    form = Form(ProofForm())
    if form.submitted():
        with form.plainly():
            told = factors.begin_app(door(), current_actor(), proof(form.data), now=current_now())
        if form.ok:
            return _app_key(Form(CodeForm(), read=False), told)
    return _ask(
        form, _("Add an authenticator app"),
        _("An app on your telephone shows a code of six digits, a new one every 30 seconds. "
          "Any app that knows TOTP will do."),
        _("Go on"),
    )  # fmt: skip


@bp.route("/app/confirm", methods=["POST"])
@guarded(Permission.SELF, page=True)
def confirm_app() -> BaseResponse:
    """The first code of the app; then the recovery codes, which this answer shows."""
    db, actor, now, form = current_db(), current_actor(), current_now(), Form(CodeForm())
    if form.submitted():
        with form.attempt():
            codes = factors.confirm_app(db, actor, form.data["code"], now=now)
        if form.ok and codes:
            return page("accounts/recovery_codes.html", codes=codes, added="app")
        if form.ok:
            return done(url_for("factor_pages.show"), _("The app is added."))
    try:
        told = factors.begun_app(db, actor, runtime().settings.district, now=now)
    except Conflict:
        return done(
            url_for("factor_pages.add_app"), _("That took too long; begin again."), kind="warning"
        )
    return _app_key(form, told)


@bp.route("/recovery", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
def new_codes() -> BaseResponse:
    """Ten new recovery codes; the ones before end."""
    form = Form(ProofForm())
    if form.submitted():
        with form.plainly():
            codes = factors.new_codes(door(), current_actor(), proof(form.data), now=current_now())
        if form.ok:
            return page("accounts/recovery_codes.html", codes=codes, added="")
    return _ask(
        form, _("New recovery codes"),
        _("Each of the ten codes lets you in once without the app or key. The old ones stop "
          "working."),
        _("Make ten new codes"),
    )  # fmt: skip


@bp.route("/remove", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True, write=False)
def remove_app() -> BaseResponse:
    """Back to the password alone."""
    form = Form(ProofForm())
    if form.submitted():
        with form.plainly():
            factors.remove_app(door(), current_actor(), proof(form.data), now=current_now())
        if form.ok:
            return done(url_for("factor_pages.show"), _("The authenticator app is removed."))
    return _ask(
        form, _("Remove the authenticator app"),
        _("Without any factor left, your password alone lets you in. A new app counts for grave "
          "commands only after some days."),
        _("Remove it"), style="danger",
    )  # fmt: skip


def _app_key(form: Form, told: Enrolment) -> BaseResponse:
    return page(
        "accounts/app_key.html", status=form.status, form=form, told=told,
        picture=picture_of(told.uri),
    )  # fmt: skip


def _ask(form: Form, title: str, text: str, button: str, *, style: str = "primary") -> BaseResponse:
    """The form that asks for the password, and for a code or a key where there is a factor."""
    found = factors.own(current_db(), current_actor())
    return page(
        "accounts/proof_form.html", status=form.status, form=form, title=title, text=text,
        button=button, style=style, found=found,
    )  # fmt: skip
