"""Requests and answers as plain values, and the guarded way from bytes to JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from mdm.errors import Invalid, Malformed, NotJson, Where

Argument = str | int | bool | Sequence[str] | None
"""A query argument; None is left out, a sequence is repeated."""

MAX_WAIT = 86_400.0
"""Seconds of Retry-After that are believed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request below the pinned host. `path` is absolute and percent-encoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its whole body; header names are lower case.

    `data` is the decoded JSON of a success (None: empty body), see `with_data`.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    data: object = field(default=None, repr=False)

    @property
    def date(self) -> datetime | None:
        """When the vendor says that it answered."""
        return _http_date(self.headers.get("date", ""))

    def retry_after(self, now: datetime) -> float | None:
        """Seconds to wait: Retry-After as seconds or as a date (RFC 9110 §10.2.3), or None.

        A date is seen from the vendor's own clock where it sends one.
        """
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text), MAX_WAIT)
        until = _http_date(text)
        if until is None:
            return None
        return min(max(0.0, (until - (self.date or now)).total_seconds()), MAX_WAIT)


def with_data(answer: Answer, where: Where) -> Answer:
    """The answer with its JSON. Raises `NotJson` or `Malformed`."""
    if not answer.body.strip():
        return answer
    if answer.body.lstrip()[:1] == b"<" or "html" in answer.headers.get("content-type", ""):
        raise NotJson(where, f"HTTP {answer.status} with a web page where JSON belongs")
    try:
        text = answer.body.decode("utf-8-sig")
        data = json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise Malformed(where, "the answer is nested too deeply") from None
    except ValueError:
        raise Malformed(where, f"the answer is not JSON ({len(answer.body)} bytes)") from None
    return replace(answer, data=data)


def path(*segments: str) -> str:
    """ "a", "b/c" → "/a/b%2Fc": an id can never leave its place in the path.

    Raises ValueError for segments that a URL swallows: "", "." and "..".
    """
    if any(segment in {"", ".", ".."} for segment in segments):
        raise ValueError("an id that cannot stand in a path")
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def device_path(where: Where, *segments: str) -> str:
    """`path` for ids that came from outside; raises `Invalid`."""
    try:
        return path(*segments)
    except (ValueError, UnicodeEncodeError):
        raise Invalid(where, "the id of the device cannot be asked for") from None


def query_of(arguments: Mapping[str, Argument]) -> tuple[tuple[str, str], ...]:
    """Arguments as pairs, in order; booleans as true and false."""
    pairs: list[tuple[str, str]] = []
    for name, value in arguments.items():
        if value is None:
            continue
        many = [value] if isinstance(value, str | int) else value
        pairs += [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in many]
    return tuple(pairs)


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def _no_number(_: str) -> float:
    raise ValueError("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number beyond all bounds")
    return number
