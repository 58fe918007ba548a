"""/api/v1/custody: what is shown to whom, what is written down, pages of what is overdue."""

from datetime import timedelta
from typing import Any

import pytest

from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk, Events

CUSTODY = "/api/v1/custody"


def of(asset: int) -> str:
    return f"/api/v1/assets/{asset}/custody"


def test_a_loan_from_hand_to_hand(desk: Desk, api: MakeCaller, events: Events) -> None:
    asset, spare, ada = desk.laptop("L-1"), desk.laptop("S-1"), desk.pupil("a")
    technician = api("technician", desk.district.north)
    due = (desk.clock() + timedelta(hours=3)).isoformat()
    body = {
        "person_id": ada, "kind": "loan", "loan_reason": "forgot", "due_at": due,
        "accessories": {"charger": 1},
    }  # fmt: skip
    made = technician.post(of(asset), json=body)
    assert made.status_code == 201, made.json
    assert made.json["accessories"] == [{"name": "charger", "count_out": 1, "count_in": None}]
    assert "Ada" not in made.text
    assert technician.post(of(asset), json=body).status_code == 409

    helpdesk = api("helpdesk", desk.district.north)
    (seen,) = helpdesk.get(of(asset)).json["items"]
    assert seen["person"] == {"id": ada, "name": "Ada Example-a", "grade": "", "active": True}
    assert seen["tag"] == "L-1"
    (viewed,) = events("custody.viewed")
    assert (viewed.subject_type, viewed.subject_id) == ("person", str(ada))
    assert viewed.actor_id == helpdesk.account_id
    assert helpdesk.post(of(spare), json=body).status_code == 403

    one = f"{CUSTODY}/{made.json['id']}"
    later = (desk.clock() + timedelta(hours=5)).isoformat()
    assert technician.post(f"{one}/extend", json={"due_at": later}).json["renewals"] == 1
    swapped = technician.post(
        f"{one}/swap",
        json={"spare_id": spare, "coming": {"condition": "broken"},
              "terms": {"kind": "assignment"}},
    )  # fmt: skip
    assert swapped.status_code == 200, swapped.json
    assert swapped.json["began"]["instead_of_id"] == made.json["id"]
    ended = technician.post(
        f"{CUSTODY}/{swapped.json['began']['id']}/return", json={"condition": "good"}
    )
    assert ended.json["returned_at"]
    assert technician.get(CUSTODY).json["items"] == []
    assert len(technician.get(of(spare)).json["items"]) == 1


def test_a_request_that_is_sent_twice_is_done_once(desk: Desk, api: MakeCaller) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    technician = api("technician", desk.district.north)
    key = {"Idempotency-Key": "one"}
    answers = [
        technician.post(of(asset), json={"person_id": ada}, headers=key) for _time in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json


def test_overdue_first_page_by_page(desk: Desk, api: MakeCaller) -> None:
    ada = desk.pupil("a")
    desk.out(desk.laptop("L-0"), ada)
    for n, hours in enumerate((5, 1, 3, 3), start=1):
        desk.lend(desk.laptop(f"L-{n}"), ada, hours=hours)
    technician = api("technician", desk.district.north)
    desk.clock.forward(hours=2)
    seen: list[Any] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = technician.get(CUSTODY, query_string=query).json
        seen += page["items"]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert [c["tag"] for c in seen] == ["L-2", "L-3", "L-4", "L-1", "L-0"]
    assert [c["overdue"] for c in seen] == [True, False, False, False, False]

    def tags(**asked: object) -> list[str]:
        return [c["tag"] for c in technician.get(CUSTODY, query_string=asked).json["items"]]

    assert tags(overdue="true") == ["L-2"]
    assert tags(overdue="false") == ["L-3", "L-4", "L-1", "L-0"]
    assert tags(kind="assignment") == ["L-0"]
    assert tags(person_id=ada + 1) == []
    assert len(tags(site_id=desk.district.north)) == 5
    assert tags(site_id=desk.district.south) == []


@pytest.mark.parametrize(
    "after", ["x", "WzFd", "WyJub3doZW4iLDFd", "WyIyMDI2LTAxLTAxIiwxXQ", "WyI5OTk5OTkiLDFd"]
)
def test_a_cursor_of_another_list(desk: Desk, api: MakeCaller, after: str) -> None:
    technician = api("technician", desk.district.north)
    assert technician.get(CUSTODY, query_string={"after": after}).status_code == 422


def test_another_school_sees_nothing(desk: Desk, api: MakeCaller) -> None:
    asset = desk.laptop("L-1")
    made = desk.out(asset, desk.pupil("a"))
    foreign = api("technician", desk.district.south)
    assert foreign.get(CUSTODY).json["items"] == []
    assert foreign.get(f"{CUSTODY}/{made.id}").status_code == 404
    assert foreign.get(of(asset)).status_code == 404
    assert foreign.post(f"{CUSTODY}/{made.id}/return", json={}).status_code == 404
    for role in ("auditor", "superintendent", "integration", "staff"):
        assert api(role, desk.district.north).get(CUSTODY).status_code == 403


def test_carts(desk: Desk, api: MakeCaller) -> None:
    technician = api("technician", desk.district.north)
    cart = technician.post(
        "/api/v1/carts", json={"name": "Cart 4", "site_id": desk.district.north_lab}
    ).json
    asset = desk.laptop("L-1")
    assert technician.post(of(asset), json={"cart_id": cart["id"]}).status_code == 201
    (inside,) = technician.get(CUSTODY, query_string={"cart_id": cart["id"]}).json["items"]
    assert (inside["holder"], inside["person"]) == ("Cart 4", None)
    assert technician.get("/api/v1/carts").json["items"] == [cart]
    foreign = api("technician", desk.district.south)
    assert foreign.get("/api/v1/carts").json["items"] == []
    elsewhere = desk.laptop("L-2", desk.district.south_room)
    assert foreign.post(of(elsewhere), json={"cart_id": cart["id"]}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"person_id": 2**40},
        {"person_id": 1, "due_at": "tomorrow"},
        {"person_id": 1, "due_at": "2026-09-02T10:00:00"},
        {"person_id": 1, "kind": "gift"},
        {"person_id": 1, "accessories": {"charger": -1}},
        {"person_id": 1, "accessories": {"charger": 1.5}},
        {"person_id": 1, "accessories": ["charger"]},
        {"person_id": 1, "note": "x" * 1001},
        {"person_id": 1, "returned_at": "2026-09-02T10:00:00Z"},
    ],
)
def test_bodies_that_make_no_sense(desk: Desk, api: MakeCaller, body: dict[str, Any]) -> None:
    technician = api("technician", desk.district.north)
    assert technician.post(of(desk.laptop("L-1")), json=body).status_code == 422
