"""Directories as sources: from the settings to a plan, and who is taken to have left."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from inventory.db import Database
from inventory.engine import JobContext
from inventory.people.models import Person
from inventory.people.roster_models import PlanState, RosterPlan
from inventory.people.sources import reads
from inventory.people.sources.models import ReadState, RosterDirectory, RosterRead
from inventory.people.sources.opening import WIRING
from inventory.settings import Settings
from mdm.connection import Wiring
from mdm.timing import Timing
from tests.conftest import Clock
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.people.fake_google import FakeGoogle
from tests.mdm.fakes.http import Fault

URL, SCHOOLS = "/api/v1/people/sources", "/api/v1/people/schools"
QUICK = Wiring(timing=replace(Timing(), sleep=lambda _: None))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, mdm_simulated=True)


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as fake:
        for number in range(20):
            fake.add(number, "/Students/North School/Grade 5")
        yield fake


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


@pytest.fixture
def run(database: Database, settings: Settings) -> Callable[[int], RosterRead]:
    """Do what the engine would do for a read."""

    def done(read_id: int) -> RosterRead:
        job = JobContext(
            database.knowing(**{WIRING: QUICK}), settings, {"read": read_id}, "people.read:1",
            lambda _: False, threading.Event(), 0.05,
        )  # fmt: skip
        reads.run(job)
        with database.unit(write=False) as db:
            return db.get_one(RosterRead, read_id)

    return done


def added(boss: Caller, google: FakeGoogle, **more: Any) -> int:
    body = {"source": "Google", "kind": "google", "config": google.config(),
            "address": google.url, **more}  # fmt: skip
    made = boss.post(URL, json=body)
    assert made.status_code == 201, made.text
    return int(made.json["id"])


def asked(boss: Caller, id_: int, run: Callable[[int], RosterRead]) -> RosterRead:
    answer = boss.post(f"{URL}/{id_}/sync")
    assert answer.status_code == 202, answer.text
    return run(answer.json["id"])


def decided(boss: Caller, key: str, **what: Any) -> None:
    rows = boss.get(SCHOOLS, query_string={"limit": 100}).json["items"]
    (row,) = [row for row in rows if row["key"] == key]
    answer = boss.patch(f"{SCHOOLS}/{row['id']}", json=what)
    assert answer.status_code == 200, answer.text


def plan_of(database: Database, read: RosterRead) -> RosterPlan:
    assert read.plan_id is not None, read.error
    with database.unit(write=False) as db:
        return db.get_one(RosterPlan, read.plan_id)


def test_from_settings_to_people(
    boss: Caller, google: FakeGoogle, run: Callable[[int], RosterRead], database: Database,
    district: District,
) -> None:  # fmt: skip
    id_ = added(boss, google)
    shown = boss.get(f"{URL}/{id_}")
    assert "canary" not in shown.text and "private_key" not in shown.text
    tried = boss.post(f"{URL}/{id_}/test").json
    assert (tried["ok"], tried["people"]) == (True, 20)

    first = plan_of(database, asked(boss, id_, run))
    assert first.counts == {"orphan": 20}, "nobody said what those below /Students are"
    decided(boss, "/Students", role="student")
    second = plan_of(database, asked(boss, id_, run))
    assert (second.state, second.counts) == (PlanState.PLANNED, {"create": 20})
    google.add(50, "/Staff", given="Grace", organizations=[{"department": "South Lab"}])
    asked(boss, id_, run)
    decided(boss, "/Staff", role="staff")
    decided(boss, "South Lab", site_id=district.south)
    third = plan_of(database, asked(boss, id_, run))
    assert third.counts == {"create": 21}
    done = boss.post(f"/api/v1/people/imports/{third.id}/approve", json={})
    assert done.json["state"] == "applied", done.text
    with database.unit(write=False) as db:
        grace = db.exec(select(Person).where(Person.given_name == "Grace")).one()
        assert (grace.sourced_id, grace.role, grace.site_id) == (
            "google:100050", "staff", district.south,
        )  # fmt: skip
        pupil = db.exec(select(Person).where(Person.sourced_id == "google:10000")).one()
        assert (pupil.role, pupil.site_id) == ("student", district.north)


@pytest.fixture
def full(
    boss: Caller, google: FakeGoogle, run: Callable[[int], RosterRead], database: Database
) -> int:
    """A directory whose twenty pupils are here."""
    id_ = added(boss, google, rest_role="student")
    plan = plan_of(database, asked(boss, id_, run))
    answer = boss.post(f"/api/v1/people/imports/{plan.id}/approve", json={})
    assert answer.json["state"] == "applied", answer.text
    return id_


def test_half_a_list_and_an_empty_one_retire_nobody(
    full: int, boss: Caller, google: FakeGoogle, run: Callable[[int], RosterRead],
    database: Database,
) -> None:  # fmt: skip
    google.page_size = 5
    google.fail(Fault.CUT_AFTER, 20, on=lambda call: call.query.get("pageToken") == "10")
    broken = asked(boss, full, run)
    assert (broken.state, broken.plan_id) == (ReadState.FAILED, None)
    google.heal()
    kept, google.users = google.users, []
    empty = asked(boss, full, run)
    assert (empty.state, empty.plan_id) == (ReadState.FAILED, None)
    assert "names nobody" in empty.error
    google.users = kept[:8]
    few = plan_of(database, asked(boss, full, run))
    assert {finding["rule"] for finding in few.findings} == {"leaving", "few_known"}
    refused = boss.post(f"/api/v1/people/imports/{few.id}/approve", json={})
    assert refused.status_code == 422
    with database.unit(write=False) as db:
        assert all(person.active for person in db.exec(select(Person)))


def test_small_plans_by_themselves_only_where_a_person_said_so(
    full: int, boss: Caller, google: FakeGoogle, run: Callable[[int], RosterRead],
    database: Database, api: MakeCaller,
) -> None:  # fmt: skip
    def changed(**what: Any) -> int:
        tag = boss.get(f"{URL}/{full}").headers["ETag"]
        return boss.patch(f"{URL}/{full}", json=what, headers={"If-Match": tag}).status_code

    google.users[0]["name"]["familyName"] = "Changed"
    assert plan_of(database, asked(boss, full, run)).state is PlanState.PLANNED
    token = api("coordinator")
    tag = token.get(f"{URL}/{full}").headers["ETag"]
    refused = token.patch(f"{URL}/{full}", json={"auto_most": 3}, headers={"If-Match": tag})
    assert refused.status_code == 403
    assert changed(auto_most=3) == 200
    assert plan_of(database, asked(boss, full, run)).state is PlanState.APPLIED
    for number in range(4):
        google.users[number]["name"]["givenName"] = "More"
    assert plan_of(database, asked(boss, full, run)).state is PlanState.PLANNED
    google.users[0]["suspended"] = google.users[1]["suspended"] = True
    for number in range(1, 4):
        google.users[number]["name"]["givenName"] = "Ada"
    google.users[0]["name"]["givenName"] = "Ada"
    guarded = plan_of(database, asked(boss, full, run))
    assert guarded.state is PlanState.PLANNED, "the guard objects: it waits whatever the number"


def test_secrets_go_only_where_they_went_before(
    full: int, boss: Caller, google: FakeGoogle
) -> None:
    tag = {"If-Match": boss.get(f"{URL}/{full}").headers["ETag"]}
    moved = boss.patch(f"{URL}/{full}", json={"address": "http://127.0.0.1:9"}, headers=tag)
    other = boss.patch(f"{URL}/{full}", json={"config": {"admin": "x@evil.example"}}, headers=tag)
    assert (moved.status_code, other.status_code) == (422, 422)
    assert "service_account" in other.text
    assert boss.patch(f"{URL}/{full}", json={"daily_at": "3:30"}, headers=tag).status_code == 422


def test_the_clock_asks_once_and_a_lost_worker_is_noticed(
    full: int, boss: Caller, database: Database, settings: Settings, clock: Clock, api: MakeCaller
) -> None:
    tag = {"If-Match": boss.get(f"{URL}/{full}").headers["ETag"]}
    assert boss.patch(f"{URL}/{full}", json={"daily_at": "03:30"}, headers=tag).status_code == 200
    now = clock.forward(days=1)
    (read,) = reads.request_due(database, settings, now=now)
    assert reads.request_due(database, settings, now=now) == []
    assert api("coordinator").post(f"{URL}/{full}/sync").status_code == 409
    for _ in range(reads.MOST_ATTEMPTS + 1):
        with database.unit() as db:
            row = db.get_one(RosterRead, read)
            row.attempts += 1
            db.add(row)
        reads.redrive(database, now=clock.forward(hours=2))
    with database.unit(write=False) as db:
        assert db.get_one(RosterRead, read).state is ReadState.FAILED
        assert db.get_one(RosterDirectory, full).next_at is not None


def test_it_is_for_who_may_import_people(api: MakeCaller, district: District) -> None:
    for role in ("technician", "auditor", "school_administrator"):
        assert api(role, site=district.north).get(URL).status_code == 403
        assert api(role, site=district.north).get(SCHOOLS).status_code == 403
