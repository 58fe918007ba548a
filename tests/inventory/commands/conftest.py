"""A district with devices at a fake vendor, for one test."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa

from inventory.commands import break_glass
from inventory.db import Database
from tests.conftest import TEST_VAULT, Clock, _run_sql, database_named
from tests.inventory.commands.world import LONG_AGO, OPERATOR, World
from tests.inventory.confirming import with_app
from tests.inventory.conftest import Caller, MakeCaller
from tests.mdm.fakes import fake_of

Furnish = Callable[..., World]
Fresh = Callable[[int, str], AbstractContextManager[World]]


@pytest.fixture
def furnish(database: Database, clock: Clock, tmp_path: Path) -> Iterator[Furnish]:
    """`furnish(devices=10, vendor=..., mode=...)`: a `World`."""
    started = []

    def make(devices: int = 10, vendor: str = "google_workspace", **more: Any) -> World:
        options = {k: more.pop(k) for k in ("mode",) if k in more}
        fake = fake_of(vendor)(now=clock).start()
        started.append(fake)
        world = World(database, clock, fake, tmp_path, **more)
        world.furnish(devices, **options)
        return world

    yield make
    for fake in started:
        fake.stop()


@pytest.fixture
def world(furnish: Furnish) -> World:
    return furnish()


@pytest.fixture
def fresh(backend: str, template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    """`with fresh(8, "intune") as world`: a district in a database of its own, many in one test."""

    def copied(stack: ExitStack, folder: Path) -> str:
        if backend == "sqlite":
            shutil.copy(str(sa.engine.make_url(template).database), folder / "homeroom.db")
            return f"sqlite:///{folder}/homeroom.db"
        server, name = request.getfixturevalue("postgres_url"), f"t_{os.urandom(6).hex()}"
        _run_sql(server, f"CREATE DATABASE {name} TEMPLATE template_homeroom STRATEGY FILE_COPY")
        stack.callback(_run_sql, server, f"DROP DATABASE {name} WITH (FORCE)")
        return database_named(server, name)

    @contextmanager
    def make(devices: int, vendor: str) -> Iterator[World]:
        folder = tmp_path / os.urandom(6).hex()
        folder.mkdir()
        with ExitStack() as stack:
            opened = Database(copied(stack, folder), vault=TEST_VAULT)
            stack.enter_context(closing(opened))
            clock = Clock()
            fake = fake_of(vendor)(now=clock).start()
            stack.callback(fake.stop)
            world = World(opened, clock, fake, folder)
            world.furnish(devices)
            world.minute()
            yield world

    return make


@pytest.fixture
def jane(world: World, browser: MakeCaller) -> Caller:
    """A coordinator who is here for long, and has an authenticator app."""
    return browser(account=world.person("jane").id)


@pytest.fixture
def app_of(world: World, jane: Caller) -> pyotp.TOTP:
    return with_app(world.database, jane.account_id, since=world.clock() - LONG_AGO)


@pytest.fixture
def codes(world: World) -> list[str]:
    """Three codes that have rested."""
    with world.database.unit() as db:
        return break_glass.make_codes(db, OPERATOR, 3, now=world.clock() - timedelta(hours=24))
