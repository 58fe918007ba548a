"""/api/v1/accounts: who may sign in, and with which roles."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema

from inventory.access import Permission
from inventory.accounts import grants, listing, reach, service, sessions, tokens
from inventory.accounts.guard import guarded
from inventory.accounts.listing import AccountFilter
from inventory.accounts.models import Account
from inventory.accounts.passwords import PasswordRules
from inventory.accounts.schemas import (
    AccountArgs,
    AccountChange,
    AccountDraft,
    AccountMade,
    AccountView,
    GrantDraft,
    GrantView,
    OneTimePassword,
    Reason,
    SessionList,
    TokenDraft,
    TokenList,
    TokenMade,
)
from inventory.accounts.session_api import listed_sessions
from inventory.accounts.token_api import made, made_token
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import require_match, stamp
from inventory.http.paging import decode_cursor, encode_cursor, page_of
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("accounts", "/accounts", "Accounts, their roles, sessions and tokens.")
AccountPage = page_of(AccountView)
_VIEW: Schema = AccountView()
_MADE: Schema = AccountMade()


@bp.route("")
@guarded(Permission.ACCOUNT_READ)
@bp.arguments(AccountArgs, location="query")
@bp.response(200, AccountPage)
def list_accounts(given: dict[str, Any]) -> dict[str, object]:
    """Accounts that have a role within the caller's reach, by user name."""
    wanted = AccountFilter(given.get("q", ""), given.get("role"), given.get("disabled"))
    limit = given["limit"]
    found = listing.search(
        current_db(), current_actor(), wanted, after=_after(given), limit=limit + 1,
        now=current_now(),
    )  # fmt: skip
    page = found[:limit]
    more = len(found) > limit
    return {
        "items": _shown(page),
        "next": encode_cursor([page[-1].user_key]) if more else None,
    }


@bp.route("", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE)
@bp.arguments(AccountDraft)
@bp.response(201, AccountMade)
def create(given: dict[str, Any]) -> Response:
    """Make an account; its one-time password is in this answer and nowhere else.

    Nobody can give a role that they do not hold themselves at that place.
    """
    settings = runtime().settings
    account, secret = service.create_account(
        current_db(), current_actor(), user_name=given["user_name"],
        display_name=given["display_name"], email=given["email"], one_time=given["sign_in"],
        grants=[(each["role"], each["site_id"]) for each in given["grants"]],
        rules=PasswordRules(settings.password_min_length, (settings.district,)),
        now=current_now(),
    )  # fmt: skip
    return _answer(account, _MADE, 201, one_time_password=secret)


@bp.route("/<int(max=2147483647):account_id>")
@guarded(Permission.ACCOUNT_READ)
@bp.response(200, AccountView)
def read(account_id: int) -> Response:
    """One account; its ETag is needed to change it."""
    return _answer(service.get(current_db(), current_actor(), account_id))


@bp.route("/<int(max=2147483647):account_id>", methods=["PATCH"])
@guarded(Permission.ACCOUNT_WRITE)
@bp.arguments(AccountChange)
@bp.response(200, AccountView)
def change(given: dict[str, Any], account_id: int) -> Response:
    """Change the user name or the display name; needs If-Match."""
    db, actor = current_db(), current_actor()
    account = reach.for_change(db, actor, account_id)
    require_match("account", account.id, account.version)
    return _answer(service.change(db, actor, account_id, given, now=current_now()))


@bp.route("/<int(max=2147483647):account_id>/disable", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE)
@bp.arguments(Reason)
@bp.response(200, AccountView)
def disable(given: dict[str, Any], account_id: int) -> Response:
    """End an account with all its sessions and tokens. Never the last coordinator."""
    return _answer(
        service.disable(
            current_db(), current_actor(), account_id, reason=given["reason"], now=current_now()
        )
    )


@bp.route("/<int(max=2147483647):account_id>/enable", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE)
@bp.response(200, AccountView)
def enable(account_id: int) -> Response:
    """Let a disabled or locked account sign in again; its old tokens stay dead."""
    return _answer(service.enable(current_db(), current_actor(), account_id, now=current_now()))


