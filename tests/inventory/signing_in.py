"""Signing in as the account of the fixture `jane`."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "violet heron at dusk"


def login(client: FlaskClient, password: str = PASSWORD, **options: Any) -> TestResponse:
    """The answer to signing in; the client keeps the cookie."""
    body = {"user_name": "jane", "password": password}
    return client.post("/api/v1/session", json=body, buffered=True, **options)


def cookie_of(answer: TestResponse) -> str:
    """The session's id, as only the browser sees it."""
    return answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
