"""Places: the tree, its rules, who reaches what, and who may move it."""

from typing import Any

import pytest

from inventory.db import Database
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput, NotFound
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller


def test_a_subtree_is_everything_below(database: Database, district: District) -> None:
    with database.unit(write=False) as db:
        assert sites.subtree(db, district.north) == {
            district.north, district.north_building, district.north_room, district.north_lab,
        }  # fmt: skip
        assert sites.subtree(db, district.south_room) == {district.south_room}
        assert sites.subtree(db, 999_999) == frozenset()
        assert len(sites.subtree(db, district.district)) == 7
        assert sites.path(db, district.north_room) == [
            "Maple Valley Public Schools", "North School", "Main Building", "Room 12",
        ]  # fmt: skip


def test_the_tree_lists_parents_first_within_reach(district: District, api: MakeCaller) -> None:
    whole = api("coordinator").get("/api/v1/sites").json["items"]
    assert [site["name"] for site in whole] == [
        "Maple Valley Public Schools", "North School", "Main Building", "Computer Lab", "Room 12",
        "South School", "Room 3",
    ]  # fmt: skip
    north = api("technician", site=district.north).get("/api/v1/sites").json["items"]
    assert [site["name"] for site in north] == [
        "North School", "Main Building", "Computer Lab", "Room 12",
    ]  # fmt: skip


def test_a_place_lies_only_where_it_can(district: District, api: MakeCaller) -> None:
    boss = api("coordinator")
    for kind, parent in (
        ("room", district.district),
        ("school", district.north),
        ("building", district.north_room),
        ("room", district.north_room),
        ("district", district.north),
    ):
        body = {"kind": kind, "name": "X", "parent_id": parent}
        answer = boss.post("/api/v1/sites", json=body)
        assert answer.status_code == 422, (kind, answer.json)


def test_there_is_one_district(database: Database, district: District, clock: Clock) -> None:
    with pytest.raises(Conflict), database.unit() as db:
        sites.create(db, OPERATOR, kind=SiteKind.DISTRICT, name="Another", now=clock())
    with database.unit() as db:
        assert sites.ensure_district(db, OPERATOR, "X", now=clock()).id == district.district


def test_create_change_and_delete_through_the_api(
    district: District, api: MakeCaller, events: Any
) -> None:
    boss = api("coordinator")
    body = {"kind": "room", "name": "  Room\t 14 ", "parent_id": district.north, "code": "N-14"}
    made = boss.post("/api/v1/sites", json=body)
    assert made.status_code == 201, made.json
    assert made.json["name"] == "Room 14"
    assert made.json["path"][-2:] == ["North School", "Room 14"]
    url = f"/api/v1/sites/{made.json['id']}"
    assert boss.patch(url, json={"name": "Room 15"}).status_code == 428
    stale = {"If-Match": '"site-1-99"'}
    assert boss.patch(url, json={"name": "Room 15"}, headers=stale).status_code == 412
    fresh = {"If-Match": made.headers["ETag"]}
    changed = boss.patch(url, json={"name": "Room 15", "code": None}, headers=fresh)
    assert changed.status_code == 200, changed.json
    assert (changed.json["name"], changed.json["code"]) == ("Room 15", None)
    assert boss.patch(url, json={"name": "Room 16"}, headers=fresh).status_code == 412
    assert boss.get(url).headers["ETag"] == changed.headers["ETag"]
    fresh = {"If-Match": changed.headers["ETag"]}
    assert boss.delete(url, headers=fresh).status_code == 204
    assert boss.get(url).status_code == 404
    assert [len(events(f"site.{verb}")) for verb in ("changed", "deleted")] == [1, 1]
    assert events("site.changed")[0].before == '{"code": "N-14", "name": "Room 14"}'


def test_a_place_in_use_stays(district: District, api: MakeCaller) -> None:
    boss = api("coordinator")
    for id_, why in (
        (district.north_building, "site"),
        (district.north, "role grant"),
        (district.district, "root"),
    ):
        etag = boss.get(f"/api/v1/sites/{id_}").headers["ETag"]
        if id_ == district.north:
            api("technician", site=id_)
        answer = boss.delete(f"/api/v1/sites/{id_}", headers={"If-Match": etag})
        assert answer.status_code == 409
        assert why in answer.json["detail"] or id_ == district.north


