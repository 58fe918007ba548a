"""/me: one's own account: who I am and how far I reach, my sessions, my password."""

import marshmallow as ma
from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _, ngettext
from marshmallow import fields
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import service, sessions, sign_in
from inventory.accounts.browsers import browser_of
from inventory.accounts.guard import guarded
from inventory.accounts.held import held_by
from inventory.accounts.schemas import PASSWORD
from inventory.accounts.session_api import caller_origin, door, set_session_cookie
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema
from inventory.web.confirming import NoFields, confirm
from inventory.web.forms import Form
from inventory.web.pages import done, page

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


@bp.route("")
@guarded(Permission.SELF, page=True)
def show() -> BaseResponse:
    """Who I am, and how far my roles reach."""
    db, actor = current_db(), current_actor()
    account = service.get(db, actor, actor.id or 0)
    held = held_by(db, actor, [account.id], Permission.SELF)[account.id]
    return page("accounts/me.html", account=account, held=held)


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


@bp.route("/sessions")
@guarded(Permission.SELF, page=True)
def my_sessions() -> BaseResponse:
    """Where I am signed in."""
    actor = current_actor()
    found = sessions.list_of(
        current_db(), actor, actor.id or 0, runtime().settings, now=current_now()
    )
    rows = [(each, *browser_of(each.user_agent)) for each in found]
    return page("accounts/me_sessions.html", rows=rows, current=actor.session_id)


@bp.route("/sessions/<int(max=2147483647):session_id>/end", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True)
def end_session(session_id: int) -> BaseResponse:
    """Sign out another browser of mine."""
    db, actor, back = current_db(), current_actor(), url_for("own_pages.my_sessions")
    session = sessions.one_of(db, actor.id or 0, session_id)
    form = Form(NoFields())
    if form.submitted():
        with form.attempt():
            sessions.revoke(db, actor, actor.id or 0, session_id, now=current_now())
        if form.ok:
            return done(back, _("That browser is signed out."))
    texts = [_("The browser at %(address)s has to sign in again.", address=session.address)]
    return confirm(form, _("End this session?"), texts, _("End it"), back=back)


@bp.route("/sessions/end-others", methods=["GET", "POST"])
@guarded(Permission.SELF, page=True)
def end_others() -> BaseResponse:
    """Sign out every browser of mine but this one."""
    back, form = url_for("own_pages.my_sessions"), Form(NoFields())
    if form.submitted():
        with form.attempt():
            ended = sessions.end_others(current_db(), current_actor(), now=current_now())
        if form.ok:
            text = ngettext("%(num)s session ended.", "%(num)s sessions ended.", ended)
            return done(back, text)
    texts = [
        _("Every other browser in which you are signed in has to sign in again."),
        _("If you think that somebody else knows your password, change it instead."),
    ]
    return confirm(form, _("End all other sessions?"), texts, _("End them"), back=back)
