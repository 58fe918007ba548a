"""The door of every route: who calls, may they, and one unit of work around the view.

`guarded` stands directly under the route line, so that a stranger is refused before a body is
parsed. Every route carries `__permission__` (a `Permission`) or `__public__` (the reason why it
needs no sign-in); a test walks the URL map and fails on a route with neither.

A second factor, single sign-on and step-up come here as further questions about the `Caller`: a
session knows how (`assurance`) and when (`authenticated_at`) its person was recognised.
"""

import functools
import logging
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Response, current_app, g, request
from sqlmodel import col

from inventory.access import Actor, Permission
from inventory.accounts import identify
from inventory.accounts.bearer import same
from inventory.accounts.denials import write_denial
from inventory.accounts.identify import Caller
from inventory.accounts.models import ApiToken, LoginSession
from inventory.accounts.remembered import Remembered, remembered
from inventory.accounts.viewing import chosen_by, suited, viewer_of
from inventory.db import Database
from inventory.errors import (
    Forbidden,
    HomeroomError,
    InvalidInput,
    PasswordChangeDue,
    TooLarge,
    Unauthenticated,
)
from inventory.http.multipart import largest_upload, receive
from inventory.http.unit import Runtime, current_now, runtime
from inventory.settings import Settings
from inventory.web.csrf import FIELD, unmasked

log = logging.getLogger(__name__)

READING = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"

OPERATOR = "homeroom.operator"
"""WSGI key with the `Actor` of whoever runs the command line on this machine. A server puts what
comes over the network under `HTTP_...`, so that only code in this process can set it."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks for; see `guarded`."""

    permission: Permission
    write: bool | None
    session_only: bool
    before_password_change: bool
    page: bool = False
    upload: bool = False


def guarded(
    permission: Permission,
    *,
    write: bool | None = None,
    session_only: bool = False,
    before_password_change: bool = False,
    page: bool = False,
    upload: bool = False,
) -> Callable[[View], View]:
    """Let in who holds `permission` somewhere; the service checks the place.

    write                   unit of work that commits; None: for everything but GET and HEAD
    session_only            a person at a browser or at this machine, not a token
    before_password_change  also for somebody who still has a one-time password
    page                    answers a person in a browser: a session only, with the CSRF token in
                            the form or the header; `current_viewer()` is set; an answer of 400 or
                            more rolls the unit of work back, since a form is then shown again
    upload                  a form with files may have `upload_max_bytes`; it is read before the
                            unit of work opens, so that a slow client holds up no other writer

    Inside, `current_db()`, `current_actor()` and `current_now()` are set. The unit is committed
    after the view's answer was serialised, and rolled back on any error.
    """
    rule = Rule(permission, write, session_only or page, before_password_change, page, upload)

    def decorate(view: View) -> View:
        strict = _without_query(view)

        @functools.wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Response:
            return _enter(rule, functools.partial(strict, *args, **kwargs))

        marked = cast(Any, entered)
        marked.__permission__ = permission
        marked.__rule__ = rule
        _describe(marked, {"x-permission": permission.value})
        return cast(View, entered)

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """A route without sign-in, and why. It opens its own unit of work if it needs one."""

    def decorate(view: View) -> View:
        strict = _without_query(view)

        @functools.wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            _require_size(runtime().settings)
            return strict(*args, **kwargs)

        marked = cast(Any, entered)
        marked.__public__ = reason
        _describe(marked, {"security": []})
        return cast(View, entered)

    return decorate


def _without_query(view: View) -> View:
    """A view that declares no query arguments takes none: a misspelt filter must not be silent."""
    parameters = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", ())
    if any(parameter.get("in") == "query" for parameter in parameters):
        return view
    if getattr(view, "__query__", False):
        return view

    @functools.wraps(view)
    def strict(*args: Any, **kwargs: Any) -> Any:
        if request.args:
            unknown = {name[:80]: ["Unknown field."] for name in request.args}
            raise InvalidInput("this takes no query arguments", {"query": unknown})
        return view(*args, **kwargs)

    return cast(View, strict)


def _describe(view: Any, about: dict[str, object]) -> None:
    """Put the rule into the API's description, as flask-smorest's `doc` does."""
    view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    view._apidoc.setdefault("manual_doc", {}).update(about)


