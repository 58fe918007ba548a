"""What a page says once, after a change: "Saved." It travels in a short-lived cookie.

The cookie is signed with the session's CSRF token, so that nobody can put words into another's
page, and it holds a sentence only, never a secret: a one-time password is shown by the page that
made it.
"""

import base64
import hashlib
import hmac
import json

from flask import Response, g, request

from inventory.http.unit import runtime
from inventory.web.viewer import Viewer, current_viewer

COOKIE = "homeroom_said"
SECONDS = 60
_MOST = 600


def say(response: Response, text: str, *, kind: str = "success") -> Response:
    """Have the next page of this person show the sentence. kind: success, warning or info."""
    viewer = current_viewer()
    if viewer is None:
        return response
    body = base64.urlsafe_b64encode(json.dumps([kind, text[:_MOST]]).encode()).decode()
    response.set_cookie(
        COOKIE,
        f"{body}.{_signature(viewer, body)}",
        max_age=SECONDS,
        secure=runtime().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def said() -> tuple[str, str] | None:
    """(kind, text) that the page before left for this one; taken once."""
    viewer, cookie = current_viewer(), request.cookies.get(COOKIE, "")
    if viewer is None or not cookie:
        return None
    g.said = True
    body, _, signature = cookie.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(viewer, body).encode()):
        return None
    kind, text = json.loads(base64.urlsafe_b64decode(body))
    return str(kind), str(text)


def forget_said(response: Response) -> Response:
    """Delete the cookie of a sentence that was shown."""
    if g.get("said"):
        response.delete_cookie(
            COOKIE, secure=runtime().settings.secure_cookies, httponly=True, samesite="Lax"
        )
    return response


def _signature(viewer: Viewer, body: str) -> str:
    return hmac.new(viewer.csrf.encode(), body.encode(), hashlib.sha256).hexdigest()
