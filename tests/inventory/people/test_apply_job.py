"""A large import is applied by a job: answered at once, done once, and all or nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from inventory.access import Role
from inventory.accounts.models import Account
from inventory.db import Database
from inventory.engine import JobContext
from inventory.errors import Conflict
from inventory.people import apply_run, applying
from inventory.people.models import Person
from inventory.people.roster_models import PlanState, RosterPlan
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller
from tests.inventory.people.packages import package_11, planned, user_11

PUPILS = [user_11(f"s{n}", f"Given{n}", f"Family{n}") for n in range(1, 41)]


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "AT_ONCE", 10)
    monkeypatch.setattr(applying, "BATCH", 10)


def job(database: Database, settings: Settings, plan_id: int) -> JobContext:
    return JobContext(
        database, settings, {"plan": plan_id, "by": 0}, f"people.apply:{plan_id}",
        lambda _: False, threading.Event(), 0.05,
    )  # fmt: skip


def count(database: Database) -> int:
    with database.unit(write=False) as db:
        return db.execute(sa.select(sa.func.count()).select_from(Person)).scalar_one()


def state(database: Database, plan_id: int) -> RosterPlan:
    with database.unit(write=False) as db:
        return db.exec(select(RosterPlan).where(RosterPlan.id == plan_id)).one()


def approved(database: Database, clock: Clock) -> int:
    plan = planned(database, package_11(*PUPILS), clock())
    with database.unit() as db:
        return applying.approve(db, OPERATOR, plan.id, now=clock()).id


def test_it_is_answered_at_once_and_done_once(
    browser: MakeCaller, district: District, database: Database, settings: Settings, clock: Clock
) -> None:
    boss = browser("coordinator")
    plan = planned(database, package_11(*PUPILS), clock())
    answer = boss.post(f"/people/imports/{plan.id}/approve", data={})
    assert answer.headers["Location"] == f"/people/imports/{plan.id}/progress", answer.text
    assert count(database) == 0
    assert 'hx-trigger="every 2s"' in boss.get(answer.headers["Location"]).text
    again = boss.post(f"/api/v1/people/imports/{plan.id}/approve", json={})
    assert again.status_code == 409
    apply_run.run(job(database, settings, plan.id))
    apply_run.run(job(database, settings, plan.id))
    assert (count(database), state(database, plan.id).state) == (40, PlanState.APPLIED)
    done = boss.get(f"/people/imports/{plan.id}/progress").text
    assert "hx-trigger" not in done.split('id="import-live"')[1].split(">")[0]


def test_what_has_changed_meanwhile_fails_and_changes_nobody(
    district: District, database: Database, settings: Settings, clock: Clock
) -> None:
    plan_id = approved(database, clock)
    with database.unit() as db:
        from_elsewhere = {"sourced_id": "s35", "role": "student", "given_name": "A"}
        db.add(Person(**from_elsewhere, family_name="B", site_id=district.north))
    apply_run.run(job(database, settings, plan_id))
    plan = state(database, plan_id)
    assert (plan.state, count(database)) == (PlanState.FAILED, 1)
    assert "plan it anew" in plan.error
    with pytest.raises(Conflict), database.unit() as db:
        applying.approve(db, OPERATOR, plan_id, now=clock())


def test_a_worker_that_dies_in_the_middle_leaves_nothing(
    district: District, database: Database, settings: Settings, clock: Clock
) -> None:
    plan_id = approved(database, clock)
    with pytest.raises(ZeroDivisionError), database.unit() as db:
        plan = db.get_one(RosterPlan, plan_id)
        applying.apply(db, plan, OPERATOR, now=clock())
        raise ZeroDivisionError
    assert (count(database), state(database, plan_id).state) == (0, PlanState.APPLYING)
    apply_run.run(job(database, settings, plan_id))
    assert count(database) == 40


def test_the_job_ends_the_account_of_who_leaves(
    district: District, database: Database, settings: Settings, clock: Clock
) -> None:
    apply_run.run(job(database, settings, approved(database, clock)))
    account = district.accounts[Role.SUPERINTENDENT]
    with database.unit() as db:
        who = db.exec(select(Person).where(Person.sourced_id == "s1")).one()
        who.account_id = account
        db.add(who)
    gone = PUPILS[12:]
    plan = planned(database, package_11(*gone), clock())
    with database.unit() as db:
        applying.approve(db, OPERATOR, plan.id, number=12, reason="moved", now=clock())
    apply_run.run(job(database, settings, plan.id))
    assert state(database, plan.id).state is PlanState.APPLIED, state(database, plan.id).error
    with database.unit(write=False) as db:
        assert db.get_one(Account, account).disabled_at is not None


def test_a_read_while_it_runs_is_quick_and_two_approvals_are_one(
    browser: MakeCaller, district: District, database: Database, clock: Clock
) -> None:
    plan = planned(database, package_11(*PUPILS), clock())

    def approve(_: int) -> Any:
        try:
            with database.unit() as db:
                return applying.approve(db, OPERATOR, plan.id, now=clock()).state
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(approve, range(2)))
    assert sorted(came) == [PlanState.APPLYING, "conflict"]
    boss = browser("coordinator")
    with database.unit() as db:
        applying.apply(db, db.get_one(RosterPlan, plan.id), OPERATOR, now=clock())
        began = time.monotonic()
        seen = boss.get(f"/people/imports/{plan.id}/progress")
        assert (seen.status_code, time.monotonic() - began < 3) == (200, True)
        assert "are being made" in seen.text
