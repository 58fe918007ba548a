"""Somebody leaves: a task, the account is dead, the device is still out, comes in, task closed."""

from typing import Any

from sqlmodel import select

from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import Person
from tests.conftest import Clock
from tests.flows.test_a_broken_laptop_is_swapped import hand_out, laptop, status_of
from tests.flows.test_a_school_year import PUPILS, import_roster
from tests.inventory.conftest import OPERATOR, District, MakeCaller

RECOVERY = "/api/v1/people/recovery"


def test_from_the_roster_to_the_closed_task(
    api: MakeCaller, browser: MakeCaller, database: Database, clock: Clock, district: District,
    events: Any,
) -> None:  # fmt: skip
    coordinator, technician = browser("coordinator"), api("technician", district.north)
    import_roster(coordinator, *PUPILS)
    asset = laptop(technician, "L-1", district.north_room)
    member = api("staff", district.north)
    with database.unit() as db:
        pupil = db.exec(select(Person).where(Person.family_name == "Family9")).one()
        people.link_account(db, OPERATOR, pupil.id, member.account_id, now=clock())
        person = pupil.id
    held = hand_out(technician, asset, person_id=person, accessories={"charger": 1})
    assert member.get("/api/v1/session").status_code == 200
    assert technician.get(RECOVERY).json["items"] == []

    import_roster(coordinator, *[user for user in PUPILS if ",Given9," not in user])
    (task,) = technician.get(RECOVERY).json["items"]
    assert task["person_id"] == person
    assert member.get("/api/v1/session").status_code == 401

    # What they have is still theirs to bring back, and the page says what it is.
    (out,) = technician.get("/api/v1/custody", query_string={"person_id": person}).json["items"]
    assert (out["tag"], out["person"]["active"]) == ("L-1", False)
    hands = browser("technician", district.north)
    shown = hands.get("/recovery").text
    assert "Family9" in shown
    assert f"/custody/{held}/in" in shown
    refused = technician.post(f"/api/v1/assets/{asset}/custody", json={"person_id": person})
    assert refused.status_code == 409

    coming = {"condition": "good", "returned": {"charger": 1}}
    assert technician.post(f"/api/v1/custody/{held}/return", json=coming).status_code == 200
    assert status_of(technician, asset) == "in_stock"
    closed = technician.post(f"{RECOVERY}/{task['id']}/close", json={"note": "All is back."})
    assert closed.status_code == 200, closed.text
    assert technician.get(RECOVERY).json["items"] == []
    assert "Had before" in hands.get(f"/people/{person}").text
    assert member.get("/api/v1/session").status_code == 401
    (event,) = events("recovery.closed")
    assert event.subject_id == str(person)
