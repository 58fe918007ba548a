"""Errors as RFC 9457 problem+json. A message never holds a secret or a stack trace."""

import json
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from inventory.db import translate
from inventory.errors import HomeroomError, InvalidInput, NotFound, TooManyRequests

log = logging.getLogger(__name__)


def problem(status: int, title: str, detail: str = "", **more: Any) -> Response:
    """An `application/problem+json` response; `more` are extension members."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(
        json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json"
    )


def of_error(error: HomeroomError) -> Response:
    """The response for one of our errors."""
    more: dict[str, Any] = {}
    if isinstance(error, InvalidInput) and error.fields:
        more["errors"] = error.fields
    if isinstance(error, NotFound) and error.near:
        more["near"] = error.near
    response = problem(error.status, error.title, str(error), **more)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="homeroom"'
    return response


def of_http(error: HTTPException) -> Response:
    """werkzeug's and webargs' errors in the same shape (webargs puts messages on `data`)."""
    data = getattr(error, "data", None)
    more = {}
    if isinstance(data, dict) and data.get("messages"):
        more["errors"] = data["messages"]
    response = problem(error.code or 500, error.name, error.description or "", **more)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


Page = Callable[[Exception, int], BaseResponse]


def register(app: Flask, *, page: Page) -> None:
    """Answer every error below /api as a problem, and any other by `page(error, status)`."""

    def ours(error: HomeroomError) -> BaseResponse:
        return of_error(error) if _for_programs() else page(error, error.status)

    def http(error: HTTPException) -> BaseResponse:
        if _for_programs() or error.code is None or error.code < 400:
            return of_http(error)
        return page(error, error.code)

    def unexpected(error: Exception) -> BaseResponse:
        if isinstance(error, DBAPIError):
            known = translate(error)
            if isinstance(known, HomeroomError):
                return ours(known)
        log.error("unexpected error on %s %s", request.method, request.path, exc_info=error)
        if _for_programs():
            return problem(500, "Something went wrong", "It was logged; nothing was changed.")
        return page(error, 500)

    app.register_error_handler(HomeroomError, ours)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unexpected)


def _for_programs() -> bool:
    return request.path.startswith("/api/")
