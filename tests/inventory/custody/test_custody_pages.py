"""The list of what is out, the tab of an asset, and the dialogs."""

from datetime import timedelta

from inventory.assets.kinds import Status
from inventory.custody import carts
from tests.inventory.conftest import OPERATOR, MakeCaller
from tests.inventory.custody.conftest import Desk, Events


def tab(asset: int) -> str:
    return f"/assets/{asset}/custody"


def test_out_swap_extend_and_in_by_hand(desk: Desk, browser: MakeCaller, events: Events) -> None:
    asset, spare, ada = desk.laptop("L-1"), desk.laptop("S-1"), desk.pupil("a")
    technician = browser("technician", desk.district.north)
    assert "Nobody has it." in technician.get(tab(asset)).text
    form = technician.post(
        f"{tab(asset)}/out", data={"q": "exam", "find": "true", "note": "for the trip"}
    )
    assert form.status_code == 200
    assert "Ada Example-a" in form.text
    assert "for the trip" in form.text
    assert events("custody.viewed")[-1].subject_id == str(ada)
    body = {
        "person_id": ada, "kind": "loan", "loan_reason": "forgot", "due_at": "2026-09-01T15:00",
        "accessories": "charger, case=2", "note": "<script>alert(1)</script>",
    }  # fmt: skip
    answer = technician.post(f"{tab(asset)}/out", data=body)
    assert answer.status_code == 303, answer.text
    shown = technician.get(tab(asset)).text
    assert "Ada Example-a" in shown
    assert "case</bdi>&nbsp;2" in shown
    assert "<script>alert" not in shown
    assert "They forgot their own" in shown

    (given,) = events("custody.given")
    one = "/custody/1"
    late = technician.post(f"{one}/extend", data={"due_at": "0001-01-01T00:00"})
    assert late.status_code == 422
    assert technician.post(f"{one}/extend", data={"due_at": "2026-09-02T15:00"}).status_code == 303
    swapped = technician.post(
        f"{one}/swap",
        data={"spare": "s-1", "condition": "broken", "kind": "loan", "loan_reason": "repair",
              "due_at": "2026-09-09T15:00", "accessories": ""},
    )  # fmt: skip
    assert swapped.status_code == 303, swapped.text
    assert desk.asset(asset).status is Status.IN_REPAIR
    assert "Before" in technician.get(tab(asset)).text
    assert technician.get(f"{one}/in").status_code == 409
    back = technician.post("/custody/2/in", data={"condition": "good", "accessories": ""})
    assert back.status_code == 303
    assert desk.asset(spare).status is Status.IN_STOCK
    assert given.actor_id == technician.account_id


def test_a_refused_form_keeps_what_was_typed(desk: Desk, browser: MakeCaller) -> None:
    asset, ada, ben = desk.laptop("L-1"), desk.pupil("a"), desk.pupil("b")
    desk.out(asset, ada)
    technician = browser("technician", desk.district.north)
    body = {"person_id": ben, "kind": "assignment", "note": "for the trip", "accessories": "x=y"}
    wrong = technician.post(f"{tab(asset)}/out", data=body)
    assert wrong.status_code == 422
    assert "charger, case=2" in wrong.text
    body["accessories"] = ""
    refused = technician.post(f"{tab(asset)}/out", data=body)
    assert refused.status_code == 409
    assert "for the trip" in refused.text
    assert "Example-b" in refused.text
    assert "take_over" in refused.text
    body["take_over"] = "moved"
    assert technician.post(f"{tab(asset)}/out", data=body).status_code == 303


def test_the_list_shows_overdue_first_and_filters(desk: Desk, browser: MakeCaller) -> None:
    ada = desk.pupil("a")
    desk.out(desk.laptop("L-1"), ada)
    desk.lend(desk.laptop("L-2"), ada, hours=1)
    desk.clock.forward(hours=2)
    technician = browser("technician", desk.district.north)
    everything = technician.get("/custody").text
    assert everything.index("L-2") < everything.index("L-1")
    assert "Overdue (1)" in everything
    assert "L-1" not in technician.get("/custody?overdue=true").text
    assert "L-2" not in technician.get("/custody?kind=assignment").text
    assert "L-2" in technician.get(f"/custody?site={desk.district.north}").text
    assert technician.get("/custody?after=x").status_code == 422
    foreign = browser("technician", desk.district.south)
    assert "L-1" not in foreign.get("/custody").text


def test_pages_of_the_list(desk: Desk, browser: MakeCaller) -> None:
    ada = desk.pupil("a")
    for n in range(52):
        desk.out(desk.laptop(f"L-{n:02}"), ada)
    technician = browser("technician", desk.district.north)
    first = technician.get("/custody").text
    assert "L-49" in first
    assert "L-50" not in first
    after = first.split("/custody?after=")[1].split('"')[0]
    second = technician.get(f"/custody?after={after}").text
    assert "L-51" in second
    assert "L-49" not in second


def test_who_may_only_look_gets_no_buttons(desk: Desk, browser: MakeCaller) -> None:
    asset = desk.laptop("L-1")
    made = desk.out(asset, desk.pupil("a"))
    helpdesk = browser("helpdesk", desk.district.north)
    shown = helpdesk.get(tab(asset)).text
    assert "Ada Example-a" in shown
    assert "Hand in" not in shown
    for path in (f"{tab(asset)}/out", f"/custody/{made.id}/in", f"/custody/{made.id}/swap"):
        assert helpdesk.get(path).status_code == 403
    auditor = browser("auditor")
    assert "Who has it" not in auditor.get(f"/assets/{asset}").text
    assert auditor.get(tab(asset)).status_code == 403


def test_hostile_names_are_shown_as_text(desk: Desk, browser: MakeCaller) -> None:
    asset = desk.laptop("L-1")
    with desk.database.unit() as db:
        cart = carts.create(
            db, OPERATOR, name='"><img src=x>', site_id=desk.district.north, now=desk.clock()
        )
    technician = browser("technician", desk.district.north)
    assert technician.post(f"{tab(asset)}/out", data={"cart_id": cart.id}).status_code == 303
    for path in (tab(asset), "/custody", f"{tab(asset)}/out"):
        assert "<img src=x" not in technician.get(path).text


def test_the_lookup_tells_who_has_it_to_who_may_know(
    desk: Desk, api: MakeCaller, events: Events
) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("a")
    helpdesk = api("helpdesk", desk.district.north)
    assert helpdesk.get("/api/v1/lookup/L-1").json["holder"] is None
    made = desk.lend(asset, ada)
    holder = helpdesk.get("/api/v1/lookup/L-1").json["holder"]
    assert (holder["name"], holder["person_id"]) == ("Ada Example-a", ada)
    assert holder["due_at"] == (desk.clock() + timedelta(hours=3)).isoformat()
    assert holder["custody_id"] == made.id
    (viewed,) = events("custody.viewed")
    assert (viewed.subject_id, viewed.actor_id) == (str(ada), helpdesk.account_id)
    program = api("integration", desk.district.north)
    assert "holder" not in program.get("/api/v1/lookup/L-1").json
    assert len(events("custody.viewed")) == 1
