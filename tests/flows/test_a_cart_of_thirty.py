"""A cart of thirty: labelled, filled by scans, given to a teacher, taken back with one missing."""

from typing import Any

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller

SCANS = "/api/v1/custody/scans"


def test_a_cart_of_thirty(
    api: MakeCaller, database: Database, clock: Clock, district: District, events: Any
) -> None:
    tags = [f"CART-{number:02}" for number in range(1, 31)]
    with database.unit() as db:
        for tag in tags:
            draft = AssetDraft(category=Category.CHROMEBOOK, tag=tag, site_id=district.north)
            assets.create(db, OPERATOR, draft, now=clock())
        draft = PersonDraft("t-1", PersonRole.TEACHER, "Grace", "Example", district.north)
        teacher = people.create(db, OPERATOR, draft, now=clock()).id
    technician = api("technician", district.north)
    printed = technician.post("/api/v1/labels", json={"tags": tags})
    assert printed.data.startswith(b"%PDF")

    cart = technician.post("/api/v1/carts", json={"name": "Cart 7", "site_id": district.north_lab})
    one = f"/api/v1/carts/{cart.json['id']}"
    for tag in tags:
        scan = {"mode": "cart", "cart_id": cart.json["id"], "code": f"https://h.example/a/{tag}"}
        sent = {"json": scan, "headers": {"Idempotency-Key": f"scan-{tag}"}}
        answer = technician.post(SCANS, **sent)
        assert answer.status_code == 200, answer.text
        # The answer was lost on its way, and the page sends the scan again.
        assert technician.post(SCANS, **sent).json == answer.json
    clock.forward(hours=1)
    inside = technician.get(f"{one}/devices").json["items"]
    assert [(each["number"], each["tag"]) for each in inside] == list(enumerate(tags, 1))
    assert {each["where"] for each in inside} == {"in"}

    given = technician.post(f"{one}/give", json={"person_id": teacher})
    assert given.status_code == 200, given.text
    assert [row["became"] for row in given.json["rows"]] == ["given"] * 30
    (event,) = events("cart.given")
    assert "Grace" not in event.after
    held = technician.get("/api/v1/custody", query_string={"person_id": teacher, "limit": 50})
    assert len(held.json["items"]) == 30
    again = technician.post(f"{one}/give", json={"person_id": teacher})
    assert again.status_code == 409
    assert "out already" in again.json["rows"][0]["problem"]

    # Twenty-nine come back; the thirtieth stays with the teacher, and the cart says so.
    clock.forward(hours=6)
    back = [each["asset_id"] for each in inside if each["tag"] != "CART-13"]
    returned = technician.post(f"{one}/return", json={"asset_ids": back, "condition": "good"})
    assert returned.status_code == 200, returned.text
    out = [e for e in technician.get(f"{one}/devices").json["items"] if e["where"] != "in"]
    assert [(e["number"], e["tag"], e["person_id"]) for e in out] == [(13, "CART-13", teacher)]

    # Found under a bench and scanned into the cart: back in its slot.
    found = technician.post(
        SCANS, json={"mode": "cart", "cart_id": cart.json["id"], "code": "cart-13"}
    )
    assert found.status_code == 200, found.text
    assert {e["where"] for e in technician.get(f"{one}/devices").json["items"]} == {"in"}