def _enter(rule: Rule, view: Callable[[], Any]) -> Response:
    app, now = runtime(), current_now()
    memory = remembered(app.database, app.settings)
    g.actor = None
    try:
        _require_size(app.settings, upload=rule.upload)
        caller = caller_of(app, memory, now)
        g.actor, g.caller = caller.actor, caller
        if rule.page:
            # Whoever is refused before the unit opens is told so on a page, too.
            g.viewer = viewer_of(caller)
        if rule.upload:
            caller.actor.require_anywhere(rule.permission)
            receive()
        _require(rule, caller)
        with app.database.unit(write=_writes(rule)) as db:
            g.db = db
            if rule.page:
                g.viewer = suited(g.viewer, chosen_by(db, caller))
            response = current_app.make_response(view())
            if rule.page and response.status_code >= 400:
                db.rollback()
    except (Unauthenticated, Forbidden) as refused:
        if not _only_arrives(rule):
            write_denial(app.database, memory, denied_actor(), _asked(refused), now=now)
        raise
    finally:
        # Whoever asked it after this would open a unit of work that nobody ends.
        g.pop("db", None)
    _touch_later(app.database, memory, caller, response, now)
    return response


def _writes(rule: Rule) -> bool:
    return rule.write if rule.write is not None else request.method not in READING


def _only_arrives(rule: Rule) -> bool:
    """Opening a page without a session is how everybody begins: no denial worth keeping."""
    return rule.page and g.actor is None and request.method in READING


def _require(rule: Rule, caller: Caller) -> None:
    if caller.csrf is not None and request.method not in READING:
        given = request.headers.get(CSRF_HEADER, "")
        if rule.page:
            given = unmasked(given or request.form.get(FIELD, ""))
        if not same(given, caller.csrf):
            raise Forbidden(f"send the session's {CSRF_HEADER} header with every change")
    if rule.session_only and caller.actor.token_id is not None:
        raise Forbidden("this needs a person who is signed in, not a token")
    if caller.must_change_password and not rule.before_password_change:
        raise PasswordChangeDue("the one-time password must be changed first")
    caller.actor.require_anywhere(rule.permission)


def caller_of(app: Runtime, memory: Remembered, now: datetime) -> Caller:
    """Who sent this request: a bearer token, else a session cookie. Raises `Unauthenticated`.

    A bad token is never made good by a cookie that came along.
    """
    operator = request.environ.get(OPERATOR)
    if isinstance(operator, Actor):
        return Caller(operator, None)
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("send `Authorization: Bearer TOKEN`")
        return identify.by_token(app.database, memory, text.strip(), address(), now=now)
    cookie = request.cookies.get(cookie_name(app.settings))
    if not cookie:
        raise Unauthenticated("sign in, or send `Authorization: Bearer TOKEN`")
    return identify.by_session(app.database, app.settings, cookie, address(), now=now)


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over https; browsers refuse it over plain http."""
    return "__Host-homeroom" if settings.secure_cookies else "homeroom"


def address() -> str:
    """The client's address; behind `trusted_proxies` the one that they report."""
    return "".join(c for c in (request.remote_addr or "")[:80] if c.isprintable())


def denied_actor() -> Actor:
    """Who was refused: the caller as far as known."""
    known = cast(Actor | None, g.get("actor"))
    return known or Actor("anonymous", None, "anonymous", origin=address())


def _asked(refused: HomeroomError) -> dict[str, object]:
    return {
        "method": request.method,
        "path": request.path[:200],
        "status": refused.status,
        "why": str(refused)[:200],
    }


def _require_size(settings: Settings, *, upload: bool = False) -> None:
    most = largest_upload(settings) if upload else settings.max_body_bytes
    if (request.content_length or 0) > most:
        raise TooLarge(f"a request body has at most {most} bytes")


def _touch_later(
    database: Database, memory: Remembered, caller: Caller, response: Response, now: datetime
) -> None:
    """Write down the use once the answer has left: a busy database must not delay it."""
    actor = caller.actor
    table: type[ApiToken] | type[LoginSession] = ApiToken if actor.token_id else LoginSession
    id_ = actor.token_id or actor.session_id
    if id_ is None:
        return
    if memory.touches.due(table.__name__, id_, now, caller.last_used_at):
        response.call_on_close(lambda: _touch(database, table, id_, now))


def _touch(
    database: Database, table: type[ApiToken] | type[LoginSession], id_: int, now: datetime
) -> None:
    try:
        with database.unit() as db:
            db.execute(sa.update(table).where(col(table.id) == id_).values(last_used_at=now))
    except HomeroomError as busy:
        log.info("the last use of %s %s was not written: %s", table.__name__, id_, busy)
