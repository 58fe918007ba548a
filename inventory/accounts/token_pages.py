"""Tokens: one's own at /me/tokens, and those of a program at /accounts/N/tokens."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _, ngettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import reach, tokens
from inventory.accounts.account_card import AccountCard, card_of
from inventory.accounts.guard import guarded
from inventory.accounts.identify import grants_of
from inventory.accounts.models import ApiToken
from inventory.accounts.tokens import LABEL_LENGTH, MAX_NETWORKS
from inventory.errors import Conflict
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.settings import base_url
from inventory.sites import naming
from inventory.web.confirming import NoFields, confirm
from inventory.web.forms import Form, Lines
from inventory.web.pages import done, page

bp = Blueprint("token_pages", __name__)

DAYS = (7, 30, 90, 180, 365)
GROUPS = {
    **dict.fromkeys(("asset", "catalog", "lookup", "mdm"), "devices"),
    **dict.fromkeys(("discovery", "network", "credential"), "discovery"),
    **dict.fromkeys(("command", "hold", "policy", "breaker"), "commands"),
}
"""The first word of a permission → the heading under which it is offered."""

_ID = "<int(max=2147483647):account_id>"
_TOKEN = "<int(max=2147483647):token_id>"


class TokenForm(ObjectSchema):
    """A new token: what for, how long, from where."""

    label = Text(max_length=LABEL_LENGTH, min_length=1, required=True)
    permissions = fields.List(
        fields.Enum(Permission, by_value=True),
        required=True,
        validate=validate.Length(min=1, max=len(Permission)),
    )
    days = fields.Integer(required=True, validate=validate.OneOf(DAYS))
    site_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    networks = Lines(load_default=list, max_lines=MAX_NETWORKS, max_length=50)


@bp.route("/me/tokens")
@guarded(Permission.TOKEN_OWN, page=True)
def mine() -> BaseResponse:
    """My tokens, never their text."""
    return page("accounts/me_tokens.html", **_listed(current_actor().id or 0))


@bp.route("/me/tokens/new", methods=["GET", "POST"])
@guarded(Permission.TOKEN_OWN, page=True)
def make_mine() -> BaseResponse:
    """Make a token for a program of mine; it can never do more than I can."""
    return _make(current_actor().id or 0, url_for("token_pages.mine"), None)


@bp.route(f"/me/tokens/{_TOKEN}/revoke", methods=["GET", "POST"])
@guarded(Permission.TOKEN_OWN, page=True)
def revoke_mine(token_id: int) -> BaseResponse:
    """End one of my tokens."""
    return _revoke(current_actor().id or 0, token_id, url_for("token_pages.mine"))


@bp.route(f"/accounts/{_ID}/tokens")
@guarded(Permission.ACCOUNT_READ, page=True)
def of_account(account_id: int) -> BaseResponse:
    """The tokens of an account."""
    card = _card(account_id)
    return page("accounts/account_tokens.html", card=card, **_listed(account_id))


@bp.route(f"/accounts/{_ID}/tokens/new", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def make(account_id: int) -> BaseResponse:
    """Make a token for a program."""
    reach.for_change(current_db(), current_actor(), account_id)
    card = _card(account_id)
    if not card.takes_tokens:
        raise Conflict("a person's tokens are made by that person; only a live program gets some")
    return _make(account_id, url_for("token_pages.of_account", account_id=account_id), card)


@bp.route(f"/accounts/{_ID}/tokens/{_TOKEN}/revoke", methods=["GET", "POST"])
@guarded(Permission.ACCOUNT_WRITE, page=True)
def revoke(account_id: int, token_id: int) -> BaseResponse:
    """End somebody's token."""
    reach.for_change(current_db(), current_actor(), account_id)
    back = url_for("token_pages.of_account", account_id=account_id)
    return _revoke(account_id, token_id, back)


def _card(account_id: int) -> AccountCard:
    return card_of(current_db(), current_actor(), account_id, now=current_now())


def _listed(account_id: int) -> dict[str, Any]:
    db, actor, now = current_db(), current_actor(), current_now()
    found = tokens.list_of(db, actor, account_id)
    seen = Permission.SELF if actor.id == account_id else Permission.SITE_READ
    places = naming.spots(db, actor, [token.site_id for token in found], seen)
    rows = [(token, tokens.state_of(token, now), places.get(token.site_id or 0)) for token in found]
    return {"rows": rows}


def _make(account_id: int, back: str, card: AccountCard | None) -> BaseResponse:
    db, actor, now = current_db(), current_actor(), current_now()
    form = Form(TokenForm(), initial={"days": 90})
    if form.submitted():
        given = form.data
        with form.attempt():
            token, text = tokens.create_token(
                db, actor, account_id, label=given["label"], permissions=given["permissions"],
                lifetime=timedelta(days=given["days"]), site_id=given["site_id"],
                networks=given["networks"], now=now,
            )  # fmt: skip
        if form.ok:
            return _made(token, text, back, card)
    return page(
        "accounts/token_form.html", status=form.status, form=form, card=card, back=back,
        days=[(days, ngettext("%(num)s day", "%(num)s days", days)) for days in DAYS],
        permissions=_offered(account_id),
        places=[(s.id, s.way) for s in naming.choices(db, actor, Permission.SITE_READ)],
    )  # fmt: skip


def _made(token: ApiToken, text: str, back: str, card: AccountCard | None) -> BaseResponse:
    return page(
        "accounts/token_made.html", token=token, text=text, back=back, card=card,
        server=base_url(runtime().settings),
    )  # fmt: skip


def _offered(account_id: int) -> dict[str, list[Permission]]:
    """What the owner may do somewhere, in groups; `self` comes with every token."""
    held = {p for grant in grants_of(current_db(), account_id) for p in grant.permissions}
    found: dict[str, list[Permission]] = {}
    for permission in Permission:
        if permission in held and permission is not Permission.SELF:
            subject = permission.value.partition(":")[0]
            found.setdefault(GROUPS.get(subject, "district"), []).append(permission)
    return found


def _revoke(account_id: int, token_id: int, back: str) -> BaseResponse:
    db, actor = current_db(), current_actor()
    token = tokens.one_of(db, actor, account_id, token_id)
    form = Form(NoFields())
    if form.submitted():
        with form.attempt():
            tokens.revoke(db, actor, account_id, token_id, now=current_now())
        if form.ok:
            return done(back, _("The token %(label)s is revoked.", label=token.label))
    texts = [
        _("Programs that use the token %(label)s stop working at once.", label=token.label),
        _("This cannot be undone; a new token can be made."),
    ]
    return confirm(form, _("Revoke this token?"), texts, _("Revoke it"), back=back)
