"""/api/v1/session, /api/v1/setup and /api/v1/sessions: signing in and out, and who is in."""

from typing import Any, TypeVar, cast

from flask import Response, g, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import sessions, sign_in
from inventory.accounts.attempts import Door
from inventory.accounts.bearer import csrf_of
from inventory.accounts.factor_schemas import KeyQuestion, SecondStep, SignInAnswer
from inventory.accounts.guard import address, cookie_name, guarded, public
from inventory.accounts.identify import Caller
from inventory.accounts.remembered import remembered
from inventory.accounts.schemas import (
    PasswordChange,
    SessionList,
    SetUp,
    SignIn,
    WhoAmI,
)
from inventory.accounts.sessions import Origin
from inventory.accounts.sign_in import SignedIn
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now, runtime

AnyResponse = TypeVar("AnyResponse", bound=BaseResponse)

bp = api_blueprint("session", "", "Signing in and out; who I am; where I am signed in.")


@bp.route("/session", methods=["POST"])
@public("whoever signs in has no session yet; limited by account and by address")
@bp.arguments(SignIn)
@bp.response(201, SignInAnswer)
def begin(given: dict[str, Any]) -> Response:
    """Sign in with a user name and a password.

    The session is a cookie; changes made with it need the `csrf_token` as X-CSRF-Token. One and the
    same 401 answers every failure. 429 where this address failed too often. Where the answer says
    `second_factor_needed`, the session opens nothing until a code is sent to `session/code`.
    """
    old = request.cookies.get(cookie_name(runtime().settings), "")
    signed_in = sign_in.sign_in(
        door(), given["user_name"], given["password"], caller_origin(), old=old[:200],
        now=current_now(),
    )  # fmt: skip
    return _answer(signed_in, 201)


@bp.route("/session/code", methods=["POST"])
@public("the second step of signing in; limited by account and by address")
@bp.arguments(SecondStep)
@bp.response(201, SignInAnswer)
def second_step(given: dict[str, Any]) -> Response:
    """After the password: a code of the app, a recovery code, or the answer of a security key."""
    waiting = request.cookies.get(cookie_name(runtime().settings), "")
    signed_in = sign_in.second_step(
        door(), waiting[:200], given["code"], caller_origin(), key=given["key"], now=current_now()
    )
    return _answer(signed_in, 201)


@bp.route("/session/key-question", methods=["POST"])
@public("the second step of signing in: only for who has given the password")
@bp.response(200, KeyQuestion)
def key_question() -> dict[str, object]:
    """What to ask a security key after the password; `session/code` takes its answer as `key`."""
    waiting = request.cookies.get(cookie_name(runtime().settings), "")
    return {"options": sign_in.ask_key(door(), waiting[:200], now=current_now())}


@bp.route("/setup", methods=["POST"])
@public("the first account of an empty installation is made through a one-time link")
@bp.arguments(SetUp)
@bp.response(201, SignInAnswer)
def set_up(given: dict[str, Any]) -> Response:
    """Make the first account, coordinator of the whole district, with the set-up link's secret."""
    signed_in = sign_in.set_up(
        door(), given["secret"], user_name=given["user_name"],
        display_name=given["display_name"], password=given["password"], origin=caller_origin(),
        now=current_now(),
    )  # fmt: skip
    return _answer(signed_in, 201)


@bp.route("/session")
@guarded(Permission.SELF, before_password_change=True)
@bp.response(200, WhoAmI)
def who_am_i() -> dict[str, object]:
    """Who calls, what they may do and where; the session's CSRF token, where there is one."""
    actor, caller = current_actor(), cast(Caller, g.caller)
    reach = [
        {
            "permissions": sorted(grant.permissions),
            "site_ids": None if grant.site_ids is None else sorted(grant.site_ids),
        }
        for grant in actor.grants
        if grant.permissions and grant.site_ids != frozenset()
    ]
    return {
        "kind": actor.kind,
        "account_id": actor.id,
        "name": actor.name,
        "permissions": sorted({p for grant in actor.grants for p in grant.permissions}),
        "reach": reach,
        "must_change_password": caller.must_change_password,
        "csrf_token": caller.csrf,
    }


@bp.route("/session", methods=["DELETE"])
@guarded(Permission.SELF, session_only=True, before_password_change=True)
@bp.response(204)
def end() -> Response:
    """Sign out."""
    sessions.end(current_db(), current_actor(), now=current_now())
    response = Response(status=204)
    settings = runtime().settings
    response.delete_cookie(
        cookie_name(settings), secure=settings.secure_cookies, httponly=True, samesite="Lax"
    )
    return response


@bp.route("/session/password", methods=["PUT"])
@guarded(Permission.SELF, write=False, session_only=True, before_password_change=True)
@bp.arguments(PasswordChange)
@bp.response(200, SignInAnswer)
def change_password(given: dict[str, Any]) -> Response:
    """Change the password; asks for the current one.

    Every other session and every token of the account ends, and this session gets a new id.
    """
    signed_in = sign_in.change_password(
        door(), current_actor(), given["current"], given["password"], caller_origin(),
        now=current_now(),
    )  # fmt: skip
    return _answer(signed_in, 200)


@bp.route("/sessions")
@guarded(Permission.SELF, session_only=True)
@bp.response(200, SessionList)
def own_sessions() -> dict[str, object]:
    """Where I am signed in."""
    actor = current_actor()
    return listed_sessions(actor.id or 0)


@bp.route("/sessions/<int(max=2147483647):session_id>", methods=["DELETE"])
@guarded(Permission.SELF, session_only=True)
@bp.response(204)
def end_session(session_id: int) -> None:
    """Sign out another browser of mine."""
    actor = current_actor()
    sessions.revoke(current_db(), actor, actor.id or 0, session_id, now=current_now())


def listed_sessions(account_id: int) -> dict[str, object]:
    """The live sessions of an account, as shown."""
    actor = current_actor()
    found = sessions.list_of(current_db(), actor, account_id, runtime().settings, now=current_now())
    items = [{**each.model_dump(), "current": each.id == actor.session_id} for each in found]
    return {"items": items}


def door() -> Door:
    """What a sign-in needs of this process."""
    app = runtime()
    return Door(app.database, app.settings, remembered(app.database, app.settings))


def caller_origin() -> Origin:
    """Where this request comes from."""
    return Origin(address(), request.headers.get("User-Agent", ""))


def _answer(signed_in: SignedIn, status: int) -> Response:
    body = {
        "account_id": signed_in.account.id,
        "user_name": signed_in.account.user_name,
        "must_change_password": signed_in.account.must_change_password,
        "csrf_token": csrf_of(signed_in.secret),
        "expires_at": signed_in.session.expires_at,
    }
    body["second_factor_needed"] = signed_in.waits
    response = jsonify(SignInAnswer().dump(body))
    response.status_code = status
    return set_session_cookie(response, signed_in)


def set_session_cookie(response: AnyResponse, signed_in: SignedIn) -> AnyResponse:
    """Put the session into the browser, and nowhere else."""
    settings = runtime().settings
    response.set_cookie(
        cookie_name(settings),
        signed_in.secret,
        max_age=settings.session_hours * 3600,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response
