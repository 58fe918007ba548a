"""The application's fixtures, and one database with two schools for tests that walk the routes."""

from collections.abc import Iterator

import pytest

from inventory import installation
from inventory.db import Database
from tests.conftest import TEST_VAULT
from tests.house.world import World, copied_database
from tests.inventory.conftest import app, settings

__all__ = ["app", "settings"]


@pytest.fixture(scope="session")
def world(
    backend: str,
    template: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """On SQLite and on PostgreSQL; every request makes what it needs anew."""
    folder = tmp_path_factory.mktemp("world")
    with copied_database(backend, template, folder, request) as database:
        yield World(database)


@pytest.fixture(scope="session")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For requests that are refused before the kind of database matters."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('world')}/w.db", vault=TEST_VAULT)
    installation.prepare(database)
    yield World(database)
    database.close()
