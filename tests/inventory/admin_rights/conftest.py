import pytest

from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.admin_rights.office import Office
from tests.inventory.conftest import District


@pytest.fixture
def office(database: Database, clock: Clock, district: District) -> Office:
    return Office(database, clock, district)
