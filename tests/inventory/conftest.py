"""The application on a fresh database, a small district in it, and a client for every role.

    def test_x(api, district):
        api("technician", site=district.north).get("/api/v1/assets")

Fixtures: `settings`, `app`, `client` (nobody), `district`, `api` (bearer token), `browser` (session
cookie and CSRF header), `jane` (who has a password), `events` (of the audit log).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from inventory.access import ROLE_PERMISSIONS, Permission, Role, system_actor
from inventory.accounts import service as accounts, sessions
from inventory.accounts.bearer import csrf_of
from inventory.accounts.guard import cookie_name
from inventory.accounts.models import Account
from inventory.accounts.sessions import Origin
from inventory.accounts.tokens import create_token
from inventory.app import create_app
from inventory.db import Database
from inventory.http.unit import EXTENSION, Runtime
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.conftest import Clock
from tests.inventory.signing_in import PASSWORD

OPERATOR = system_actor("test operator", Permission, origin="local")

DISTRICT_ROLES = {Role.COORDINATOR, Role.SUPERINTENDENT, Role.AUDITOR}
"""Roles that `district` grants on the whole district; the others it grants at North School."""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, district="Maple Valley Public Schools", worker=False,
        data_dir=str(tmp_path / "data"),
    )  # fmt: skip


_BUILT: dict[tuple[int, int], Flask] = {}


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> Flask:
    """The application. Building it takes a third of a second, so that it is built once for the
    settings that `create_app` itself reads, and given each test's database and clock."""
    key = settings.max_body_bytes, settings.trusted_proxies
    if key not in _BUILT:
        _BUILT[key] = create_app(settings, database, clock=clock)
        _BUILT[key].testing = True
    _BUILT[key].extensions[EXTENSION] = Runtime(settings, database, clock)
    return _BUILT[key]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody: no token, no session."""
    return app.test_client()


class OnePerRole(dict[Role, int]):
    """Accounts by role, made on first use; not inside an open unit of work."""

    def __init__(self, make: Callable[[Role], int]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, role: Role) -> int:
        self[role] = self._make(role)
        return self[role]


@dataclass(frozen=True)
class District:
    """Ids. North School has a building with two rooms, South School one room of its own.

    `accounts` maps every role to an account that holds just this role (`DISTRICT_ROLES` on the
    district, the others at North School); nobody has a password.
    """

    district: int
    north: int
    north_building: int
    north_room: int
    north_lab: int
    south: int
    south_room: int
    accounts: OnePerRole


@pytest.fixture
def district(database: Database, clock: Clock) -> District:
    with database.unit() as db:

        def place(kind: SiteKind, name: str, parent: int | None, code: str | None = None) -> int:
            return sites.create(
                db, OPERATOR, kind=kind, name=name, parent_id=parent, code=code, now=clock()
            ).id

        root = place(SiteKind.DISTRICT, "Maple Valley Public Schools", None)
        north = place(SiteKind.SCHOOL, "North School", root, "N")
        building = place(SiteKind.BUILDING, "Main Building", north)
        south = place(SiteKind.SCHOOL, "South School", root, "S")

        def account(role: Role) -> int:
            site = None if role in DISTRICT_ROLES else north
            with database.unit() as db:
                return accounts.create_account(
                    db, OPERATOR, user_name=f"the.{role.value}", grants=[(role, site)], now=clock()
                )[0].id

        return District(
            district=root,
            north=north,
            north_building=building,
            north_room=place(SiteKind.ROOM, "Room 12", building),
            north_lab=place(SiteKind.ROOM, "Computer Lab", building),
            south=south,
            south_room=place(SiteKind.ROOM, "Room 3", south),
            accounts=OnePerRole(account),
        )


@pytest.fixture
def jane(database: Database, district: District, clock: Clock) -> int:
    """The id of Jane, technician at North School, who signs in with a password."""
    with database.unit() as db:
        account, _ = accounts.create_account(
            db,
            OPERATOR,
            user_name="Jane",
            password=PASSWORD,
            grants=[(Role.TECHNICIAN, district.north)],
            now=clock(),
        )
    return account.id


@dataclass
class Caller:
    """A client that comes with credentials; any keyword of Flask's test client may be given."""

    client: FlaskClient
    headers: dict[str, str]
    account_id: int
    secret: str

    def open(self, path: str, *, method: str, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        # Buffered, so that the answer is closed as a server would close it.
        return self.client.open(path, method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="GET", **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="POST", **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="PUT", **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="PATCH", **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.open(path, method="DELETE", **options)


def account_with(db: Session, role: Role | str | None, site: int | None, clock: Clock) -> Account:
    """The account of this role and place, made on first use; None: an account without any role."""
    name = f"{role or 'nobody'}-{site or 'district'}"
    known = db.exec(select(Account).where(Account.user_key == name)).first()
    if known is not None:
        return known
    if site is None:
        sites.ensure_district(db, OPERATOR, "Maple Valley Public Schools", now=clock())
    grants = [(Role(role), site)] if role else []
    return accounts.create_account(db, OPERATOR, user_name=name, grants=grants, now=clock())[0]


MakeCaller = Callable[..., Caller]


@pytest.fixture
def api(app: Flask, database: Database, clock: Clock) -> MakeCaller:
    """`api(role, site=None, permissions=None, **of create_token)`: a client with a bearer token.

    site         where the role is held: a site's id; None is the whole district
    permissions  what the token may do; None: all that the role may
    """

    def make(
        role: Role | str,
        site: int | None = None,
        permissions: set[Permission] | None = None,
        **token: Any,
    ) -> Caller:
        with database.unit() as db:
            account = account_with(db, role, site, clock)
            wanted = ROLE_PERMISSIONS[Role(role)] if permissions is None else permissions
            options = {"label": "test", "lifetime": timedelta(days=30), "now": clock(), **token}
            _, text = create_token(db, OPERATOR, account.id, permissions=wanted, **options)
        headers = {"Authorization": f"Bearer {text}"}
        return Caller(app.test_client(), headers, account.id, text)

    return make


@pytest.fixture
def browser(app: Flask, database: Database, clock: Clock, settings: Settings) -> MakeCaller:
    """`browser(role, site=None)`: a client with a session's cookie and CSRF header.

    role may be None, for an account without any, or `account=` may name one by its id.
    """

    def make(
        role: Role | str | None = None, site: int | None = None, account: int | None = None
    ) -> Caller:
        with database.unit() as db:
            id_ = account or account_with(db, role, site, clock).id
            _, secret = sessions.start(db, id_, Origin("127.0.0.1"), settings, now=clock())
        client = app.test_client()
        client.set_cookie(cookie_name(settings), secret)
        return Caller(client, {"X-CSRF-Token": csrf_of(secret)}, id_, secret)

    return make


@pytest.fixture
def events(database: Database) -> Iterator[Callable[..., list[Any]]]:
    """`events(action)`: the audit events of an action, oldest first."""
    from inventory.audit.models import AuditEvent

    def find(action: str) -> list[AuditEvent]:
        with database.unit(write=False) as db:
            query = select(AuditEvent).where(AuditEvent.action == action)
            return list(db.exec(query.order_by(AuditEvent.id)).all())

    yield find
