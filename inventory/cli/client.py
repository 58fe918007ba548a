"""Commands speak the API, to another server or to this installation in the same process.

So a command means the same in both places, and permission, scope and audit have one way in.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar
from urllib.parse import quote

import click
from flask import Flask

from inventory.accounts.guard import OPERATOR
from inventory.app import create_app
from inventory.cli.local import opened, operator
from inventory.outbound import Argument, Server, error_of

SERVER, TOKEN = "HOMEROOM_SERVER", "HOMEROOM_TOKEN"

Command = TypeVar("Command", bound=Callable[..., Any])


class Api(Protocol):
    """Paths below /api/v1. Raises the `HomeroomError` that the answer describes."""

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Argument] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any: ...

    def upload(self, path: str, file: BinaryIO, name: str, fields: Mapping[str, str]) -> Any: ...


class Here:
    """This installation, through its own application; nothing is sent."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Argument] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return self._asked(
            method, path,
            query_string={k: v for k, v in (query or {}).items() if v is not None},
            headers=dict(headers or {}),
            data=None if body is None else json.dumps(body),
            content_type=None if body is None else "application/json",
        )  # fmt: skip

    def upload(self, path: str, file: BinaryIO, name: str, fields: Mapping[str, str]) -> Any:
        return self._asked("POST", path, data={**fields, "file": (file, name)})

    def _asked(self, method: str, path: str, **sent: Any) -> Any:
        answer = self._client.open(
            f"/api/v1{path}",
            method=method,
            environ_overrides={OPERATOR: operator(), "REMOTE_ADDR": "local"},
            **sent,
        )
        if answer.status_code < 400:
            return answer.get_json() if answer.data else None
        raise error_of(answer.status_code, answer.get_json(silent=True), dict(answer.headers))


def remote_options(command: Command) -> Command:
    """--server and --token-file, as every command has them."""
    for option in (
        click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                     help=f"File with an API token; else {TOKEN}."),
        click.option("--server", envvar=SERVER, metavar="URL",
                     help=f"Another Homeroom server [{SERVER}]; without it, this installation."),
    ):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def connected(server: str | None, token_file: Path | None) -> Iterator[Api]:
    """The API of `server`, or of this installation where none is named."""
    if server:
        yield Server(server, token_of(token_file))
        return
    with opened() as (settings, database):
        yield Here(create_app(settings, database))


def token_of(file: Path | None) -> str:
    """The API token from a file, the environment or, on a terminal, a question."""
    if file is not None:
        return file.read_text("utf-8").strip()
    if os.environ.get(TOKEN):
        return os.environ[TOKEN].strip()
    if not sys.stdin.isatty():
        raise click.UsageError(f"no token: give --token-file or set {TOKEN}")
    token: str = click.prompt("API token", hide_input=True, err=True)
    return token


def pages(api: Api, path: str, *, limit: int | None = None, **query: Argument) -> Iterator[Any]:
    """Items of a keyset-paged list, at most `limit` of them."""
    after, told = None, 0
    while True:
        page = api.call("GET", path, query={**query, "after": after, "limit": 200})
        for item in page["items"]:
            if limit is not None and told >= limit:
                return
            told += 1
            yield item
        after = page["next"]
        if after is None:
            return


def part(text: str) -> str:
    """One value inside a path; slashes are kept, as the routes for tags take them."""
    return quote(text, safe="/")
