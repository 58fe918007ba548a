"""`homeroom custody cart`: filled, given, refused with the reason, taken back."""

import json

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.custody import carts
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import OPERATOR, District, district

__all__ = ["district"]


def test_a_cart(homeroom: Homeroom, database: Database, district: District, clock: Clock) -> None:
    with database.unit() as db:
        for tag in ("L-1", "L-2"):
            draft = AssetDraft(category=Category.LAPTOP, tag=tag, site_id=district.north_room)
            assets.create(db, OPERATOR, draft, now=clock())
        made = carts.create(db, OPERATOR, name="Cart 7", site_id=district.north_room, now=clock())
        number = str(made.id)
    cart = ("custody", "cart")
    assert "Cart 7" in homeroom(*cart, "list").out
    assert homeroom(*cart, "put", number, "L-1", "L-2").code == 0
    assert homeroom(*cart, "put", number, "L-1").code == 5
    place = ("--place", str(district.north_lab))
    asked = homeroom(*cart, "give", number, *place, "--dry-run", "--json")
    assert asked.code == 0, asked.err
    assert not json.loads(asked.out)["applied"]
    given = homeroom(*cart, "give", number, *place, "--only", "L-1")
    assert given.code == 0, given.err
    refused = homeroom(*cart, "give", number, *place)
    assert refused.code == 5
    assert "out already" in refused.out
    lines = homeroom(*cart, "show", number, "--json").out.splitlines()
    shown = [json.loads(line) for line in lines]
    assert [(each["tag"], each["where"]) for each in shown] == [("L-1", "out"), ("L-2", "in")]
    back = homeroom(*cart, "back", number, "--condition", "good")
    assert back.code == 0, back.err
    assert homeroom(*cart, "show", number).out.count(" in") >= 2
