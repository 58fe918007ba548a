"""Errors as pages: what happened in plain words, and a way on."""

from urllib.parse import quote

from flask import Response, redirect, request
from flask_babel import gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as BaseResponse

from inventory.errors import (
    HomeroomError,
    InvalidInput,
    NotFound,
    PasswordChangeDue,
    TooManyRequests,
    Unauthenticated,
)
from inventory.web.pages import is_part, page

SIGN_IN, CHANGE_PASSWORD = "/sign-in", "/me/password"

_SAID: dict[int, tuple[LazyString, LazyString]] = {
    400: (
        _l("The browser sent something odd"),
        _l("The request could not be read. Go back and try again."),
    ),
    403: (
        _l("You may not do this"),
        _l("Your role does not reach this. Who manages accounts in your district can change that."),
    ),
    404: (_l("There is no such page"), _l("It may have been moved, or lie outside your schools.")),
    405: (_l("This cannot be opened like that"), _l("Go back and use the page's own buttons.")),
    409: (_l("Not possible just now"), _l("Something else stands in the way.")),
    412: (
        _l("Somebody else was quicker"),
        _l("It was changed since you opened it. Look at it again, then make your change."),
    ),
    413: (_l("Too large"), _l("What you sent is larger than this server takes.")),
    422: (
        _l("That cannot be understood"),
        _l("The address of this page holds something it does not know."),
    ),
    429: (_l("Too many tries"), _l("Wait a moment, then try again.")),
    503: (_l("Not available just now"), _l("Nothing was changed. Try again in a moment.")),
}


def error_page(error: Exception, status: int) -> BaseResponse:
    """The page for an error; the way to sign in where nobody is signed in."""
    if isinstance(error, Unauthenticated):
        return _elsewhere(f"{SIGN_IN}?next={quote(_back(), safe='/')}")
    if isinstance(error, PasswordChangeDue):
        return _elsewhere(CHANGE_PASSWORD)
    title, text = _SAID.get(
        status, (_l("Something went wrong"), _l("It was logged; nothing was changed."))
    )
    detail = str(error) if isinstance(error, HomeroomError) and status < 500 else ""
    problems = error.fields.get("query") if isinstance(error, InvalidInput) else None
    response = page(
        "kit/error.html", status=status, title=title, text=text, detail=detail,
        problems=problems if isinstance(problems, dict) else {},
        near=error.near if isinstance(error, NotFound) else (),
    )  # fmt: skip
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _elsewhere(url: str) -> BaseResponse:
    if is_part():
        return Response(_("Sign in again."), 401, {"HX-Redirect": url})
    return redirect(url, 303)


def _back() -> str:
    """Where to go after signing in: the page that was asked for, if it was only looked at."""
    if request.method != "GET":
        return "/"
    query = request.query_string.decode("ascii", "replace")
    return request.path + (f"?{query}" if query else "")
