"""Outgoing HTTP of the application: the command line's client for another Homeroom server, and
webhooks.

Redirects are refused: a token or a notice must never follow one to another host. Certificates are
always verified.
"""

import contextlib
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

import requests

from inventory import errors
from inventory.errors import HomeroomError, InvalidInput, Misconfigured, NotFound, Unavailable

TIMEOUT = (5, 60)
"""Seconds to connect and to wait for an answer."""

HOOK_TIMEOUT = (5, 15)
"""The same for webhooks: others wait behind a slow one."""

Argument = str | int | bool | list[str] | None
"""A query argument; None is left out."""

_PARTS = {"json", "query", "form", "path", "headers"}
"""Parts of a request, under which webargs files its messages."""

_BY_STATUS: dict[int, type[HomeroomError]] = {
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    409: errors.Conflict,
    412: errors.VersionMismatch,
    413: errors.TooLarge,
    428: errors.VersionRequired,
    503: errors.Unavailable,
}


class Server:
    """A Homeroom server seen by a script: paths below /api/v1, JSON in and out."""

    def __init__(self, url: str, token: str) -> None:
        """Raises `Misconfigured` where the token would travel unprotected."""
        if not is_safe(urlsplit(url)):
            raise Misconfigured(f"{url}: a token is only sent over https:// or to this machine")
        self.url = url.rstrip("/")
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._http.headers["Accept"] = "application/json"

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Argument] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The decoded answer. Raises the `HomeroomError` that the server's problem describes."""
        return self._asked(
            method, path, headers,
            params={k: v for k, v in (query or {}).items() if v is not None}, json=body,
        )  # fmt: skip

    def upload(self, path: str, file: BinaryIO, name: str, fields: Mapping[str, str]) -> Any:
        """Post a file as multipart/form-data, with these fields beside it. Raises as `call`."""
        return self._asked("POST", path, None, files={"file": (name, file)}, data=dict(fields))

    def _asked(self, method: str, path: str, headers: Mapping[str, str] | None, **sent: Any) -> Any:
        try:
            answer = self._http.request(
                method,
                f"{self.url}/api/v1{path}",
                headers=dict(headers or {}),
                timeout=TIMEOUT,
                allow_redirects=False,
                **sent,
            )
        except requests.RequestException as failed:
            raise Unavailable(f"{self.url} does not answer ({type(failed).__name__})") from failed
        if answer.is_redirect:
            raise Unavailable(f"{self.url} redirects; give the address it redirects to")
        if answer.ok:
            return answer.json() if answer.content else None
        try:
            problem = answer.json()
        except ValueError:
            problem = None
        raise error_of(answer.status_code, problem, answer.headers)


def is_safe(parts: SplitResult) -> bool:
    """Whether what is sent there is protected: https, or http that stays on this machine."""
    local = parts.hostname in {"localhost", "::1"} or (parts.hostname or "").startswith("127.")
    return parts.scheme == "https" or (parts.scheme == "http" and local)


def check_hook_url(url: str) -> None:
    """Raises `InvalidInput` unless a webhook may be sent there.

    Addresses of the district's own network are meant to work: its chat or ticket server is there.
    Link-local ones are refused: there, clouds hand out their machines' credentials.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as broken:
        raise InvalidInput("that is no web address", {"url": ["is no web address"]}) from broken
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        raise InvalidInput("that is no web address", {"url": ["is no web address"]})
    if not is_safe(parts):
        raise InvalidInput("a webhook needs https://", {"url": ["must begin with https://"]})
    if parts.username is not None or parts.password is not None or parts.fragment:
        message = "must hold no user name, password or #"
        raise InvalidInput(f"the address {message}", {"url": [message]})
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_link_local:
            raise InvalidInput("link-local addresses are refused", {"url": ["is link-local"]})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a webhook and return the status; what the server says beside it is not read.

    Raises `InvalidInput` as `check_hook_url`, `Unavailable` where nobody answers.
    """
    check_hook_url(url)
    try:
        with requests.post(
            url,
            data=body,
            headers={**headers, "Content-Type": "application/json", "User-Agent": "Homeroom"},
            timeout=HOOK_TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return answer.status_code
    except (requests.RequestException, ValueError) as failed:
        raise Unavailable(f"it does not answer ({type(failed).__name__})") from failed


def error_of(status: int, problem: object, headers: Mapping[str, str]) -> HomeroomError:
    """The error that a problem+json answer describes; `problem` None: it was not ours."""
    told = problem if isinstance(problem, dict) else {}
    detail = str(told.get("detail") or told.get("title") or "")
    if not told:
        detail = f"HTTP {status}, and the answer is not Homeroom's"
    if status == 404:
        return NotFound(detail, told.get("near") or ())
    if status == 422:
        fields = told.get("errors")
        return InvalidInput(_sentence(detail, fields), fields if isinstance(fields, dict) else None)
    wait = headers.get("Retry-After", "")
    if status == 429:
        return errors.TooManyRequests(detail, int(wait) if wait.isdigit() else 1)
    if status == 503 and wait.isdigit():
        busy = Unavailable(detail)
        busy.retry_after = int(wait)
        return busy
    return _BY_STATUS.get(status, HomeroomError)(detail)


def _sentence(detail: str, fields: object) -> str:
    """What is wrong, in words: the fields' messages that the detail does not tell already."""
    said = [
        f"{name}: {text}" if name else text
        for name, text in _messages("", fields)
        if text not in detail
    ]
    return (
        f"{detail.rstrip('.')} ({'; '.join(said)})"
        if detail and said
        else detail or "; ".join(said)
    )


def _messages(name: str, fields: object) -> Iterator[tuple[str, str]]:
    """(field, message) of marshmallow's nested messages, where "json" and "query" are no fields."""
    if isinstance(fields, dict):
        for inner, value in fields.items():
            mine = "" if inner in _PARTS else str(inner)
            yield from _messages(".".join(filter(None, (name, mine))), value)
    elif isinstance(fields, list):
        for value in fields:
            yield from _messages(name, value)
    elif fields:
        yield name, str(fields).rstrip(".")
