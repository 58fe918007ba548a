"""Answers of the web UI: a whole page, a part of one, or "done, look there"."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request

from inventory.web.toasts import forget_said, say
from inventory.web.viewer import current_viewer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No inline script and no inline style, anywhere."""

DIALOG = "div#dialog-body"
"""How htmx names the inside of the page's one dialog in its HX-Target header."""


def page(template: str, /, *, status: int = 200, **context: Any) -> Response:
    """The template in the page's frame, in the dialog's, or bare, by who asks.

    Templates extend `layout`: the shell for a browser, `kit/dialog.html` for the dialog,
    `kit/bare.html` for any other part that htmx asks for.
    """
    response = make_response(render_template(template, layout=_layout(), **context), status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Vary"] = "HX-Request, Cookie"
    return forget_said(response)


def part(template: str, /, *, status: int = 200, **context: Any) -> Response:
    """A template that is no page of its own: rows, a chart, a progress."""
    response = make_response(render_template(template, **context), status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def done(url: str, text: str = "", *, kind: str = "success") -> Response:
    """After a change: go to `url`, and say the sentence there."""
    if is_part():
        # fetch() would follow a redirect and put the whole page into the part.
        response = Response(status=204, headers={"HX-Redirect": url})
    else:
        response = make_response(redirect(url, 303))
    return say(response, text, kind=kind) if text else response


def is_part() -> bool:
    """Whether htmx asks for a part of a page; going back in history asks for all of it."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in headers


def in_dialog() -> bool:
    return is_part() and request.headers.get("HX-Target") == DIALOG


def _layout() -> str:
    if in_dialog():
        return "kit/dialog.html"
    if is_part():
        return "kit/bare.html"
    return "shell.html" if current_viewer() is not None else "kit/door.html"
