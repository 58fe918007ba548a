"""A district with devices at a fake vendor, for one test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.commands.world import World
from tests.mdm.fakes import fake_of

Furnish = Callable[..., World]


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
