"""/accounts: the list, a new account, and what one may see of an account."""

from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import ROLE_PERMISSIONS, Permission, Role
from inventory.accounts import listing, reach, service, sessions
from inventory.accounts.account_card import card_of
from inventory.accounts.account_schemas import AccountForm, HistoryArgs, ListArgs, NamesForm
from inventory.accounts.browsers import browser_of
from inventory.accounts.event_view import views_of
from inventory.accounts.guard import guarded
from inventory.accounts.held import held_by
from inventory.accounts.listing import AccountFilter
from inventory.accounts.passwords import PasswordRules
from inventory.accounts.states import AccountState, state_of
from inventory.audit import reading
from inventory.audit.reading import EventFilter
from inventory.errors import VersionMismatch
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from inventory.web.turning import keys_in, leaf_of

bp = Blueprint("account_pages", __name__, url_prefix="/accounts")

ROWS = 50
_ID = "<int(max=2147483647):account_id>"


@bp.route("")
@guarded(Permission.ACCOUNT_READ, page=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> BaseResponse:
    """Accounts that have a role within the reader's reach, by user name."""
    db, actor, now = current_db(), current_actor(), current_now()
    wanted = AccountFilter(role=args["role"], text=args["q"], state=args["state"])
    after, before = keys_in(args, str)
    found = listing.search(
        db, actor, wanted, after=after, before=before, limit=ROWS + 1, now=now
    )  # fmt: skip
    leaf = leaf_of(found, ROWS, args, lambda account: account.user_key)
    held = held_by(db, actor, [account.id for account in leaf.rows])
    return page(
        "accounts/accounts.html", args=args, states=AccountState, roles=Role, leaf=leaf,
        rows=[(account, state_of(account, now), held[account.id]) for account in leaf.rows],
        counts=listing.count(db, actor, wanted, now=now),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def new() -> BaseResponse:
    """A new account; its one-time password is on the answer's page and nowhere else."""
    form = Form(AccountForm(), initial={"kind": "person"})
    if form.submitted():
        given, settings = form.data, runtime().settings
        person = given["kind"] == "person"
        role = given["role"] if person else Role.INTEGRATION
        with form.attempt():
            account, secret = service.create_account(
                current_db(), current_actor(), user_name=given["user_name"],
                display_name=given["display_name"], email=given["email"], one_time=person,
                grants=[(role, given["site_id"])],
                rules=PasswordRules(settings.password_min_length, (settings.district,)),
                now=current_now(),
            )  # fmt: skip
        if form.ok:
            return page("accounts/account_made.html", account=account, secret=secret)
    return page(
        "accounts/account_form.html", status=form.status, form=form, **role_choices()
    )  # fmt: skip


@bp.route(f"/{_ID}")
@guarded(Permission.ACCOUNT_READ, page=True)
def show(account_id: int) -> BaseResponse:
    """An account and its roles."""
    card = card_of(current_db(), current_actor(), account_id, now=current_now())
    return page("accounts/account_roles.html", card=card)


@bp.route(f"/{_ID}/edit", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def edit(account_id: int) -> BaseResponse:
    """Change the names."""
    db, actor = current_db(), current_actor()
    account = reach.for_change(db, actor, account_id)
    form = Form(NamesForm(), initial=account.model_dump())
    if form.submitted():
        with form.attempt():
            given = dict(form.data)
            if given.pop("version") != account.version:
                raise VersionMismatch(_changed_meanwhile(account.user_name, account.display_name))
            service.change(db, actor, account_id, given, now=current_now())
        if form.ok:
            return done(url_for("account_pages.show", account_id=account_id), _("Saved."))
    card = card_of(db, actor, account_id, now=current_now())
    return page(
        "accounts/names_form.html", status=form.status, form=form, card=card,
        version=account.version,
    )  # fmt: skip


@bp.route(f"/{_ID}/sessions")
@guarded(Permission.ACCOUNT_READ, page=True)
def signed_in(account_id: int) -> BaseResponse:
    """Where somebody is signed in."""
    db, actor, now = current_db(), current_actor(), current_now()
    card = card_of(db, actor, account_id, now=now)
    found = sessions.list_of(db, actor, account_id, runtime().settings, now=now)
    rows = [(each, *browser_of(each.user_agent)) for each in found]
    return page(
        "accounts/account_sessions.html", card=card, rows=rows, current=actor.session_id
    )  # fmt: skip


@bp.route(f"/{_ID}/history")
@guarded(Permission.AUDIT_READ, page=True)
@with_query(HistoryArgs)
def history(args: dict[str, Any], account_id: int) -> BaseResponse:
    """What was done to an account, from the audit log."""
    db, actor = current_db(), current_actor()
    card = card_of(db, actor, account_id, now=current_now())
    after, before = keys_in(args, int)
    wanted = EventFilter(subject_type="account", subject_id=str(account_id))
    found = reading.find(db, actor, wanted, after=after, before=before, limit=ROWS + 1)
    leaf = leaf_of(found, ROWS, args, lambda event: event.id)
    return page(
        "accounts/account_history.html", card=card, leaf=leaf, rows=views_of(db, actor, leaf.rows)
    )  # fmt: skip


def role_choices() -> dict[str, object]:
    """For a form that gives a role: the roles that the reader holds whole somewhere, and where
    they may give roles."""
    actor = current_actor()
    places = naming.choices(current_db(), actor, Permission.ACCOUNT_WRITE)
    return {
        "roles": [r for r in Role if all(actor.holds(p) for p in ROLE_PERMISSIONS[r])],
        "places": [(spot.id, spot.way) for spot in places],
    }


def _changed_meanwhile(user_name: str, display_name: str) -> str:
    text = _(
        "Somebody else changed it meanwhile. The user name is now %(user)s, the display name "
        "%(display)s. Send the form again to put yours in their place.",
        user=user_name, display=display_name or "\u2013",
    )  # fmt: skip
    return str(text)
