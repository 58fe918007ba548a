"""From an answer that is no success to the error that it means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from mdm import errors
from mdm.answers import Answer
from mdm.errors import MdmError, Where
from mdm.fields import clean

_WORDS = ("error_description", "message", "description", "detail", "reason", "title", "error")
_BY_STATUS: dict[int, type[MdmError]] = {
    402: errors.LicenceRequired,
    403: errors.MissingRight,
    404: errors.Gone,
    408: errors.Unavailable,
    409: errors.Refused,
    410: errors.Gone,
    425: errors.Unavailable,
    429: errors.Throttled,
}


def error_of(
    answer: Answer, where: Where, *, now: datetime, worked: bool, hidden: Sequence[str] = ()
) -> MdmError:
    """The error of a status from 400. `worked`: the credential was good before.

    `hidden` are texts that must not show in the message, should the vendor repeat them.
    """
    words = said(answer, hidden)
    message = f"HTTP {answer.status}" + (f": {words}" if words else "")
    if answer.status == 401:
        kind = errors.RevokedCredential if worked else errors.WrongCredential
        return kind(where, message)
    if answer.status == 429:
        return errors.Throttled(where, message, answer.retry_after(now))
    if answer.status >= 500:
        return errors.Unavailable(where, message, answer.retry_after(now))
    return _BY_STATUS.get(answer.status, errors.Refused)(where, message)


def token_error_of(
    answer: Answer, where: Where, *, now: datetime, worked: bool, hidden: Sequence[str] = ()
) -> MdmError:
    """The error of a refused token request (RFC 6749 §5.2)."""
    if answer.status not in {400, 401, 403}:
        return error_of(answer, where, now=now, worked=worked, hidden=hidden)
    words = said(answer, hidden)
    code = str(loose_json(answer).get("error"))
    message = f"no token: {words or f'HTTP {answer.status}'}"
    if code in {"unauthorized_client", "access_denied", "invalid_scope"}:
        return errors.MissingRight(where, message)
    if "expired" in words.lower():
        return errors.ExpiredCredential(where, message)
    return (errors.RevokedCredential if worked else errors.WrongCredential)(where, message)


def said(answer: Answer, hidden: Sequence[str] = ()) -> str:
    """The vendor's own words in an error body, cleaned and short; "" where there are none."""
    body: object = loose_json(answer)
    for _ in range(3):  # {"error": {...}} and {"errors": [{...}]} hold the words further in
        if isinstance(body, list):
            body = body[0] if body else None
        if not isinstance(body, dict):
            break
        inner = next((body[key] for key in ("error", "errors") if _holds(body.get(key))), None)
        if inner is None:
            break
        body = inner
    if isinstance(body, dict):
        body = next((body[word] for word in _WORDS if isinstance(body.get(word), str)), None)
    if not isinstance(body, str):
        return ""
    for secret in hidden:
        if secret:
            body = body.replace(secret, "…")
    return clean(body, 200)


def _holds(value: object) -> bool:
    return isinstance(value, dict | list) and bool(value)


def loose_json(answer: Answer) -> dict[str, object]:
    """The object in an error body, {} where there is none; nothing is raised."""
    try:
        found = json.loads(answer.body[:100_000])
    except (ValueError, RecursionError):
        return {}
    if isinstance(found, list) and found and isinstance(found[0], dict):
        found = found[0]
    return found if isinstance(found, dict) else {}
