"""The office where agreements are signed, for self-service too."""

from pathlib import Path

import pytest

from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.agreements.conftest import Office
from tests.inventory.conftest import District


@pytest.fixture
def office(database: Database, clock: Clock, district: District, tmp_path: Path) -> Office:
    return Office(database, clock, district, tmp_path)
