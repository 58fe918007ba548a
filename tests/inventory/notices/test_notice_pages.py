"""Notices in the browser and over the API: what is shown, and what is never shown again."""

from collections.abc import Callable
from typing import Any

from inventory.access import Role
from inventory.accounts import service as accounts
from inventory.notices import targets
from inventory.notices.models import DeliveryState, WebhookTarget
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


def target(desk: Desk, number: int) -> WebhookTarget:
    with desk.database.unit(write=False) as db:
        return db.get_one(WebhookTarget, number)


def secret_of(desk: Desk, number: int) -> str:
    with desk.database.unit(write=False) as db:
        return targets.secret_of(db, db.get_one(WebhookTarget, number))


def changed(number: int, **more: str) -> dict[str, str]:
    return {"label": "Chat", "url": "https://chat.example/hook", "kinds": "mdm breaker",
            "version": str(number), **more}  # fmt: skip


def test_a_webhook_is_changed_by_who_has_seen_it(
    desk: Desk, browser: Callable[..., Caller], events: Callable[..., list[Any]]
) -> None:
    number, secret = desk.target("https://chat.example/old", label="Old name")
    jane, url = browser("coordinator"), f"/notices/targets/{number}/edit"
    form = jane.get(url).text
    assert 'value="Old name"' in form
    assert secret not in form
    done = jane.post(url, data=changed(1, enabled="true"))
    assert done.status_code == 303, done.text
    row = target(desk, number)
    assert (row.label, row.url, row.kinds, row.enabled, row.version) == (
        "Chat", "https://chat.example/hook", ["breaker", "mdm"], True, 2,
    )  # fmt: skip
    assert "chat.example/hook" in events("notice_target.changed")[0].after
    late = jane.post(url, data=changed(1, label="Mine"))
    assert late.status_code == 412
    assert "How it is now" in late.text
    assert 'value="Mine"' in late.text, "what was typed stays"
    assert 'name="version" value="2"' in late.text, "saving again is a decision"
    assert jane.post(url, data=changed(2)).status_code == 303
    assert target(desk, number).enabled is False, "an empty box switches it off"
    bad: list[dict[str, str]] = [
        {"url": "http://chat.example/plain"}, {"label": ""}, {"kinds": "No Such!"},
        {"version": ""}, {"url": "https://x/" + "a" * 600},
    ]  # fmt: skip
    for more in bad:
        wrong = jane.post(url, data=changed(3, **more))
        assert wrong.status_code == 422, more
    assert 'name="version" value="3"' in wrong.text
    hostile = jane.post(url, data=changed(3, label=HOSTILE))
    assert hostile.status_code == 303
    assert "<script>alert" not in jane.get(url).text + jane.get("/notices").text
    assert browser("technician").get(url).status_code == 403


def test_a_secret_is_renewed_and_shown_once(
    desk: Desk, browser: Callable[..., Caller], events: Callable[..., list[Any]]
) -> None:
    number, old = desk.target("https://chat.example/hook", label="Chat")
    jane, url = browser("coordinator"), f"/notices/targets/{number}/secret"
    assert "whsec_" not in jane.get(url).text, "asking changes nothing"
    assert jane.post(url, data={"version": "9"}).status_code == 412
    assert secret_of(desk, number) == old
    made = jane.post(url, data={"version": "1"})
    fresh = secret_of(desk, number)
    assert fresh != old
    assert fresh in made.text
    assert len(events("notice_target.key_renewed")) == 1
    for path in (url, f"/notices/targets/{number}/edit", "/notices"):
        assert fresh not in jane.get(path).text, path
