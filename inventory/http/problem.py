"""Errors as RFC 9457 problem+json. A message never holds a secret or a stack trace."""

import json
import logging
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

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


def register(app: Flask) -> None:
    """Answer every error below /api as a problem."""
    app.register_error_handler(HomeroomError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, _unexpected)


def _unexpected(error: Exception) -> Response:
    if isinstance(error, DBAPIError):
        known = translate(error)
        if isinstance(known, HomeroomError):
            return of_error(known)
    log.error("unexpected error on %s %s", request.method, request.path, exc_info=error)
    return problem(500, "Something went wrong", "It was logged; nothing was changed.")
