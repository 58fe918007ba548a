"""Select all that match: the same assets as the list, or how many there are."""

import pytest

from inventory.access import Role
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category
from inventory.assets.listing import key_of, list_assets
from inventory.assets.selecting import matching_ids
from inventory.db import Database
from inventory.errors import Forbidden, InvalidInput
from tests.inventory.assets.conftest import EVERYTHING, District, Make


@pytest.mark.parametrize("q", ["", "t-1", "t", "name", "printer name", "nothing"])
def test_they_are_those_of_the_list(database: Database, make: Make, q: str) -> None:
    for n in (3, 1, 2, 11, 12):
        make(tag=f"T-{n}", name=f"name {n}")
    make(Category.TABLET, tag="X", name="t-1")
    with database.unit(write=False) as db:
        wanted = AssetFilter(q=q, category=(Category.PRINTER,))
        listed = [row.id for row in list_assets(db, EVERYTHING, wanted).rows]
        assert matching_ids(db, EVERYTHING, wanted, limit=5) == listed


def test_beyond_the_limit_it_says_how_many(database: Database, make: Make) -> None:
    for n in range(4):
        make(tag=f"T-{n}")
    with database.unit(write=False) as db:
        assert len(matching_ids(db, EVERYTHING, AssetFilter(), limit=4)) == 4
        for q, number in (("", 4), ("t-2", 1), ("t-", 4)):
            wanted = AssetFilter(q=q)
            if number > 3:
                with pytest.raises(InvalidInput, match=f"{number} assets match; at most 3"):
                    matching_ids(db, EVERYTHING, wanted, limit=3)
            else:
                assert len(matching_ids(db, EVERYTHING, wanted, limit=3)) == number


def test_only_what_may_be_read(database: Database, make: Make, district: District) -> None:
    make(tag="A", site_id=district.adams)
    seen = make(tag="L", site_id=district.room_12)
    with database.unit(write=False) as db:
        reader = district.at(Role.HELPDESK, district.room_12)
        assert matching_ids(db, reader, AssetFilter()) == [seen.id]
        assert matching_ids(db, reader, AssetFilter(q="A")) == []
        with pytest.raises(Forbidden):
            matching_ids(db, district.at(Role.STAFF, district.adams), AssetFilter())


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:00:00-23:00"])
def test_a_cursor_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        key_of(["created_at", text, 1], "created_at")
