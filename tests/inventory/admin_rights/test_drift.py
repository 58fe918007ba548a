"""Drift rises and falls with what enrolment and a vendor tell; decisions; the allow-list."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Role
from inventory.accounts import service as accounts
from inventory.admin_rights import drift_refresh
from inventory.admin_rights.drift_models import AdminDrift, ObservedAdmin
from inventory.assets.kinds import Status
from inventory.assets.models import Asset
from inventory.commands.models import DeviceCommand
from inventory.db import Database
from inventory.engine import JobContext
from inventory.fleet.models import SyncScope
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR
from tests.inventory.fleet.conftest import Fleet
from tests.mdm.fakes.fleet import FakeFleet

DRIFT, ALLOW = "/api/v1/admin-rights/drift", "/api/v1/admin-rights/allow-list"
LAPTOP: dict[str, Any] = {
    "manufacturer": "Dell Inc.", "model": "Latitude 3140", "serial": "5GH7K33", "kind": "laptop",
    "system": "windows", "macs": ["3C:52:82:11:22:33"],
}  # fmt: skip
Refresh = Callable[[], drift_refresh.Tally]


@pytest.fixture
def refresh(database: Database, settings: Settings, clock: Clock) -> Refresh:
    job = JobContext(
        database, settings, {}, "admin_rights.drift:1", lambda _: False, threading.Event(), 0.05
    )
    return lambda: drift_refresh.refresh(job, clock=clock)


@pytest.fixture
def enrol(api: Any, district: Any) -> Callable[..., None]:
    def tell(administrators: list[str] | None, site: int | None = None, **more: Any) -> None:
        report = {**LAPTOP, "administrators": administrators, **more}
        answer = api("technician", site=site or district.north).post(
            "/api/v1/enrolments", json=report
        )
        assert answer.status_code == 200, answer.text

    return tell


def items(caller: Any, **query: Any) -> list[dict[str, Any]]:
    answer = caller.get(DRIFT, query_string=query)
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["items"])


def kinds(caller: Any, **query: Any) -> list[tuple[str, str, str]]:
    return sorted((one["kind"], one["account"], one["state"]) for one in items(caller, **query))


def test_drift_rises_and_falls_with_what_a_computer_tells(
    api: Any, enrol: Any, refresh: Refresh, district: Any, database: Database, clock: Clock
) -> None:
    boss = api("coordinator")
    with database.unit() as db:
        for name, mail in (("ana.ruiz", "ana.ruiz@wps.example"), ("tim", "tim@wps.example")):
            accounts.create_account(db, OPERATOR, user_name=name, email=mail, now=clock())
    assert district.accounts[Role.TECHNICIAN], "made: the.technician"
    enrol(["WPS\\Ana.Ruiz", "X\\the.technician", "=cmd|' /C calc'!A0", "<b>eve</b>"])
    assert refresh().opened == 3
    assert kinds(boss) == [
        ("unauthorised", "WPS\\Ana.Ruiz", "open"),
        ("unverified", "<b>eve</b>", "open"),
        ("unverified", "=cmd|' /C calc'!A0", "open"),
    ]
    assert boss.get(f"{DRIFT}/summary").get_json()["drift"] == 1
    clock.forward(minutes=10)
    refresh()
    assert refresh().looked == 0, "nothing is new"
    enrol(["WPS\\Ana.Ruiz", "X\\the.technician"])
    assert (refresh().closed, len(kinds(boss))) == (2, 1)
    clock.forward(minutes=10)
    enrol(None)
    refresh()
    assert len(kinds(boss)) == 1, "not told is not gone"
    enrol([])
    refresh()
    assert kinds(boss) == []
    assert boss.get(f"{DRIFT}/summary").get_json() == {
        "clean": 1, "accepted": 0, "drift": 0, "unknown": 0,
    }  # fmt: skip
    clock.forward(days=31)
    boss = api("coordinator")
    assert boss.get(f"{DRIFT}/summary").get_json()["unknown"] == 1
    with database.unit(write=False) as db:
        assert db.exec(select(DeviceCommand)).all() == []
        assert db.exec(select(ObservedAdmin)).all() == []


def test_a_change_of_roles_is_seen_without_a_word_of_the_device(
    api: Any, enrol: Any, refresh: Refresh, database: Database, clock: Clock, district: Any
) -> None:
    boss = api("coordinator")
    enrol(["ana.ruiz"])
    refresh()
    assert kinds(boss) == [("unverified", "ana.ruiz", "open")]
    with database.unit() as db:
        made = accounts.create_account(db, OPERATOR, user_name="ana.ruiz", now=clock())[0]
    refresh()
    assert kinds(boss) == [("unauthorised", "ana.ruiz", "open")]
    with database.unit() as db:
        accounts.grant_role(db, OPERATOR, made.id, Role.TECHNICIAN, district.north, now=clock())
    refresh()
    assert kinds(boss) == []


@pytest.fixture
def fleet(database: Database, settings: Settings, clock: Clock) -> Iterator[Fleet]:
    made = Fleet(database, settings, clock)
    yield made
    made.stopping.set()


def test_a_vendor_tells_of_administrators(
    api: Any, refresh: Refresh, fleet: Fleet, clock: Clock
) -> None:
    boss = api("coordinator")
    with FakeFleet() as fake:
        fake.seed(12)
        number = fleet.connect(fake)
        fleet.sync(number)
        refresh()
        found = items(boss, source="fleet")
        assert found, "the fake's computers have administrators"
        assert {one["sources"] for one in found} == {"fleet"}
        assert items(boss, source="flee") == []
        assert refresh().looked == 0
        for host in fake.known.values():
            if host.get("additional"):
                host["additional"]["homeroom_admins"] = []
        clock.forward(hours=1)
        fleet.sync(number, scope=SyncScope.FULL)
        assert refresh().closed == len(found)
        assert items(boss) == []


def test_decisions_are_the_coordinators_and_the_device_has_the_last_word(
    api: Any, enrol: Any, refresh: Refresh, district: Any, clock: Clock, events: Any
) -> None:
    boss, tech = api("coordinator"), api("technician", site=district.north)
    enrol(["eve"])
    refresh()
    (one,) = items(tech)
    path, said = f"{DRIFT}/{one['id']}/decision", {"state": "accepted", "note": "until June"}
    now = {"headers": {"If-Match": boss.get(f"{DRIFT}/{one['id']}").headers["ETag"]}}
    assert tech.post(path, json=said, **now).status_code == 403
    assert boss.post(path, json=said).status_code == 428
    assert boss.post(path, json={**said, "note": " "}, **now).status_code == 422
    assert boss.post(path, json=said, **now).status_code == 200
    assert boss.post(path, json=said, **now).status_code == 412
    any_one = {"headers": {"If-Match": "*"}}
    assert boss.post(path, json=said, **any_one).status_code == 409
    assert boss.get(f"{DRIFT}/summary").get_json()["accepted"] == 1
    resolved = {"state": "resolved", "note": "removed"}
    assert boss.post(path, json=resolved, **any_one).status_code == 200
    refresh()
    assert kinds(boss) == [("unverified", "eve", "resolved")]
    clock.forward(hours=1)
    enrol(["eve"])
    refresh()
    assert kinds(boss) == [("unverified", "eve", "open")]
    (event,) = events("drift.accepted")
    assert event.reason == "until June"


def test_another_schools_drift_does_not_exist(
    api: Any, enrol: Any, refresh: Refresh, district: Any, database: Database
) -> None:
    enrol(["eve"])
    refresh()
    north, south = api("technician", site=district.north), api("technician", site=district.south)
    (one,) = items(north)
    assert items(south) == []
    assert south.get(f"{DRIFT}/{one['id']}").status_code == 404
    assert south.get(f"{DRIFT}/summary").get_json()["drift"] == 0
    assert api("staff", site=district.north).get(DRIFT).status_code == 403


def test_the_allow_list_explains_accounts_for_a_while(
    api: Any, enrol: Any, refresh: Refresh, district: Any, clock: Clock, events: Any
) -> None:
    boss = api("coordinator")
    enrol(["X\\svc-backup", "eve"])
    refresh()
    asked = {"pattern": "svc-*", "system": "windows", "site_id": district.north}
    covered = boss.get(f"{ALLOW}/preview", query_string=asked).get_json()
    assert covered == {
        "pattern": "svc-*", "accounts": 1, "devices": 1, "known": 0, "examples": ["svc-backup"],
    }  # fmt: skip
    elsewhere = {**asked, "site_id": district.south}
    assert boss.get(f"{ALLOW}/preview", query_string=elsewhere).get_json()["accounts"] == 0
    until = clock() + timedelta(days=30)
    draft = {**asked, "reason": "nightly backup", "until": until.isoformat()}
    for wrong in ({"pattern": "*"}, {"pattern": "s*"}, {"reason": ""}, {"until": None}):
        assert boss.post(ALLOW, json={**draft, **wrong}).status_code == 422
    far = (clock() + timedelta(days=400)).isoformat()
    assert boss.post(ALLOW, json={**draft, "until": far}).status_code == 422
    tech = api("technician", site=district.north)
    assert tech.post(ALLOW, json=draft).status_code == 403
    made = boss.post(ALLOW, json=draft)
    assert made.status_code == 201, made.text
    assert boss.post(ALLOW, json=draft).status_code == 409
    refresh()
    assert kinds(boss) == [("unverified", "eve", "open")]
    clock.forward(days=31)
    refresh()
    boss = api("coordinator")
    assert len(kinds(boss)) == 2, "its time has run out"
    path = f"{ALLOW}/{made.get_json()['id']}/remove"
    assert boss.post(path, json={"reason": "new backup"}).status_code == 200
    assert boss.post(path, json={"reason": "new backup"}).status_code == 409
    assert boss.get(ALLOW).get_json()["items"] == []
    assert events("allowed_account.removed")[0].reason == "new backup"


def test_a_removed_entry_lets_drift_rise_again(
    api: Any, enrol: Any, refresh: Refresh, clock: Clock
) -> None:
    boss = api("coordinator")
    enrol(["svc-backup"])
    refresh()
    draft = {
        "pattern": "svc-backup", "reason": "backup",
        "until": (clock() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    made = boss.post(ALLOW, json=draft).get_json()
    refresh()
    assert kinds(boss) == []
    boss.post(f"{ALLOW}/{made['id']}/remove", json={"reason": "gone"})
    refresh()
    assert kinds(boss) == [("unverified", "svc-backup", "open")]


def test_what_is_retired_has_no_drift(
    api: Any, enrol: Any, refresh: Refresh, database: Database
) -> None:
    boss = api("coordinator")
    enrol(["eve"])
    refresh()
    with database.unit() as db:
        asset = db.exec(select(Asset)).one()
        asset.status, asset.version = Status.RETIRED, asset.version + 1
        db.add(asset)
    refresh()
    assert kinds(boss) == []
    assert sum(boss.get(f"{DRIFT}/summary").get_json().values()) == 0
    with database.unit(write=False) as db:
        assert db.exec(select(AdminDrift)).one().closed_at is not None


def test_pages_of_the_list(api: Any, enrol: Any, refresh: Refresh) -> None:
    boss = api("coordinator")
    enrol([f"user{n}" for n in range(7)])
    refresh()
    seen, after = [], None
    while True:
        query = {"limit": 3, **({"after": after} if after else {})}
        page = boss.get(DRIFT, query_string=query).get_json()
        seen += [one["account"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == [f"user{n}" for n in range(7)]
    assert boss.get(DRIFT, query_string={"after": "x"}).status_code == 422
