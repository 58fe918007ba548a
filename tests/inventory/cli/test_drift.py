"""`homeroom drift`: the list and the numbers, with a hostile name."""

import json

from inventory.db import Database
from tests.conftest import Clock
from tests.house.routes import Side
from tests.house.routes.admin_drift import admin_drift
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import District, district

__all__ = ["district"]


def test_the_list_and_the_numbers(
    homeroom: Homeroom, database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        side = Side(db, clock(), district.north, district.north_room, 0)
        admin_drift(side, "eve\x1b[31m")
    shown = homeroom("drift", "list")
    assert shown.code == 0, shown.err
    assert "eve" in shown.out and "\x1b[31m" not in shown.out
    (line,) = homeroom("drift", "list", "--json", "--kind", "unverified").out.splitlines()
    assert json.loads(line)["kind"] == "unverified"
    assert homeroom("drift", "list", "--json", "--kind", "not_observed").out == ""
    assert json.loads(homeroom("drift", "summary", "--json").out)["clean"] == 0
