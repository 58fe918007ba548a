"""`homeroom custody`: a loan, a swap and what is overdue, on the command line."""

import json

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from tests.conftest import Clock
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import OPERATOR, District, district

__all__ = ["district"]


def test_a_loan_and_a_swap(
    homeroom: Homeroom, database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        for tag in ("L-1", "S-1"):
            draft = AssetDraft(category=Category.LAPTOP, tag=tag, site_id=district.north_room)
            assets.create(db, OPERATOR, draft, now=clock())
        ada = PersonDraft("a", PersonRole.STUDENT, "Ada", "Example", district.north)
        person = str(people.create(db, OPERATOR, ada, now=clock()).id)
    lent = homeroom(
        "custody", "out", "L-1", "--person", person, "--loan", "forgot", "--due",
        "2099-01-01T15:00", "--with", "charger", "--json",
    )  # fmt: skip
    assert lent.code != 0
    assert "too far ahead" in lent.err
    due = ("--due", "2030-01-01T15:00")
    lent = homeroom(
        "custody", "out", "L-1", "--person", person, "--loan", "forgot", *due, "--with", "charger",
        "--json",
    )  # fmt: skip
    assert lent.code == 0, lent.err
    assert json.loads(lent.out)["loan_reason"] == "forgot"
    again = homeroom("custody", "out", "L-1", "--person", person)
    assert again.code == 5
    assert "out already" in again.err

    assert "Ada Example" in homeroom("custody", "overdue", "--all").out
    assert homeroom("custody", "overdue", "--json").out == ""
    assert homeroom("custody", "extend", "L-1", "--due", "2031-01-01T15:00").code == 0
    swapped = homeroom("custody", "swap", "L-1", "S-1", "--keep", "--condition", "broken")
    assert swapped.code == 0, swapped.err
    assert homeroom("custody", "in", "L-1").code == 5
    assert homeroom("custody", "in", "S-1", "--back", "charger=0").code == 0
    assert homeroom("custody", "in", "S-1", "--back", "=x").code == 2
    assert homeroom("custody", "out", "S-1", "--person", person, "--due", "soon").code == 2
