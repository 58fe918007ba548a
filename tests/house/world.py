"""Two schools, and a caller for every role at one of them or everywhere, in one database."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from inventory.access import ROLE_PERMISSIONS, Role
from inventory.accounts import service, sessions
from inventory.accounts.bearer import csrf_of
from inventory.accounts.guard import cookie_name
from inventory.accounts.sessions import Origin
from inventory.app import create_app
from inventory.db import Database
from inventory.http.unit import EXTENSION, Runtime
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.conftest import TEST_VAULT, Clock, _run_sql, database_named
from tests.house.routes import Example, Side
from tests.inventory.conftest import OPERATOR

FILES = tempfile.mkdtemp(prefix="hr-files-")
atexit.register(shutil.rmtree, FILES, ignore_errors=True)

SETTINGS = Settings(token_requests_per_minute=1_000_000, max_body_bytes=5_000, data_dir=FILES)
APP = create_app(SETTINGS, Database("sqlite:///:memory:"))
"""For its URL map, at the time when tests are collected; a `World` gives it a real database."""

Who = tuple[Role, int]
"""A role and the site where it is held."""


class Nothing(Side):
    """For requests that are refused before anything is looked up."""

    def get(self, name: str) -> int:
        return 1


@dataclass
class Asked:
    """A request ready to be sent."""

    path: str
    json: object
    form: dict[str, object] | None
    query: dict[str, object]
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""


class World:
    """Accounts and tokens are made on first use, objects for every request."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, Clock()
        self._accounts: dict[Who, int] = {}
        self._tokens: dict[Who, str] = {}
        self._last: Asked | None = None
        with database.unit() as db:
            now = self.clock()
            self.district = sites.ensure_district(db, OPERATOR, "District", now=now).id
            self.north, self.north_room = self._school(db, "North")
            self.south, self.south_room = self._school(db, "South")
            self.stranger = self._account(db, Role.STAFF, self.south)

    def _school(self, db: Session, name: str) -> tuple[int, int]:
        now = self.clock()
        school = sites.create(
            db, OPERATOR, kind=SiteKind.SCHOOL, name=name, parent_id=self.district, now=now
        )
        room = sites.create(
            db, OPERATOR, kind=SiteKind.ROOM, name="1", parent_id=school.id, now=now
        )
        return school.id, room.id

    def _account(self, db: Session, role: Role, site: int) -> int:
        name = f"{role.value}-{len(self._accounts)}-{site}"
        return service.create_account(
            db, OPERATOR, user_name=name, grants=[(role, site)], now=self.clock()
        )[0].id

    def account(self, db: Session, who: Who) -> int:
        if who not in self._accounts:
            self._accounts[who] = self._account(db, *who)
        return self._accounts[who]

    def token(self, db: Session, who: Who) -> str:
        if who not in self._tokens:
            _, self._tokens[who] = service.create_token(
                db, OPERATOR, self.account(db, who), label="matrix",
                permissions=ROLE_PERMISSIONS[who[0]], lifetime=timedelta(days=30),
                now=self.clock(),
            )  # fmt: skip
        return self._tokens[who]

    def ask(
        self,
        route: Any,
        example: Example,
        who: Who | None,
        *,
        other: bool = False,
        made: bool = True,
        token: bool = False,
        csrf: bool = True,
        instead: Mapping[str, object] | None = None,
        again: bool = False,
        **options: Any,
    ) -> TestResponse:
        """Send the example as somebody.

        other  about the other school, and somebody else's things
        made   make the objects that it names; False where it is to be refused before that
        token  with a bearer token even where the route wants a session
        csrf   with the session's CSRF token; False also makes it a session
        instead  these fields of the form in the place of the example's
        again  with the session and the things of the request before, which was refused
        """
        if again and self._last is not None:
            asked = self._last
        else:
            with self.database.unit() as db:
                asked = self._prepared(db, route, example, who, other, made)
                if who is not None:
                    wants = getattr(getattr(route.view, "__rule__", None), "session_only", False)
                    if (wants or not csrf) and not token:
                        self._sign_in(db, asked, who, csrf)
                    else:
                        asked.headers["Authorization"] = f"Bearer {self.token(db, who)}"
            self._last = asked
        client = self.client()
        if asked.cookie:
            client.set_cookie(cookie_name(SETTINGS), asked.cookie)
        form = {**(asked.form or {}), **instead} if instead is not None else asked.form
        given = {"json": asked.json, "data": form, "query_string": asked.query, **options}
        given = {name: value for name, value in given.items() if value is not None}
        if example.files and "data" not in options:
            given["data"] = {**(form or {}), **example.parts()}
        return client.open(
            asked.path, method=route.method, headers=asked.headers, buffered=True, **given
        )

    def client(self) -> FlaskClient:
        """A client without credentials."""
        APP.extensions[EXTENSION] = Runtime(SETTINGS, self.database, self.clock)
        return APP.test_client()

    def _prepared(
        self, db: Session, route: Any, example: Example, who: Who | None, other: bool, made: bool
    ) -> Asked:
        kind = Side if made and who is not None else Nothing
        owner = self.stranger if other or who is None else self.account(db, who)
        places = (self.south, self.south_room) if other else (self.north, self.north_room)
        side = kind(db, self.clock(), *places, owner)
        built = route.rule.build(side.fill(example.path), append_unknown=False)
        assert built is not None, f"the example of {route} lacks a part of the path"
        return Asked(
            built[1], side.fill(example.json), side.fill(example.form), side.fill(example.query),
            {"If-Match": "*"},
        )  # fmt: skip

    def _sign_in(self, db: Session, asked: Asked, who: Who, csrf: bool) -> None:
        account = self.account(db, who)
        _, asked.cookie = sessions.start(
            db, account, Origin("127.0.0.1"), SETTINGS, now=self.clock()
        )
        if csrf:
            asked.headers["X-CSRF-Token"] = csrf_of(asked.cookie)


@contextmanager
def copied_database(
    backend: str, template: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A copy of the migrated template that lives longer than one test."""
    if backend == "sqlite":
        source = sa.engine.make_url(template).database
        assert source
        shutil.copy(source, folder / "world.db")
        url, server = f"sqlite:///{folder}/world.db", ""
    else:
        server = request.getfixturevalue("postgres_url")
        name = f"w_{os.urandom(6).hex()}"
        _run_sql(server, f"CREATE DATABASE {name} TEMPLATE template_homeroom STRATEGY FILE_COPY")
        url = database_named(server, name)
    database = Database(url, vault=TEST_VAULT)
    try:
        yield database
    finally:
        database.close()
        if server:
            _run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")
