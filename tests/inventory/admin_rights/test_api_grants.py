"""A teacher asks for admin rights over the API, the Coordinator authorises them, time ends them."""

import threading
from datetime import timedelta
from typing import Any

from inventory.access import Role
from inventory.admin_rights import closing
from inventory.custody import service as custody
from inventory.custody.holders import Holder, Terms
from inventory.db import Database
from inventory.engine import JobContext
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.admin_rights.office import Office
from tests.inventory.confirming import confirm
from tests.inventory.conftest import OPERATOR

PATH = "/api/v1/admin-rights"


def handed_out(office: Office, person: int) -> int:
    laptop = office.laptop("L-1")
    with office.database.unit() as db:
        custody.check_out(
            db, OPERATOR, laptop, Holder(person_id=person), Terms(), now=office.clock()
        )
    return laptop


def test_a_teacher_asks_the_coordinator_authorises_and_time_ends_it(
    office: Office, api: Any, browser: Any, database: Database, settings: Settings, clock: Clock,
    events: Any,
) -> None:  # fmt: skip
    rosa = office.person_at_desk("rosa", Role.STAFF)
    teacher = office.teacher("t1", rosa)
    laptop = handed_out(office, teacher)
    me = browser(account=rosa.id)
    wish = {
        "person_id": teacher, "asset_id": laptop, "temporary": True, "reason": "<b>Robotics</b>",
    }  # fmt: skip
    asked = me.post(f"{PATH}/mine", json=wish)
    assert asked.status_code == 201, asked.text
    grant = asked.get_json()
    one = f"{PATH}/{grant['id']}"
    assert (grant["state"], grant["in_force"]) == ("requested", False)
    assert me.post(f"{PATH}/mine", json=wish).status_code == 409
    assert me.get(one).status_code == 403, "the list is not for everybody"

    assert api("coordinator").post(f"{one}/authorise", json={}).status_code == 403, "a token"
    assert api("technician", site=office.district.south).get(one).status_code == 404
    boss = browser("coordinator")
    unproven = boss.post(f"{one}/authorise", json={})
    assert (unproven.status_code, unproven.get_json()["title"]) == (409, "Confirm who you are")
    confirm(database, boss, grant["binding"], now=clock())
    old = boss.post(f"{one}/authorise", json={"seen": grant["version"] + 1})
    assert old.status_code == 412
    yes = boss.post(f"{one}/authorise", json={"seen": grant["version"]})
    assert yes.status_code == 200, yes.text
    assert (yes.get_json()["state"], yes.get_json()["in_force"]) == ("active", True)
    assert boss.post(f"{one}/authorise", json={}).status_code == 409

    clock.forward(hours=8)
    token = api("auditor")
    over = token.get(one).get_json()
    assert (over["state"], over["in_force"], over["ended_at"]) == ("expired", False, None)
    assert not token.get(PATH, query_string={"state": "active"}).get_json()["items"]
    job = JobContext(
        database, settings, {}, f"{closing.KIND}:1", lambda _: False, threading.Event(), 0.05
    )
    closing.close_due(job, clock=clock)
    (found,) = token.get(PATH, query_string={"state": "expired"}).get_json()["items"]
    assert (found["id"], found["cause"]) == (grant["id"], "time")
    assert len(events("admin_grant.expired")) == 1


def test_the_list_by_what_stands_and_where(office: Office, api: Any, clock: Clock) -> None:
    tess = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    cory = office.person_at_desk("cory", Role.COORDINATOR)
    laptop, teacher = office.laptop("L-1"), office.teacher("t1")
    waits = office.request(tess, teacher, laptop)
    group = office.request(
        tess, teacher, None, site_id=office.district.north_lab, category="laptop",
        ends_at=clock() + timedelta(days=3),
    )  # fmt: skip
    office.authorise(cory, group)

    def ids(caller: Any, **query: Any) -> list[int]:
        answer = caller.get(PATH, query_string=query)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.get_json()["items"]]

    here, there = (api("helpdesk", site=s) for s in (office.district.north, office.district.south))
    assert (ids(here), ids(there)) == ([group, waits], [])
    assert (ids(here, state="requested"), ids(here, ends_soon=True)) == ([waits], [group])
    assert (ids(here, asset_id=laptop), ids(here, limit=1)) == ([waits], [group])
    assert here.get(PATH, query_string={"stauts": "active"}).status_code == 422
    with_words = api("technician", site=office.district.north)
    assert with_words.post(f"{PATH}/{waits}/revoke", json={"reason": " "}).status_code == 422
    ended = with_words.post(f"{PATH}/{waits}/revoke", json={"reason": "Not needed"})
    assert (ended.status_code, ended.get_json()["state"]) == (200, "withdrawn")
