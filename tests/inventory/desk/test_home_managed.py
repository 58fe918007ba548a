"""Home's queues of managed devices, within the reader's reach."""

import pytest

from inventory.access import Role
from inventory.assets.kinds import Outcome
from inventory.db import Database
from inventory.fleet import alarms
from inventory.fleet.models import AlarmKind, MdmConnection, MdmDevice
from tests.conftest import Clock
from tests.house.routes import Side
from tests.house.routes.commands import asked
from tests.house.routes.fleet_decisions import device
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


def test_what_waits_and_what_differs_at_vendors(
    browser: MakeCaller, district: District, database: Database, clock: Clock
) -> None:
    """Each number is that of the list behind it, for every reader."""
    for site, room in ((district.north, district.north_room), (district.south, district.south)):
        with database.unit() as db:
            side = Side(db, clock(), site, room, 0)
            device(side)
            side.get("mdm_conflict")
            known = db.get_one(MdmDevice, device(side, Outcome.MATCHED))
            known.asset_id, known.asset_tag = side.get("claimed_asset"), "OTHER-1"
            db.add(known)
    for reader, count in ((browser("coordinator"), 2), (browser("technician", district.north), 1)):
        home = reader.get("/").text
        for path in ("managed?outcome=new", "managed?outcome=conflict", "managed/differences"):
            tile = home.partition(f'href="/{path}"')[2]
            assert f"<strong>{count}</strong>" in tile[:120], path
            assert reader.get(f"/{path}").text.count('<th scope="row"') == count, path


def test_a_district_without_vendors_has_no_such_queue(
    browser: MakeCaller, district: District
) -> None:
    assert "Vendor alarms" not in browser("coordinator").get("/").text
