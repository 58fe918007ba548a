"""The pages of places: a tree with counts, within one's reach; added, renamed, moved, deleted."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from inventory.access import Permission, system_actor
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller

HOSTILE = "<script>alert(1)</script>\"'"


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


@pytest.fixture
def stocked(database: Database, clock: Clock, district: District) -> None:
    """Three assets at North School (one in the lab, one in room 12), one at South School."""
    operator = system_actor("test", Permission)
    with database.unit() as db:
        for n, site in enumerate(
            (district.north, district.north_lab, district.north_room, district.south_room)
        ):
            draft = AssetDraft(category=Category.PRINTER, tag=f"T-{n}", site_id=site)
            assets.create(db, operator, draft, now=clock())


def counted(text: str) -> dict[str, int]:
    """Names of places with the number behind each."""
    rows = re.findall(
        r'<a href="/sites/\d+"><bdi>([^<]+)</bdi></a>.*?class="n[^"]*"[^>]*>(\d+)<', text, re.DOTALL
    )
    return {name: int(number) for name, number in rows}


def names(database: Database) -> set[str]:
    with database.unit(write=False) as db:
        return set(db.execute(sa.select(Site.name)).scalars())  # type: ignore[call-overload]


def test_the_tree_counts_what_lies_in_each_place(
    boss: Caller, stocked: None, district: District
) -> None:
    text = boss.get("/sites").text
    assert counted(text) == {
        "Maple Valley Public Schools": 4, "North School": 3, "Main Building": 2, "Room 12": 1,
        "Computer Lab": 1, "South School": 1, "Room 3": 1,
    }  # fmt: skip
    assert "1 building, 2 rooms" in re.sub(r"\s+", " ", text)
    assert f'href="/assets?site_id={district.north}"' in text
    page = boss.get(f"/sites/{district.north}").text
    assert "South School" not in page
    assert re.search(r"not in any part of it</dt><dd>1<", page)


def test_rooms_stand_in_the_order_of_their_numbers(
    boss: Caller, database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        for name in ("Room 100", "Room 9", "Room 20", "room 10b", "Annex"):
            sites.create(db, OPERATOR, kind=SiteKind.ROOM, name=name, parent_id=district.south,
                         now=clock())  # fmt: skip
    text = boss.get(f"/sites/{district.south}").text
    found = [name for name in counted(text) if name != "South School"]
    assert found == ["Annex", "Room 3", "Room 9", "room 10b", "Room 20", "Room 100"]


def test_another_school_is_out_of_sight(
    browser: MakeCaller, stocked: None, district: District
) -> None:
    local = browser("technician", site=district.north)
    text = local.get("/sites").text
    assert counted(text) == {"North School": 3, "Main Building": 2, "Room 12": 1, "Computer Lab": 1}
    assert "Add a" not in text
    assert "0 places found" in local.get("/sites?q=South").text
    for path in ("", "/inside"):
        assert local.get(f"/sites/{district.south}{path}").status_code == 404
    assert local.get(f"/sites/{district.north}/edit").status_code == 403
    head = browser("coordinator", site=district.north)
    for path in ("new", "edit", "move", "delete"):
        assert head.get(f"/sites/{district.south}/{path}").status_code == 404, path


def test_found_by_name_or_code(boss: Caller, district: District) -> None:
    assert "1 place found" in boss.get("/sites?q=compuTER").text
    assert "North School" in boss.get("/sites?q=N").text
    nothing = boss.get("/sites", query_string={"q": HOSTILE}).text
    assert "0 places found" in nothing
    assert "<script>alert" not in nothing


def test_a_large_district_fetches_a_school_when_it_is_opened(
    boss: Caller, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.desk.site_pages.MANY", 3)
    text = boss.get("/sites").text
    assert "Computer Lab" not in text
    assert f'hx-get="/sites/{district.north}/inside" hx-trigger="toggle once"' in text
    assert "Show what is in it" in text
    part = boss.get(f"/sites/{district.north}/inside", headers={"HX-Request": "true"}).text
    assert "Computer Lab" in part
    assert "<html" not in part


def test_added_and_another_one(boss: Caller, district: District, database: Database) -> None:
    form = boss.get(f"/sites/{district.north}/new").text
    assert re.findall(r'<option value="(\w+)"', form) == ["building", "room"]
    sent = {"kind": "room", "name": f"  Room  {HOSTILE}", "code": "N-77", "another": "true"}
    answer = boss.post(f"/sites/{district.north}/new", data=sent)
    assert answer.location == f"/sites/{district.north}/new?kind=room"
    again = boss.get(answer.location).text
    assert '<option value="room" selected>' in again
    assert "&lt;script&gt;alert" in again  # it is told that it was added
    assert "<script>alert" not in again + boss.get("/sites").text
    assert f"Room {HOSTILE}" in names(database)
    last = boss.post(f"/sites/{district.north}/new", data={"kind": "building", "name": "Gym"})
    assert last.location == f"/sites/{district.north}"


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"name": ""}, 422, "required"),
        ({"name": "\u202e"}, 422, "printable characters"),
        ({"code": "has space"}, 422, "letters, digits, dots"),
        ({"code": "S"}, 409, "the code S is taken"),
        ({"kind": "school"}, 422, "a school lies in district"),
        ({"kind": "district"}, 422, "a district lies in nothing"),
        ({"kind": "castle"}, 422, "Must be one of"),
        ({"parent_id": "1"}, 422, "Nothing was saved"),
    ],
)
def test_what_cannot_be_added_is_told(
    boss: Caller, district: District, database: Database, change: dict[str, str], status: int,
    told: str,
) -> None:  # fmt: skip
    before = names(database)
    sent = {"kind": "room", "name": "Den", "code": "", **change}
    answer = boss.post(f"/sites/{district.north}/new", data=sent)
    assert answer.status_code == status
    assert told in answer.text
    assert names(database) == before


def version(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found
    return found.group(1)


def test_renamed_and_who_was_quicker(boss: Caller, district: District, database: Database) -> None:
    url = f"/sites/{district.south}/edit"
    first = version(boss.get(url).text)
    sent = {"name": "South Academy", "code": "SA", "version": first}
    assert boss.post(url, data=sent).status_code == 303
    late = boss.post(url, data={**sent, "name": "Mine"})
    assert late.status_code == 412
    assert "South Academy" in late.text
    assert 'value="Mine"' in late.text
    assert boss.post(url, data={**sent, "name": "Mine", "version": version(late.text)}).location
    assert "Mine" in names(database)
    gone = {"name": "Mine", "code": "", "version": version(boss.get(url).text)}
    boss.post(url, data=gone)
    with database.unit(write=False) as db:
        assert db.get_one(Site, district.south).code is None


def test_moved_with_everything_in_it(
    boss: Caller, stocked: None, district: District, events: Any
) -> None:
    url = f"/sites/{district.north_building}/move"
    form = boss.get(url).text
    assert "With it moves everything in it: 2 assets." in form
    offered = re.findall(r'<option value="(\d+)"', form)
    assert offered == [str(n) for n in (district.district, district.north, district.south)]
    sent = {"parent_id": str(district.south), "version": version(form)}
    assert boss.post(url, data=sent).location == f"/sites/{district.north_building}"
    assert counted(boss.get("/sites").text)["South School"] == 3
    assert [event.before for event in events("site.changed")] == [
        f'{{"parent_id": {district.north}}}'
    ]
    into_itself = {"parent_id": str(district.north_building), "version": "2"}
    assert boss.post(url, data=into_itself).status_code == 422


def test_moving_needs_both_ends(browser: MakeCaller, district: District) -> None:
    head = browser("coordinator", site=district.north)
    url = f"/sites/{district.north_room}/move"
    form = head.get(url).text
    assert str(district.south) not in re.findall(r'<option value="(\d+)"', form)
    sent = {"parent_id": str(district.south), "version": version(form)}
    assert head.post(url, data=sent).status_code == 422


def test_deleted_only_when_empty(
    boss: Caller, stocked: None, district: District, database: Database, events: Any
) -> None:
    url = f"/sites/{district.north_lab}/delete"
    asked = boss.get(url)
    assert "It can only be deleted once nothing is in it any more." in asked.text
    refused = boss.post(url, data={"version": version(asked.text)})
    assert refused.status_code == 409
    assert "still used by asset records" in refused.text
    assert boss.post(url, data={}).status_code == 422
    sent = {"kind": "room", "name": "Empty"}
    boss.post(f"/sites/{district.north}/new", data=sent)
    with database.unit(write=False) as db:
        empty = db.execute(sa.select(Site.id).where(Site.name == "Empty")).scalar_one()  # type: ignore[call-overload,arg-type]
    url = f"/sites/{empty}/delete"
    assert boss.post(url, data={"version": "9"}).status_code == 412
    done = boss.post(url, data={"version": version(boss.get(url).text)})
    assert done.location == f"/sites/{district.north}"
    assert len(events("site.deleted")) == 1
    district_form = boss.get(f"/sites/{district.district}/delete").text
    kept = boss.post(f"/sites/{district.district}/delete", data={"version": version(district_form)})
    assert kept.status_code == 409


def test_a_thousand_rooms_cost_three_statements(
    boss: Caller, district: District, database: Database
) -> None:
    with database.unit() as db:
        rows = [{"uid": f"{n:032}", "kind": SiteKind.ROOM, "name": f"R {n}", "version": 1,
                 "parent_id": district.north_building} for n in range(1000)]  # fmt: skip
        db.execute(sa.insert(Site), rows)
    statements: list[str] = []

    def keep(*given: object) -> None:
        statements.append(str(given[2]))

    sa.event.listen(database.engine, "before_cursor_execute", keep)
    answer = boss.get("/sites")
    assert "R 999" not in answer.text
    assert len(answer.data) < 40_000
    asked = [each for each in statements if "FROM site" in each or "FROM asset" in each]
    assert len(asked) == 2, asked
