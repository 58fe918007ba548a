"""Notices in the browser and over the API: what is shown, and what is never shown again."""

from collections.abc import Callable

from inventory.access import Role
from inventory.accounts import service as accounts
from inventory.notices.models import DeliveryState
from tests.inventory.conftest import OPERATOR, Caller
from tests.inventory.notices.conftest import Desk
from tests.inventory.notices.post_office import Hearer, PostOffice

HOSTILE = '<script>alert("x")</script>'


def test_a_webhook_from_its_making_to_its_end(
    desk: Desk, browser: Callable[..., Caller], hears: Hearer
) -> None:
    jane = browser("coordinator")
    wrong = jane.post("/notices/targets/new", data={"label": HOSTILE, "url": "http://chat.example"})
    assert wrong.status_code == 422
    assert "<script>alert" not in wrong.text
    made = jane.post("/notices/targets/new", data={"label": HOSTILE, "url": hears.url})
    assert "whsec_" in made.text
    shown = jane.get("/notices")
    assert "whsec_" not in shown.text
    assert "<script>alert" not in shown.text
    assert jane.post("/notices/targets/1/test", data={}).status_code == 303
    desk.send()
    assert len(hears.calls) == 1
    assert "Sent" in jane.get("/notices").text
    jane.post("/notices/targets/1/switch", data={})
    assert "Switch on" in jane.get("/notices").text
    assert jane.post("/notices/targets/1/delete", data={}).status_code == 303
    assert jane.get("/notices/targets/1/delete").status_code == 404


def test_a_test_mail_goes_to_oneself(
    desk: Desk, browser: Callable[..., Caller], office: PostOffice
) -> None:
    jane = browser("coordinator")
    assert jane.post("/notices/test", data={}).status_code == 409
    with desk.database.unit() as db:
        id_ = jane.account_id
        accounts.change(db, OPERATOR, id_, {"email": "jane@school.example"}, now=desk.clock())
    assert jane.post("/notices/test", data={}).status_code == 303
    desk.send()
    assert office.recipients == [["jane@school.example"]]


def test_deliveries_over_the_api(desk: Desk, api: Callable[..., Caller]) -> None:
    desk.person("coordinator", Role.COORDINATOR, None)
    for number in range(3):
        desk.write(title=f"Notice {number}")
    desk.send(smtp_host="")
    desk.write(title="Notice 3")
    jane = api("coordinator")
    url = "/api/v1/notice-deliveries"
    first = jane.get(url, query_string={"limit": 3}).json
    assert [row["title"] for row in first["items"]] == ["Notice 3", "Notice 2", "Notice 1"]
    rest = jane.get(url, query_string={"limit": 3, "after": first["next"]}).json
    assert ([row["title"] for row in rest["items"]], rest["next"]) == (["Notice 0"], None)
    dead = jane.get(url, query_string={"state": DeliveryState.DEAD.value}).json["items"]
    assert {row["error"] for row in dead} == {"no mail server is set (smtp_host)"}
    assert jane.get(url, query_string={"after": "x"}).status_code == 422
    assert api("technician").get(url).status_code == 403
