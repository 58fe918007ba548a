"""The one door to HTTP: single exchanges with one pinned host, guarded in both directions.

The host is pinned at the start, certificates are always verified, redirects are never followed,
and an answer has a deadline and a size. A failed exchange is told apart by one question: had the
request left? Before that it is `Unavailable`; after it `AnswerLost`.
"""

from __future__ import annotations

import ipaddress
import logging
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3.exceptions as low

from mdm.answers import Answer, Request
from mdm.errors import (
    AnswerLost,
    Invalid,
    Malformed,
    MdmError,
    Redirected,
    TooLarge,
    Unavailable,
    Untrusted,
    Where,
)
from mdm.timing import Timing

_log = logging.getLogger(__name__)
_CHUNK = 65_536
_NEVER_LEFT = (low.NewConnectionError, low.ConnectTimeoutError, low.ProxyError)
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two pieces of an answer, and in all; bytes of an answer.

    `total` is looked at when the headers have come and with every piece of the body.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 180.0
    body: int = 32 * 1024 * 1024


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: requests reads the target even where it is told not to follow."""
        return None


class Door:
    """Exchanges with one origin: `https://host[:port][/base]`, or `http://` on this machine."""

    def __init__(self, url: str, where: Where, timing: Timing, limits: Limits) -> None:
        """Raises `Invalid` for an address a credential must not be sent to."""
        self.where, self._timing, self._limits = where, timing, limits
        self._origin, self.base = _pinned(url, where)
        self._session = _Session()
        self._session.headers.update({"User-Agent": "Homeroom", "Accept": "application/json"})
        # Proxies and CA bundles come from the environment; no proxy stands before ourselves.
        self._proxies = {"no_proxy": "localhost,127.0.0.1,::1"} if is_loopback(url) else {}

    def __repr__(self) -> str:
        return f"Door({self._origin}{self.base})"

    def within(self, url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Path and query of an absolute URL from an answer. Raises `Redirected` elsewhere."""
        try:
            parts = urlsplit(url)
            same = (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)) == (
                (own := urlsplit(self._origin)).scheme,
                own.hostname,
                own.port or _PORTS[own.scheme],
            )
        except ValueError:
            raise Malformed(self.where, "the address of the next page cannot be read") from None
        if not same or parts.username is not None or not parts.path.startswith("/"):
            raise Redirected(self.where, "the next page is on another host; it was not followed")
        return parts.path, tuple(parse_qsl(parts.query, keep_blank_values=True))

    def exchange(self, request: Request) -> Answer:
        """Send one request and read the whole answer, whatever its status below 300 or above 399.

        Raises `Unavailable` or `Invalid` where nothing left, `AnswerLost` where it may have, and
        `Redirected`, `TooLarge` and `Malformed` for answers that are not read further.
        """
        started = self._timing.monotonic()
        try:
            with closing(self._open(request)) as response:
                answer = self._answer(response, started)
        except (requests.RequestException, low.HTTPError, OSError, ValueError) as failed:
            # The library's own words may hold a header's value, so they are never passed on.
            error = self._failure(failed)
            _log.debug("%s %s: %s", request.method, request.path, error)
            raise error from None
        took = self._timing.monotonic() - started
        _log.debug(
            "%s %s: HTTP %d, %d bytes, %.2f s",
            request.method, request.path, answer.status, len(answer.body), took,
        )  # fmt: skip
        return answer

    def _open(self, request: Request) -> requests.Response:
        return self._session.request(
            request.method,
            self._origin + request.path,
            params=list(request.query),
            data=request.body,
            headers=dict(request.headers),
            auth=_no_netrc,
            proxies=self._proxies,
            timeout=(self._limits.connect, self._limits.read),
            allow_redirects=False,
            stream=True,
        )

    def _answer(self, response: requests.Response, started: float) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if 300 <= response.status_code < 400:
            host = _host_of(headers.get("location", ""))
            raise Redirected(self.where, f"it redirects to {host}; that is never followed")
        pieces, size = [], 0
        for piece in self._pieces(response.raw):
            size += len(piece)
            if size > self._limits.body:
                raise TooLarge(self.where, f"the answer is larger than {self._limits.body} bytes")
            if self._timing.monotonic() - started > self._limits.total:
                raise AnswerLost(self.where, f"no whole answer within {self._limits.total:g} s")
            pieces.append(piece)
        return Answer(response.status_code, headers, b"".join(pieces))

    @staticmethod
    def _pieces(raw: Any) -> Iterator[bytes]:
        # read1 returns what has come; read would wait for a full chunk while the deadline passes.
        while piece := raw.read1(_CHUNK, decode_content=True):
            yield piece

    def _failure(self, failed: Exception) -> MdmError:
        causes = list(_causes(failed))
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return Untrusted(
                    self.where, f"its certificate is not trusted: {cause.verify_message}"
                )
            if isinstance(cause, low.DecodeError):
                return Malformed(self.where, "the answer's compression is broken")
            if isinstance(cause, OSError) and "Tunnel connection failed" in str(cause):
                return Unavailable(self.where, "the proxy does not let us through")
        if any(isinstance(cause, low.ProxyError) for cause in causes):
            return Unavailable(self.where, "the proxy was not reached")
        if any(isinstance(cause, _NEVER_LEFT) for cause in causes):
            return Unavailable(self.where, f"not reached ({type(causes[-1]).__name__})")
        if isinstance(failed, requests.RequestException) and isinstance(failed, ValueError):
            # A URL or header that requests will not send.
            return Invalid(self.where, f"the request cannot be made ({type(failed).__name__})")
        return AnswerLost(self.where, f"no answer ({type(causes[-1]).__name__})")


def _pinned(url: str, where: Where) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Invalid(where, "the address is not a URL") from None
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise Invalid(where, "the address must be https://HOST, without user, query or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise Invalid(where, "credentials are only sent over https:// or to this machine")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else ""), parts.path.rstrip("/")


def _host_of(location: str) -> str:
    try:
        host = urlsplit(location).hostname or "another page"
    except ValueError:
        host = "an unreadable address"
    return "".join(c for c in host if c.isalnum() or c in "-.:")[:100]


def _no_netrc(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from putting a .netrc password in the place of our own header."""
    return prepared


def _causes(error: BaseException) -> Iterator[BaseException]:
    queue, seen = [error], {id(error)}
    while queue:
        one = queue.pop(0)
        yield one
        for inner in (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args):
            if isinstance(inner, BaseException) and id(inner) not in seen:
                seen.add(id(inner))
                queue.append(inner)
