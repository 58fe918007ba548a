"""Imports, people by hand and recovery tasks over the API."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from inventory.access import Role
from inventory.accounts import service as accounts
from inventory.accounts.models import Account
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller
from tests.inventory.people.packages import package_11, user_11

URL = "/api/v1/people/imports"
PUPILS = [user_11(f"s{n}", f"Given{n}", f"Family{n}") for n in range(1, 31)]


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


def sent(caller: Caller, raw: bytes, **fields: str) -> Any:
    data = {"source": "SIS", "file": (io.BytesIO(raw), "../up/roster\u202e.zip"), **fields}
    return caller.post(URL, data=data)


def applied(caller: Caller, raw: bytes, **body: object) -> Any:
    made = sent(caller, raw)
    assert made.status_code == 201, made.text
    answer = caller.post(f"{URL}/{made.json['id']}/approve", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_from_upload_to_undo(boss: Caller, district: District) -> None:
    made = sent(boss, package_11(*PUPILS, user_11("x", "A", "B", orgs="o-9")))
    assert made.status_code == 201, made.text
    plan = made.json
    place = made.headers["Location"]
    assert (plan["state"], plan["file_name"], plan["whole"]) == ("planned", "roster.zip", True)
    assert plan["counts"] == {"create": 30, "orphan": 1}
    assert (plan["findings"], plan["number_to_name"]) == ([], None)
    assert boss.get(place).json == plan
    [problem] = boss.get(f"{place}/problems").json["items"]
    assert problem["reason"] == "the school is not known: o-9"
    assert (problem["kind"], problem["sourced_id"], problem["line"]) == ("orphan", "x", 32)
    page = boss.get(f"{place}/changes", query_string={"limit": 20, "kind": "create"}).json
    rest = boss.get(f"{place}/changes", query_string={"after": page["next"]}).json
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (20, 10, None)
    assert page["items"][0]["before"] is None
    assert boss.get("/api/v1/people").json["items"] == []

    done = boss.post(f"{place}/approve", json={}).json
    assert (done["state"], done["decided_by"]) == ("applied", "coordinator-district")
    assert len(boss.get("/api/v1/people").json["items"]) == 30
    assert boss.post(f"{place}/approve", json={}).status_code == 409
    assert boss.post(f"{place}/undo", json={}).status_code == 422
    assert boss.post(f"{place}/undo", json={"reason": "test"}).json["state"] == "undone"
    assert boss.get("/api/v1/people").json["items"] == []
    assert [p["id"] for p in boss.get(URL).json["items"]] == [plan["id"]]


def test_a_dry_run_keeps_nothing(boss: Caller, district: District) -> None:
    answer = sent(boss, package_11(*PUPILS), dry_run="true")
    assert answer.status_code == 200, answer.text
    assert (answer.json["id"], answer.json["counts"]) == (None, {"create": 30})
    assert boss.get(URL).json["items"] == []


def test_the_guard_over_the_api(boss: Caller, district: District) -> None:
    applied(boss, package_11(*PUPILS))
    plan = sent(boss, package_11(*PUPILS[2:])).json
    assert plan["findings"] == [{"rule": "leaving", "number": 2, "of": 30}]
    place = f"{URL}/{plan['id']}/approve"
    refused = boss.post(place, json={"number": 3, "reason": "x"})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"number": ["2 is the number to name"]}
    assert boss.post(place, json={"number": 2, "reason": "moved"}).json["state"] == "applied"


def test_refused_is_refused(boss: Caller, district: District) -> None:
    plan = sent(boss, package_11(*PUPILS)).json["id"]
    assert boss.post(f"{URL}/{plan}/refuse", json={"reason": "no"}).json["state"] == "refused"
    assert boss.post(f"{URL}/{plan}/approve", json={}).status_code == 409


def test_bad_uploads(boss: Caller, district: District) -> None:
    good = package_11(*PUPILS)
    for raw, fields in (
        (b"", {}), (b"PK\x03\x04", {}), (b"not,a,roster\n", {}), (good, {"source": " "}),
        (good, {"source": "x" * 81}), (good, {"whole": "maybe"}), (good, {"nobody": "knows"}),
    ):  # fmt: skip
        answer = sent(boss, raw, **fields)
        assert answer.status_code == 422, answer.text
        assert answer.json["errors"]
    assert boss.post(URL, data={"source": "SIS", "file": "text"}).status_code == 422
    assert boss.get(URL).json["items"] == []


def test_a_token_plans_but_does_not_decide(
    api: MakeCaller, boss: Caller, district: District
) -> None:
    program = api("coordinator")
    plan = sent(program, package_11(*PUPILS)).json["id"]
    assert program.post(f"{URL}/{plan}/approve", json={}).status_code == 403
    boss.post(f"{URL}/{plan}/approve", json={})
    assert program.post(f"{URL}/{plan}/undo", json={"reason": "x"}).status_code == 403


def test_a_person_by_hand(api: MakeCaller, boss: Caller, district: District) -> None:
    technician = api("technician", site=district.north)
    body = {"role": "student", "given_name": "Ada", "family_name": "Osei",
            "site_id": district.north}  # fmt: skip
    made = technician.post("/api/v1/people", json=body)
    assert made.status_code == 201, made.text
    assert made.json["temporary"] is True
    for wrong in ({**body, "site_id": district.north_room}, {**body, "given_name": " "}):
        assert technician.post("/api/v1/people", json=wrong).status_code == 422
    south = {**body, "site_id": district.south}
    assert technician.post("/api/v1/people", json=south).status_code == 403
    done = applied(boss, package_11(user_11("s1", "Ada", "Osei")))
    assert done["counts"] == {"adopt": 1}
    one = technician.get(f"/api/v1/people/{made.json['id']}").json
    assert (one["sourced_id"], one["temporary"]) == ("s1", False)


def test_both_schools_see_who_is_at_both(api: MakeCaller, boss: Caller, district: District) -> None:
    applied(boss, package_11(user_11("t1", "Bo", "Li", "teacher", "o-s,o-n")))
    for school in (district.north, district.south):
        technician = api("technician", site=school)
        [found] = technician.get("/api/v1/people").json["items"]
        one = technician.get(f"/api/v1/people/{found['id']}").json
        assert (one["site_id"], one["other_site_ids"]) == (district.south, [district.north])
        query = {"site_id": district.north}
        assert len(technician.get("/api/v1/people", query_string=query).json["items"]) == 1


def test_who_leaves_loses_the_account_and_owes_what_they_have(
    api: MakeCaller, boss: Caller, district: District, database: Database, clock: Clock,
    jane: int, events: Callable[[str], list[Any]],
) -> None:  # fmt: skip
    applied(boss, package_11(*PUPILS, user_11("t1", "Jane", "Roe", "teacher")))
    [person] = boss.get("/api/v1/people", query_string={"role": "teacher"}).json["items"]
    place = f"/api/v1/people/{person['id']}/account"
    assert boss.put(place, json={"account_id": 9999}).status_code == 404
    assert boss.put(place, json={"account_id": jane}).json["account_id"] == jane
    other = boss.get("/api/v1/people", query_string={"role": "student"}).json["items"][0]
    taken = boss.put(f"/api/v1/people/{other['id']}/account", json={"account_id": jane})
    assert taken.status_code == 409
    with database.unit() as db:
        accounts.grant_role(db, OPERATOR, jane, Role.STAFF, district.north, now=clock())

    plan = applied(boss, package_11(*PUPILS))
    with database.unit(write=False) as db:
        account = db.get(Account, jane)
        assert account is not None
        assert account.disabled_at == clock()
    technician = api("technician", site=district.north)
    [task] = technician.get("/api/v1/people/recovery").json["items"]
    assert (task["person"], task["closed_at"]) == ("Jane Roe", None)
    assert api("technician", site=district.south).get("/api/v1/people/recovery").json["items"] == []
    assert len(events("recovery.opened")) == 1

    undone = boss.post(f"{URL}/{plan['id']}/undo", json={"reason": "wrong"})
    assert undone.status_code == 200, undone.text
    assert technician.get("/api/v1/people/recovery").json["items"] == []
    with database.unit(write=False) as db:
        account = db.get(Account, jane)
        assert account is not None
        assert account.disabled_at is None


def test_a_recovery_task_is_closed_once(api: MakeCaller, boss: Caller, district: District) -> None:
    applied(boss, package_11(*PUPILS))
    applied(boss, package_11(*PUPILS[1:]))
    technician = api("technician", site=district.north)
    [task] = technician.get("/api/v1/people/recovery").json["items"]
    place = f"/api/v1/people/recovery/{task['id']}/close"
    assert api("technician", site=district.south).post(place, json={"note": "x"}).status_code == 404
    assert technician.post(place, json={"note": " "}).status_code == 422
    closed = technician.post(place, json={"note": "Chromebook and charger are back"}).json
    assert closed["closed_by"].startswith("technician")
    assert technician.post(place, json={"note": "x"}).status_code == 409
    assert technician.get("/api/v1/people/recovery").json["items"] == []
    query = {"closed": "true"}
    assert len(technician.get("/api/v1/people/recovery", query_string=query).json["items"]) == 1
