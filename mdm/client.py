"""The client a connector speaks through: who we are, how fast, and what may be tried again.

A question (`get`, `ask`) is repeated after a failure that may pass. Whatever changes something
(`act`) is sent once; the only repetition is after a 401, which says that nothing was accepted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence

from mdm.answers import Answer, Argument, Request, query_of, with_data
from mdm.errors import (
    AnswerLost,
    MdmError,
    ProtocolError,
    RetryLater,
    Throttled,
    Unavailable,
    Untrusted,
    Where,
)
from mdm.http import Door
from mdm.refusals import error_of, said
from mdm.timing import Pace, Timing
from mdm.tokens import Auth

TRIES = 5
PATIENCE = 60.0
"""Seconds that one wait may last; a vendor that asks for more is left alone: `Throttled`."""

Classifier = Callable[[Answer], bool]


class Client:
    """Requests below a door's base address, as one credential."""

    def __init__(
        self,
        door: Door,
        auth: Auth,
        *,
        pace: Pace,
        timing: Timing,
        throttled: Classifier | None = None,
        hidden: Sequence[str] = (),
    ) -> None:
        """`throttled` tells a vendor's own way to say "slow down" from a real refusal."""
        self._door, self._auth, self._pace, self._timing = door, auth, pace, timing
        self._throttled, self._hidden = throttled, tuple(hidden)
        self._worked = False

    def __repr__(self) -> str:
        return f"Client({self._door!r})"

    @property
    def where(self) -> Where:
        return self._door.where

    def get(self, path: str, query: Mapping[str, Argument] | None = None) -> Answer:
        """Ask, patiently. `path` is below the base, or an absolute URL out of an answer.

        Raises any error but `AnswerLost`.
        """
        return self._asked(self._request("GET", path, query_of(query or {}), None, {}))

    def ask(self, path: str, json_body: object) -> Answer:
        """Ask like `get`, where the vendor takes a question as a POST; it must change nothing."""
        headers = {"Content-Type": "application/json"}
        return self._asked(self._request("POST", path, (), json.dumps(json_body).encode(), headers))

    def _asked(self, request: Request) -> Answer:
        for attempt in range(TRIES):
            try:
                return self._once(request)
            except AnswerLost as lost:
                failed: RetryLater = Unavailable(self.where, lost.reason)
            except RetryLater as later:
                failed = later
            wait = failed.retry_after
            if wait is None:
                wait = 2.0**attempt * (0.5 + self._timing.random() / 2)
            if attempt + 1 == TRIES or wait > PATIENCE or isinstance(failed, Untrusted):
                break
            self._timing.sleep(wait)
        raise failed

    def act(
        self,
        method: str,
        path: str,
        *,
        json_body: object = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        query: Mapping[str, Argument] | None = None,
        also: Collection[int] = (),
    ) -> Answer:
        """Change something, once. `also`: further statuses that the connector reads itself.

        `AnswerLost` for everything but a readable success or an explicit refusal: a status from
        500, an unreadable body, a redirect. All other errors: surely not accepted.
        """
        body = json.dumps(json_body).encode() if raw is None and json_body is not None else raw
        headers = {"Content-Type": content_type} if body is not None else {}
        request = self._request(method, path, query_of(query or {}), body, headers)
        try:
            return self._once(request, acting=True, also=also)
        except ProtocolError as odd:
            raise self.lost(odd.reason) from odd

    def lost(self, why: str) -> AnswerLost:
        """The error for an answer that does not say what became of the request."""
        return AnswerLost(self.where, f"{why}; it may have been carried out")

    def _request(
        self,
        method: str,
        path: str,
        query: tuple[tuple[str, str], ...],
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Request:
        if not path.startswith("/"):
            path, of_url = self._door.within(path)
            return Request(method, path, (*of_url, *query), headers, body)
        return Request(method, self._door.base + path, query, headers, body)

    def _once(
        self, request: Request, *, acting: bool = False, also: Collection[int] = ()
    ) -> Answer:
        answer = self._sent(request, acting)
        if answer.status == 401 and self._auth.renew():
            answer = self._sent(request, acting)
        if 200 <= answer.status < 300 or answer.status in also:
            self._worked = True
            return with_data(answer, self.where)
        raise self._error(answer, acting)

    def _sent(self, request: Request, acting: bool) -> Answer:
        try:
            shown = self._auth.headers()
        except ProtocolError as odd:
            if not acting:
                raise
            # The token endpoint failed us, so the command itself never left.
            raise Unavailable(self.where, f"no token: {odd.reason}") from odd
        self._pace.wait()
        headers = {**request.headers, **shown}
        return self._door.exchange(
            Request(request.method, request.path, request.query, headers, request.body)
        )

    def _error(self, answer: Answer, acting: bool) -> MdmError:
        hidden = (*self._hidden, *self._auth.hidden())
        if self._throttled is not None and self._throttled(answer):
            words = said(answer, hidden)
            return Throttled(self.where, f"slow down: {words}", self._wait_of(answer))
        if acting and answer.status >= 500:
            words = said(answer, hidden)
            return self.lost(f"HTTP {answer.status}: {words}".rstrip(": "))
        return error_of(
            answer, self.where, now=self._timing.now(), worked=self._worked, hidden=hidden
        )

    def _wait_of(self, answer: Answer) -> float | None:
        return answer.retry_after(self._timing.now())
