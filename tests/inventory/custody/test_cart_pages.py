"""A cart in the browser: added, filled, given as a whole, taken back but for one."""

from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.custody import cart_acts, carts, slots
from tests.inventory.conftest import OPERATOR, MakeCaller
from tests.inventory.custody.conftest import Desk
from tests.inventory.custody.test_handing import SOMEBODY

EVIL = '"><img src=x>'


def test_a_cart_from_its_first_device_to_the_one_that_is_missing(
    desk: Desk, browser: MakeCaller
) -> None:
    ids = [desk.laptop(f"L-{n}") for n in range(3)]
    ada = desk.pupil("a")
    technician = browser("technician", desk.district.north)
    assert "No cart yet" in technician.get("/carts").text
    site = {"site_id": desk.district.north_lab}
    made = technician.post("/carts/new", data={"name": EVIL, **site})
    assert made.status_code == 303
    assert technician.post("/carts/new", data={"name": EVIL, **site}).status_code == 409
    one = made.headers["Location"]
    number = int(one.rsplit("/", 1)[1])
    assert "Nothing is kept in it yet" in technician.get(one).text
    filled = technician.post(
        f"/scan/many?mode=cart&cart_id={number}", data={"codes": "L-0\nL-1\nL-2"}
    )
    assert filled.text.count("In the cart.") == 3
    shown = technician.get(one).text
    assert "3 in it, 0 out, 0 elsewhere" in shown
    assert "<img src=x" not in shown + technician.get("/carts").text

    body = {"person_id": ada, "kind": "assignment", "ids": ids}
    assert technician.post(f"{one}/give", data={**body, "ids": []}).status_code == 409
    form = technician.post(f"{one}/give", data={"q": "exam", "find": "true", "ids": ids[:1]})
    assert "Ada Example-a" in form.text
    assert form.text.count("checked") == 1, "what was ticked stays ticked"
    assert technician.post(f"{one}/give", data=body).status_code == 303
    assert "0 in it, 3 out" in technician.get(one).text
    refused = technician.post(f"{one}/give", data=body)
    assert refused.status_code == 409
    assert "out already" in refused.text

    assert technician.post(f"{one}/back", data={"ids": ids[:2]}).status_code == 303
    shown = technician.get(one).text
    assert "2 in it, 1 out" in shown
    assert "Ada Example-a" in shown
    assert technician.post(f"{one}/remove", data={"asset_id": ids[0]}).status_code == 303
    with desk.database.unit(write=False) as db:
        assert [each.number for each in slots.kept(db, OPERATOR, number)] == [2, 3]

    helpdesk = browser("helpdesk", desk.district.north)
    assert "Take it back" not in helpdesk.get(one).text
    assert helpdesk.get(f"{one}/give").status_code == 403
    assert browser("technician", desk.district.south).get(one).status_code == 404


def test_what_is_on_hold_is_told_before(desk: Desk, browser: MakeCaller) -> None:
    free, held = desk.laptop("L-1"), desk.laptop("L-2")
    with desk.database.unit() as db:
        cart = carts.create(
            db, OPERATOR, name="Cart 4", site_id=desk.district.north_lab, now=desk.clock()
        ).id
        for asset in (free, held):
            cart_acts.put_in(db, OPERATOR, cart, asset, now=desk.clock())
        holds.raise_hold(db, SOMEBODY, held, kind=HoldKind.LEGAL, reason="a case", now=desk.clock())
    technician = browser("technician", desk.district.north)
    form = technician.get(f"/carts/{cart}/give").text
    assert "These cannot go now" in form
    assert f'value="{free}" checked' in form
    assert f'name="ids" value="{held}"' not in form
    body = {"place_id": desk.district.north_room, "kind": "assignment", "ids": [free, held]}
    refused = technician.post(f"/carts/{cart}/give", data=body)
    assert refused.status_code == 409
    assert "L-2: a hold is in force" in refused.text
    body["ids"] = [free]
    assert technician.post(f"/carts/{cart}/give", data=body).status_code == 303
