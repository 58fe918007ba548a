"""Who was granted it is no drift while it lasts; who was granted it and lacks it is one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.accounts import service as accounts
from inventory.admin_ledger.models import AdminGrant, Cause, GrantState, Level
from inventory.assets.models import Asset
from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from tests.conftest import Clock
from tests.inventory.admin_rights.test_drift import Refresh, enrol, kinds, refresh
from tests.inventory.conftest import OPERATOR

__all__ = ["enrol", "refresh"]


@pytest.fixture
def grant(database: Database, district: Any, clock: Clock) -> Callable[[datetime], int]:
    """A grant of Ana, who has an account, on the only device."""

    def give(until: datetime) -> int:
        with database.unit() as db:
            boss = accounts.create_account(db, OPERATOR, user_name="boss", now=clock())[0]
            ana = accounts.create_account(db, OPERATOR, user_name="ana.ruiz", now=clock())[0]
            draft = PersonDraft("ana", PersonRole.TEACHER, "Ana", "Ruiz", district.north)
            person = people.create(db, OPERATOR, draft, now=clock())
            person.account_id = ana.id
            row = AdminGrant(
                asset_id=db.exec(select(Asset.id)).one(), person_id=person.id,
                level=Level.ADMINISTRATOR, reason="robotics", starts_at=clock(), ends_at=until,
                state=GrantState.ACTIVE, requested_at=clock(), requested_by="ana.ruiz",
                requested_by_id=ana.id, decided_at=clock(), decided_by="boss",
                decided_by_id=boss.id,
            )  # fmt: skip
            db.add_all((person, row))
            db.flush()
            return row.id

    return give


def test_a_grant_explains_an_administrator_until_it_ends(
    api: Any, enrol: Any, refresh: Refresh, grant: Any, database: Database, clock: Clock
) -> None:
    boss = api("coordinator")
    enrol(["WPS\\ana.ruiz"])
    refresh()
    assert len(kinds(boss)) == 1
    clock.forward(minutes=10)
    number = grant(clock() + timedelta(days=2))
    refresh()
    assert kinds(boss) == []
    clock.forward(days=1)
    enrol(["ana.ruiz"])
    refresh()
    assert kinds(boss) == []
    clock.forward(days=1)
    refresh()
    assert kinds(boss) == [("unauthorised", "ana.ruiz", "open")], "its time has run out"
    with database.unit() as db:
        row = db.get_one(AdminGrant, number)
        row.ends_at = clock() + timedelta(days=9)
        row.version += 1
        row.decided_at = clock()
        db.add(row)
    refresh()
    assert kinds(boss) == []
    clock.forward(minutes=10)
    with database.unit() as db:
        row = db.get_one(AdminGrant, number)
        row.state, row.ended_at, row.cause = GrantState.REVOKED, clock(), Cause.PERSON
        db.add(row)
    refresh()
    assert kinds(boss) == [("unauthorised", "ana.ruiz", "open")]


def test_what_is_granted_and_not_on_the_device_shows_after_a_grace(
    api: Any, enrol: Any, refresh: Refresh, grant: Any, clock: Clock
) -> None:
    boss = api("coordinator")
    enrol([])
    grant(clock() + timedelta(days=90))
    refresh()
    clock.forward(days=6)
    enrol([])
    refresh()
    assert kinds(boss) == []
    clock.forward(days=2)
    refresh()
    assert kinds(boss) == [], "the device has not told anything since"
    enrol([])
    refresh()
    assert kinds(boss) == [("not_observed", "ana.ruiz", "open")]
    clock.forward(hours=1)
    enrol(["ana.ruiz"])
    refresh()
    assert kinds(boss) == []