def test_a_move_needs_the_right_at_both_ends(
    database: Database, district: District, clock: Clock
) -> None:
    from inventory.access import Actor, Grant, Permission

    both = frozenset({Permission.SITE_READ, Permission.SITE_WRITE})
    with database.unit() as db:
        north = Actor("account", 1, "n", (Grant(both, sites.subtree(db, district.north)),))
        move = {"parent_id": district.south}
        with pytest.raises(InvalidInput):
            sites.change(db, north, district.north_room, move, now=clock())
        south_too = Actor(
            "account", 1, "n", (*north.grants, Grant(frozenset({Permission.SITE_READ}), None))
        )
        with pytest.raises(Forbidden):
            sites.change(db, south_too, district.north_room, move, now=clock())
        with pytest.raises(NotFound):
            sites.change(db, north, district.south_room, {"name": "x"}, now=clock())
        with pytest.raises(Forbidden):
            sites.change(db, south_too, district.south_room, {"name": "x"}, now=clock())
        moved = sites.change(db, OPERATOR, district.north_room, move, now=clock())
        assert moved.parent_id == district.south


def test_no_place_lies_in_itself(database: Database, district: District, clock: Clock) -> None:
    with database.unit() as db:
        inner = sites.create(
            db, OPERATOR, kind=SiteKind.ROOM, name="r", parent_id=district.south, now=clock()
        )
        for parent in (inner.id, district.south_room):
            with pytest.raises(InvalidInput):
                sites.change(db, OPERATOR, district.south, {"parent_id": parent}, now=clock())


def test_a_move_changes_reach_at_once(district: District, api: MakeCaller) -> None:
    tech = api("technician", site=district.south)
    boss = api("coordinator")
    url = f"/api/v1/sites/{district.north_room}"
    assert tech.get(url).status_code == 404
    etag = boss.get(url).headers["ETag"]
    moved = boss.patch(url, json={"parent_id": district.south}, headers={"If-Match": etag})
    assert moved.status_code == 200
    assert tech.get(url).status_code == 200


def test_a_name_is_one_printable_line(district: District, api: MakeCaller) -> None:
    boss = api("coordinator")
    for name in ("", "   ", "a\x00b", "x" * 121, "a\u202eb"):
        body = {"kind": "room", "name": name, "parent_id": district.north}
        assert boss.post("/api/v1/sites", json=body).status_code == 422, repr(name)
    body["name"] = "a\u2028b\n c"
    assert boss.post("/api/v1/sites", json=body).json["name"] == "a b c"


def test_codes_are_plain_and_unique(database: Database, district: District, clock: Clock) -> None:
    with database.unit() as db:
        for code in ("a b", "a/b", "=1", "é", "x" * 41):
            with pytest.raises(InvalidInput):
                sites.change(db, OPERATOR, district.south, {"code": code}, now=clock())
        with pytest.raises(Duplicate):
            sites.change(db, OPERATOR, district.south, {"code": "N"}, now=clock())
        with pytest.raises(InvalidInput):
            sites.change(db, OPERATOR, district.south, {"kind": "room"}, now=clock())


def test_bad_bodies_are_refused(district: District, api: MakeCaller) -> None:
    boss = api("coordinator")
    good = {"kind": "room", "name": "X", "parent_id": district.north}
    bodies: list[object] = [
        {"kind": "room", "name": "X"},
        {**good, "kind": "cave"},
        {**good, "parent_id": "1; DROP TABLE site"},
        {**good, "parent_id": 10**30},
        {**good, "name": ["X"]},
        {**good, "id": 7},
        {**good, "version": 7},
        [],
        "x",
        None,
    ]
    for body in bodies:
        assert boss.post("/api/v1/sites", json=body).status_code == 422, body
    assert boss.post("/api/v1/sites", json=good).status_code == 201
