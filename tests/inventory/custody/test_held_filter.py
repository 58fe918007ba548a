"""The asset list by who has a device: the right ones, and only for whoever may know."""

from dataclasses import replace

import pytest

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Role
from inventory.assets.asking import asked
from inventory.assets.facets import facets
from inventory.assets.listing import list_assets
from inventory.custody import carts, service
from inventory.custody.holders import Holder, Terms
from inventory.errors import Forbidden
from tests.inventory.conftest import OPERATOR, MakeCaller
from tests.inventory.custody.conftest import Desk, holding_role
from tests.inventory.custody.moving import Move


def fill(desk: Desk) -> None:
    move = Move(desk)
    made = {tag: desk.laptop(tag) for tag in ("CART", "PLACE")}
    desk.laptop("SHELF")
    desk.laptop("SENT")
    desk.out(desk.laptop("GIVEN"), desk.pupil("a"))
    desk.lend(desk.laptop("LATE"), desk.pupil("b"), hours=1)
    with desk.database.unit() as db:
        site, now = desk.district.north_room, desk.clock()
        cart = carts.create(db, OPERATOR, name="C", site_id=site, now=now)
        holders = {"CART": Holder(cart_id=cart.id), "PLACE": Holder(place_id=site)}
        for tag, holder in holders.items():
            service.check_out(db, OPERATOR, made[tag], holder, Terms(), now=now)
    move.ship(move.approved(), "SENT")
    desk.clock.forward(hours=2)


EXPECTED = {
    "out": {"GIVEN", "LATE", "CART", "PLACE"},
    "stock": {"SHELF", "SENT"},
    "person": {"GIVEN", "LATE"},
    "place": {"PLACE"},
    "cart": {"CART"},
    "overdue": {"LATE"},
    "in_transit": {"SENT"},
}


def found(desk: Desk, actor: Actor, *words: str) -> set[str]:
    with desk.database.unit(write=False) as db:
        wanted = asked([("holder", word) for word in words], at=desk.clock())
        rows = list_assets(db, actor, wanted)
        told = facets(db, actor, wanted, now=desk.clock())
        assert told.total == rows.count == len(rows.rows)
        return {row.tag for row in rows.rows}


def test_by_who_has_it(desk: Desk, api: MakeCaller) -> None:
    fill(desk)
    for word, tags in EXPECTED.items():
        assert found(desk, OPERATOR, word) == tags, word
    assert found(desk, OPERATOR, "cart", "overdue") == {"CART", "LATE"}
    helpdesk = api("helpdesk", desk.district.north)
    answer = helpdesk.get("/api/v1/assets?holder=overdue&holder=cart")
    assert {row["tag"] for row in answer.json["items"]} == {"CART", "LATE"}
    assert helpdesk.get("/api/v1/assets?holder=Ada").status_code == 422
    assert api("auditor").get("/api/v1/assets?holder=out").status_code == 403


def test_only_for_whoever_may_know(desk: Desk) -> None:
    desk.out(desk.laptop("GIVEN"), desk.pupil("a"))
    south = holding_role(Role.TECHNICIAN, desk.district.south)
    assert found(desk, south, "out") == set()
    everywhere = Grant(ROLE_PERMISSIONS[Role.AUDITOR], None)
    both = replace(south, grants=(*south.grants, everywhere))
    assert found(desk, both, "out") == set(), "all assets, but not who has them"
    with pytest.raises(Forbidden):
        found(desk, holding_role(Role.AUDITOR, desk.district.north_room), "out")
