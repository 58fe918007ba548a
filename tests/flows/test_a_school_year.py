"""A school year in one walk: the roster, laptops that enrol, handing out, a swap, who leaves."""

import io
from typing import Any

from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.people.packages import package_11, user_11

IMPORTS = "/api/v1/people/imports"
PUPILS = [user_11(f"s{n}", f"Given{n}", f"Family{n}") for n in range(1, 31)]


def import_roster(coordinator: Caller, *users: str) -> None:
    """Planned, looked at, approved by a person."""
    data = {"source": "SIS", "file": (io.BytesIO(package_11(*users)), "roster.zip")}
    plan = coordinator.post(IMPORTS, data=data)
    assert plan.status_code == 201, plan.text
    done = coordinator.post(f"{IMPORTS}/{plan.json['id']}/approve", json={})
    assert done.json["state"] == "applied", done.text


def enrol(station: Caller, serial: str) -> dict[str, Any]:
    report = {
        "manufacturer": "Dell", "model": "Latitude 3140", "serial": serial, "kind": "laptop",
        "administrators": ["itadmin"], "encrypted": True,
    }  # fmt: skip
    answer = station.post("/api/v1/enrolments", json=report)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def custody_of(asset_id: int) -> str:
    return f"/api/v1/assets/{asset_id}/custody"


def test_from_the_roster_to_a_pupil_who_leaves(
    api: MakeCaller, browser: MakeCaller, district: District, events: Any
) -> None:
    coordinator = browser("coordinator")
    technician = api("technician", district.north)
    import_roster(coordinator, *PUPILS)

    # Laptops enrol by the script, and their labels are printed in one go.
    laptops = [enrol(technician, f"5GH7K3{number}") for number in range(1, 4)]
    assert [each["outcome"] for each in laptops] == ["created"] * 3
    tags = [each["tag"] for each in laptops]
    printed = technician.post("/api/v1/labels", json={"tags": tags})
    assert printed.data.startswith(b"%PDF")

    # One goes to a pupil; the helpdesk sees by its tag who has it.
    pupil = coordinator.get("/api/v1/people", query_string={"q": "family7"}).json["items"][0]
    terms = {"person_id": pupil["id"], "kind": "assignment", "accessories": {"charger": 1}}
    given = technician.post(custody_of(laptops[0]["asset_id"]), json=terms)
    assert given.status_code == 201, given.text
    helpdesk = api("helpdesk", district.north)
    seen = helpdesk.get(f"/api/v1/lookup/{tags[0]}").json
    assert seen["holder"]["name"] == "Given7 Family7", seen["holder"]
    assert len(events("custody.viewed")) == 1

    # It breaks, and the spare one takes its place in one act.
    swapped = technician.post(
        f"/api/v1/custody/{given.json['id']}/swap",
        json={"spare_id": laptops[1]["asset_id"],
              "coming": {"condition": "broken", "returned": {"charger": 1}},
              "terms": {"kind": "assignment", "accessories": {"charger": 1}}},
    )  # fmt: skip
    assert swapped.status_code == 200, swapped.text
    broken = technician.get(f"/api/v1/assets/{laptops[0]['asset_id']}").json
    assert broken["status"] == "in_repair"

    # The pupil leaves: the roster says so, a task is opened, and the spare one comes back.
    import_roster(coordinator, *[user for user in PUPILS if ",Given7," not in user])
    (task,) = technician.get("/api/v1/people/recovery").json["items"]
    assert task["person"] == "Given7 Family7"
    held = technician.get("/api/v1/custody", query_string={"person_id": pupil["id"]}).json
    (open_one,) = held["items"]
    assert open_one["tag"] == tags[1]
    refused = technician.post(
        custody_of(laptops[2]["asset_id"]), json={"person_id": pupil["id"], "kind": "assignment"}
    )
    assert refused.status_code == 409, "nothing is handed to who has left"
    back = technician.post(
        f"/api/v1/custody/{open_one['id']}/return",
        json={"condition": "good", "returned": {"charger": 1}},
    )
    assert back.status_code == 200, back.text
    closed = technician.post(
        f"/api/v1/people/recovery/{task['id']}/close", json={"note": "laptop and charger are back"}
    )
    assert closed.json["closed_at"]