@bp.route("/<int(max=2147483647):account_id>/one-time-password", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE, session_only=True)
@bp.response(200, OneTimePassword)
def reset(account_id: int) -> dict[str, str]:
    """A one-time password for somebody who lost theirs; ends their sessions and tokens."""
    secret = service.reset_password(current_db(), current_actor(), account_id, now=current_now())
    return {"one_time_password": secret}


@bp.route("/<int(max=2147483647):account_id>/grants", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE)
@bp.arguments(GrantDraft)
@bp.response(201, GrantView)
def grant(given: dict[str, Any], account_id: int) -> object:
    """Give a role at a site and everything in it."""
    return grants.grant_role(
        current_db(), current_actor(), account_id, given["role"], given["site_id"],
        now=current_now(),
    )  # fmt: skip


@bp.route(
    "/<int(max=2147483647):account_id>/grants/<int(max=2147483647):grant_id>", methods=["DELETE"]
)
@guarded(Permission.ACCOUNT_WRITE)
@bp.response(204)
def withdraw(account_id: int, grant_id: int) -> None:
    """Take a role away. Never the last coordinator's."""
    grants.withdraw_role(current_db(), current_actor(), account_id, grant_id, now=current_now())


@bp.route("/<int(max=2147483647):account_id>/sessions")
@guarded(Permission.ACCOUNT_READ)
@bp.response(200, SessionList)
def list_sessions(account_id: int) -> dict[str, object]:
    """Where somebody is signed in."""
    return listed_sessions(service.get(current_db(), current_actor(), account_id).id)


@bp.route(
    "/<int(max=2147483647):account_id>/sessions/<int(max=2147483647):session_id>",
    methods=["DELETE"],
)
@guarded(Permission.ACCOUNT_WRITE)
@bp.response(204)
def end_session(account_id: int, session_id: int) -> None:
    """Sign somebody out of one browser."""
    db, actor = current_db(), current_actor()
    account = reach.for_change(db, actor, account_id)
    sessions.revoke(db, actor, account.id, session_id, now=current_now())


@bp.route("/<int(max=2147483647):account_id>/tokens")
@guarded(Permission.ACCOUNT_READ)
@bp.response(200, TokenList)
def list_tokens(account_id: int) -> dict[str, object]:
    """The tokens of an account."""
    return {"items": tokens.list_of(current_db(), current_actor(), account_id)}


@bp.route("/<int(max=2147483647):account_id>/tokens", methods=["POST"])
@guarded(Permission.ACCOUNT_WRITE, session_only=True)
@bp.arguments(TokenDraft)
@bp.response(201, TokenMade)
def create_token(given: dict[str, Any], account_id: int) -> dict[str, object]:
    """Make a token for a program: an account that has no role but `integration`."""
    return made_token(*made(account_id, given))


@bp.route(
    "/<int(max=2147483647):account_id>/tokens/<int(max=2147483647):token_id>", methods=["DELETE"]
)
@guarded(Permission.ACCOUNT_WRITE)
@bp.response(204)
def revoke_token(account_id: int, token_id: int) -> None:
    """End somebody's token."""
    tokens.revoke(current_db(), current_actor(), account_id, token_id, now=current_now())


def _after(given: dict[str, Any]) -> str | None:
    if "after" not in given:
        return None
    key = decode_cursor(given["after"])
    if len(key) != 1 or not isinstance(key[0], str):
        raise InvalidInput("`after` is not a cursor of this list")
    return key[0]


def _shown(found: Sequence[Account]) -> list[dict[str, object]]:
    held = listing.grants_by_account(current_db(), [account.id for account in found])
    return [
        {
            **account.model_dump(exclude={"password_hash"}),
            "grants": held[account.id],
            "can_sign_in": account.password_hash is not None,
        }
        for account in found
    ]


def _answer(
    account: Account, schema: Schema = _VIEW, status: int = 200, **more: object
) -> Response:
    shown = {**_shown([account])[0], **more}
    response = jsonify(schema.dump(shown))
    response.status_code = status
    return stamp(response, "account", account.id, account.version)
