"""/accounts/N/...: what one may do to an account, each asked first."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import factors, grants, reach, service, sessions
from inventory.accounts.account_card import AccountCard, card_of
from inventory.accounts.account_pages import role_choices
from inventory.accounts.account_schemas import RoleForm
from inventory.accounts.guard import guarded
from inventory.errors import NotFound
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.confirming import NoFields, WithReason, confirm
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import done, page

bp = Blueprint("account_change_pages", __name__, url_prefix="/accounts")

_ID = "<int(max=2147483647):account_id>"
_GRANT = "<int(max=2147483647):grant_id>"
_SESSION = "<int(max=2147483647):session_id>"


@bp.route(f"/{_ID}/roles/new", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def grant(account_id: int) -> BaseResponse:
    """Give a role that one holds oneself there."""
    card, form = _card(account_id), Form(RoleForm())
    if form.submitted():
        with form.attempt():
            grants.grant_role(
                current_db(), current_actor(), account_id, form.data["role"],
                form.data["site_id"], now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(_back(account_id), _("The role is given."))
    return page(
        "accounts/role_form.html", status=form.status, form=form, card=card, **role_choices()
    )  # fmt: skip


@bp.route(f"/{_ID}/roles/{_GRANT}/withdraw", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def withdraw(account_id: int, grant_id: int) -> BaseResponse:
    """Take a role away."""
    card, form = _card(account_id), Form(NoFields())
    held = next((each for each in card.held if each.grant.id == grant_id), None)
    if held is None:
        raise NotFound(f"there is no grant {grant_id} of this account")
    if form.submitted():
        with form.attempt():
            grants.withdraw_role(
                current_db(), current_actor(), account_id, grant_id, now=current_now()
            )
        if form.ok:
            return done(_back(account_id), _("The role is withdrawn."))
    role = label("role", held.grant.role)
    place = held.spot.label if held.spot is not None else _("a place outside your reach")
    texts = [
        _("%(who)s is no longer %(role)s at %(place)s.", who=_who(card), role=role, place=place),
        _("It holds from the next click on, also for their tokens."),
    ]
    return confirm(
        form, _("Withdraw this role?"), texts, _("Withdraw it"), back=_back(account_id)
    )  # fmt: skip


@bp.route(f"/{_ID}/disable", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def disable(account_id: int) -> BaseResponse:
    """End an account, with a reason."""
    card, form = _card(account_id), Form(WithReason())
    if form.submitted():
        with form.attempt():
            service.disable(
                current_db(), current_actor(), account_id, reason=form.data["reason"],
                now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(_back(account_id), _("The account is disabled."))
    texts = [
        _("%(who)s cannot sign in any more. All their sessions end at once.", who=_who(card)),
        _("Their tokens are revoked and do not come back when the account is enabled again."),
    ]
    return confirm(
        form, _("Disable this account?"), texts, _("Disable it"), back=_back(account_id),
        reason=_("Why?"),
    )  # fmt: skip


@bp.route(f"/{_ID}/enable", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def enable(account_id: int) -> BaseResponse:
    """Let a disabled or locked account in again."""
    card, form = _card(account_id), Form(NoFields())
    if form.submitted():
        with form.attempt():
            service.enable(current_db(), current_actor(), account_id, now=current_now())
        if form.ok:
            return done(_back(account_id), _("The account can be used again."))
    texts = [_("%(who)s can sign in again with the password that they have.", who=_who(card))]
    if card.account.password_hash is None:
        texts = [_("New tokens can be made for %(who)s. The old ones stay dead.", who=_who(card))]
    return confirm(
        form, _("Enable this account?"), texts, _("Enable it"), back=_back(account_id),
        style="primary",
    )  # fmt: skip


@bp.route(f"/{_ID}/one-time-password", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def one_time_password(account_id: int) -> BaseResponse:
    """A password for once, for somebody who lost theirs; it is on the answer's page only."""
    card, form = _card(account_id), Form(NoFields())
    if form.submitted():
        with form.attempt():
            secret = service.reset_password(
                current_db(), current_actor(), account_id, now=current_now()
            )
        if form.ok:
            return page("accounts/account_made.html", account=card.account, secret=secret)
    texts = [
        _("%(who)s gets a new password that holds for seven days and once.", who=_who(card)),
        _("The old password stops working. All their sessions and tokens end at once."),
    ]
    if card.account.password_hash is None:
        texts.append(_("This is a program's account: with a password a person can sign in as it."))
    return confirm(
        form, _("Give a one-time password?"), texts, _("Give it"), back=_back(account_id)
    )  # fmt: skip


@bp.route(f"/{_ID}/reset-factors", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def reset_factors(account_id: int) -> BaseResponse:
    """Take the second factor from somebody who lost it."""
    card, form = _card(account_id), Form(WithReason())
    if form.submitted():
        with form.attempt():
            factors.reset(
                current_db(), current_actor(), account_id, reason=form.data["reason"],
                now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(_back(account_id), _("The second factor is taken away."))
    texts = [
        _("Make sure that it is really %(who)s who asks: meet them, or call them.", who=_who(card)),
        _("The password alone lets them in then. All their sessions and tokens end at once."),
        _("They cannot approve grave commands for some days, not even with a new app."),
    ]
    return confirm(
        form, _("Take the second factor away?"), texts, _("Take it away"), back=_back(account_id),
        reason=_("Why?"),
    )  # fmt: skip


@bp.route(f"/{_ID}/sessions/{_SESSION}/end", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def end_session(account_id: int, session_id: int) -> BaseResponse:
    """Sign somebody out of one browser."""
    db, card, form = current_db(), _card(account_id), Form(NoFields())
    session = sessions.one_of(db, account_id, session_id)
    back = url_for("account_pages.signed_in", account_id=account_id)
    if form.submitted():
        with form.attempt():
            sessions.revoke(db, current_actor(), account_id, session_id, now=current_now())
        if form.ok:
            return done(back, _("That browser is signed out."))
    texts = [
        _("%(who)s has to sign in again at %(address)s.", who=_who(card), address=session.address)
    ]
    return confirm(form, _("End this session?"), texts, _("End it"), back=back)


def _card(account_id: int) -> AccountCard:
    """The account, if the reader may change it; locked for no other writer meanwhile."""
    db, actor = current_db(), current_actor()
    reach.for_change(db, actor, account_id)
    return card_of(db, actor, account_id, now=current_now())


def _back(account_id: int) -> str:
    return url_for("account_pages.show", account_id=account_id)


def _who(card: AccountCard) -> str:
    return card.account.display_name or card.account.user_name
