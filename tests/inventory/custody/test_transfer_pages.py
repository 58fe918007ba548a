"""The pages of transfers: from the request to the receipt, each school with its own buttons."""

from inventory.assets.kinds import Status
from inventory.custody.transfer_models import TransferState
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk
from tests.inventory.custody.moving import Move

EVIL = "<script>alert(1)</script>"


def test_from_the_request_to_the_receipt(desk: Desk, browser: MakeCaller) -> None:
    d = desk.district
    one, two = desk.laptop("L-1"), desk.laptop("L-2")
    giver, taker = browser("technician", d.north), browser("technician", d.south)
    bad = taker.post("/transfers/new", data={"from_site_id": d.north, "what": EVIL, "wanted": "x"})
    assert bad.status_code == 422
    assert EVIL not in bad.text
    assert "North School" in bad.text
    asked = taker.post(
        "/transfers/new",
        data={"from_site_id": d.north, "to_site_id": d.south, "what": EVIL, "wanted": "2"},
    )
    assert asked.status_code == 303, asked.text
    here = asked.headers["Location"]
    assert EVIL not in taker.get(here).text
    assert "Allow</button>" not in taker.get(here).text
    assert "Transfers to allow" in giver.get("/").text
    assert here in giver.get("/transfers?waits=approve").text
    assert here not in taker.get("/transfers?waits=approve").text
    assert giver.post(f"{here}/approve").status_code == 303
    again = giver.post(f"{here}/approve")
    assert again.status_code == 409
    assert "the transfer is approved" in again.text

    refused = giver.post(f"{here}/devices", data={"tags": "L-1\nNOPE"})
    assert refused.status_code == 422
    assert "NOPE: is no device of this school" in refused.text
    assert "L-1\nNOPE" in refused.text
    assert giver.post(f"{here}/devices", data={"tags": "L-1\nL-2\n"}).status_code == 303
    assert giver.post(f"{here}/devices/{one}/leave-out").status_code == 303
    assert giver.post(f"{here}/devices", data={"tags": "L-1"}).status_code == 303
    assert "Send 2 devices" in giver.get(here).text
    assert giver.post(f"{here}/ship").status_code == 303
    tab = giver.get(f"/assets/{one}/custody").text
    assert "South School" in tab
    assert "on its way to" in tab
    assert "On its way to another school" in giver.get(f"/assets/{one}").text

    strange = taker.post(f"{here}/receive", data={"tags": "L-9", "outcome": f"{two}:damaged"})
    assert strange.status_code == 422
    assert "not part of this transfer" in strange.text
    said = {"tags": "l-1", "outcome": ["", f"{two}:damaged"], "place_id": d.south_room}
    assert taker.post(f"{here}/receive", data=said).status_code == 303
    assert desk.asset(one).site_id == desk.asset(two).site_id == d.south_room
    assert desk.asset(two).status is Status.IN_REPAIR
    assert "Closed" in taker.get(here).text


def test_refused_and_called_off_with_a_reason(desk: Desk, browser: MakeCaller) -> None:
    move, giver = Move(desk), browser("technician", desk.district.north)
    first, second = f"/transfers/{move.ask()}", f"/transfers/{move.ask()}"
    assert giver.post(f"{first}/refuse", data={"reason": ""}).status_code == 422
    assert giver.post(f"{first}/refuse", data={"reason": "none left"}).status_code == 303
    assert "none left" in giver.get(first).text
    taker = browser("technician", desk.district.south)
    assert taker.get(f"{second}/refuse").status_code == 403
    assert taker.post(f"{second}/cancel", data={"reason": "no room"}).status_code == 303


def test_a_device_that_is_here_is_shown_and_then_taken(desk: Desk, browser: MakeCaller) -> None:
    asset = desk.laptop("L-1")
    taker = browser("technician", desk.district.south)
    given = {"tag": "L-1", "to_site_id": desk.district.south}
    asked = taker.post("/transfers/in-hand", data=given)
    assert asked.status_code == 200
    assert "North School" in asked.text
    assert "Receive it here" in asked.text
    assert desk.asset(asset).site_id == desk.district.north_room
    taken = taker.post("/transfers/in-hand", data={**given, "take": "true"})
    assert taken.status_code == 303
    assert desk.asset(asset).site_id == desk.district.south
    assert taker.post("/transfers/in-hand", data={**given, "tag": "NOPE"}).status_code == 404


def test_another_school_sees_no_transfer(desk: Desk, browser: MakeCaller) -> None:
    move = Move(desk)
    number = move.ask()
    nobody = browser("technician", desk.district.north_lab)
    assert nobody.get(f"/transfers/{number}").status_code == 404
    assert f"/transfers/{number}" not in nobody.get("/transfers").text
    assert move.approve(number).state is TransferState.APPROVED
