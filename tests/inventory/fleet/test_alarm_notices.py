"""Alarms of connections are told once, to whoever looks after connections at that place."""

from inventory.access import Permission
from inventory.db import Database
from inventory.fleet import alarms, connections
from inventory.fleet.connection_rules import ConnectionDraft, Limits
from inventory.fleet.models import AlarmKind
from inventory.notices.telling import Notice
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District
from tests.mdm.fakes.intune import FakeIntune


def test_an_alarm_is_told_when_it_is_raised(
    database: Database, district: District, clock: Clock
) -> None:
    told: list[Notice] = []
    database.info["notify"] = lambda db, notice, now: told.append(notice)
    draft = ConnectionDraft("intune", "Intune", FakeIntune().config(), site_id=district.north)
    with database.unit() as db:
        row = connections.create(db, OPERATOR, draft, limits=Limits(), now=clock())
        for _ in range(2):
            alarms.sound(db, OPERATOR, row, AlarmKind.CREDENTIAL, "refused", now=clock())
    (notice,) = told
    assert (notice.kind, notice.audience) == ("mdm.credential", Permission.MDM_WRITE)
    assert (notice.site_id, notice.text) == (district.north, "refused")
