"""A laptop breaks: the spare one goes out for it, the repair ends, and the own one comes back."""

from datetime import timedelta
from typing import Any

from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller


def laptop(technician: Caller, tag: str, site: int) -> int:
    body = {"category": "laptop", "tag": tag, "site_id": site}
    answer = technician.post("/api/v1/assets", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def status_of(technician: Caller, asset: int) -> str:
    return str(technician.get(f"/api/v1/assets/{asset}").json["status"])


def hand_out(technician: Caller, asset: int, **terms: Any) -> int:
    answer = technician.post(f"/api/v1/assets/{asset}/custody", json=terms)
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def test_broken_in_spare_out_and_back_from_the_repair(
    api: MakeCaller, database: Database, clock: Clock, district: District, events: Any
) -> None:
    technician = api("technician", district.north)
    own, spare = (laptop(technician, tag, district.north_room) for tag in ("OWN-1", "SPARE-1"))
    with database.unit() as db:
        draft = PersonDraft("s1", PersonRole.STUDENT, "Ada", "Example", district.north)
        ada = people.create(db, OPERATOR, draft, now=clock()).id
    first = hand_out(technician, own, person_id=ada, accessories={"charger": 1})

    due = (clock() + timedelta(days=14)).isoformat()
    swap = {
        "spare_id": spare,
        "coming": {"condition": "broken", "note": "the screen is dark", "returned": {"charger": 0}},
        "terms": {"kind": "loan", "loan_reason": "repair", "due_at": due},
    }
    swapped = technician.post(f"/api/v1/custody/{first}/swap", json=swap)
    assert swapped.status_code == 200, swapped.text
    assert technician.post(f"/api/v1/custody/{first}/swap", json=swap).status_code == 409
    assert swapped.json["began"]["instead_of_id"] == first
    assert status_of(technician, own) == "in_repair"
    assert status_of(technician, spare) == "deployed"

    # In the repair shop it is for nobody; the pupil is told apart by what they hold now.
    refused = technician.post(f"/api/v1/assets/{own}/custody", json={"person_id": ada})
    assert refused.status_code == 409
    assert "in_repair" in refused.text
    seen = technician.get("/api/v1/custody", query_string={"person_id": ada}).json["items"]
    assert [one["tag"] for one in seen] == ["SPARE-1"]
    repairing = technician.get("/api/v1/assets?status=in_repair&holder=stock").json["items"]
    assert [one["tag"] for one in repairing] == ["OWN-1"]

    # Repaired: back to stock, the spare one in, the own one out again.
    clock.forward(days=3)
    version = technician.get(f"/api/v1/assets/{own}").headers["ETag"]
    repaired = technician.post(
        f"/api/v1/assets/{own}/status", json={"status": "in_stock", "reason": "new screen"},
        headers={"If-Match": version},
    )  # fmt: skip
    assert repaired.status_code == 200, repaired.text
    began = swapped.json["began"]["id"]
    home = technician.post(f"/api/v1/custody/{began}/return", json={"condition": "good"})
    assert home.status_code == 200, home.text
    hand_out(technician, own, person_id=ada)
    assert (status_of(technician, own), status_of(technician, spare)) == ("deployed", "in_stock")
    story = technician.get(f"/api/v1/assets/{own}/custody").json["items"]
    assert [(one["condition_in"], one["returned_at"] is None) for one in story] == [
        (None, True), ("broken", False),
    ]  # fmt: skip
    assert len(events("custody.given")) == 3
