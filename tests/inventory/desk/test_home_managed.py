"""Home's queues of managed devices, within the reader's reach."""

import pytest

from inventory.access import Role
from inventory.db import Database
from inventory.fleet import alarms
from inventory.fleet.models import AlarmKind, MdmConnection
from tests.conftest import Clock
from tests.house.routes import Side
from tests.house.routes.commands import asked
from tests.inventory.conftest import OPERATOR, District, MakeCaller


@pytest.fixture
def two_schools(database: Database, clock: Clock, district: District) -> None:
    """A wipe that waits at each school, and an alarm at the north one."""
    for site, room in ((district.north, district.north_room), (district.south, district.south)):
        with database.unit() as db:
            asked(Side(db, clock(), site, room, 0))
    with database.unit() as db:
        connection = MdmConnection(
            vendor="intune", label="North", site_id=district.north, read_config="x",
            created_at=clock(), updated_at=clock(),
        )  # fmt: skip
        db.add(connection)
        db.flush()
        alarms.sound(db, OPERATOR, connection, AlarmKind.UNREACHABLE, "nobody answers", now=clock())


@pytest.mark.usefixtures("two_schools")
def test_a_school_counts_its_own(browser: MakeCaller, district: District) -> None:
    def told(page: str, word: str) -> str:
        before, found, _ = page.partition(word)
        assert found, word
        return before[-400:]

    whole = browser("coordinator").get("/").text
    assert ">2<" in told(whole, "Commands to decide")
    north = browser(Role.TECHNICIAN, district.north).get("/").text
    assert ">1<" in told(north, "Commands to decide")
    assert 'href="/commands' in north
    assert ">1<" in told(north, "Vendor alarms")
    south = browser(Role.TECHNICIAN, district.south).get("/").text
    assert ">0<" in told(south, "Vendor alarms") or "Vendor alarms" not in south


def test_a_district_without_vendors_has_no_such_queue(
    browser: MakeCaller, district: District
) -> None:
    assert "Vendor alarms" not in browser("coordinator").get("/").text
