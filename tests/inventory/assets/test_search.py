"""Lists and search: every filter, every order, every hostile query."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from inventory.access import Role
from inventory.assets import custom_fields, search, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category, FieldKind, Source, Status
from inventory.assets.listing import AssetPage, key_of, list_assets
from inventory.assets.matching import match
from inventory.assets.models import Asset
from inventory.assets.observation import Observation
from inventory.assets.sightings import sight
from inventory.db import Database
from inventory.errors import InvalidInput
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

Find = Callable[..., list[str]]


@pytest.fixture
def find(database: Database) -> Find:
    """The tags of one page."""

    def found(q: str = "", **more: Any) -> list[str]:
        with database.unit(write=False) as db:
            sort = more.pop("sort", "tag")
            actor = more.pop("actor", EVERYTHING)
            page = list_assets(db, actor, AssetFilter(q=q, **more), sort=sort)
        assert page.count == len(page.rows)
        return [row.tag for row in page.rows]

    return found


@pytest.fixture
def fleet(make: Make, district: District) -> dict[str, Asset]:
    return {
        asset.tag: asset
        for asset in (
            make(tag="WPS-00017", manufacturer="HP", model="LaserJet Pro M404dn",
                 serial="VNB3K12345", name="Front office", site_id=district.room_12,
                 identifiers=[("mac", "001b78aabbcc")], funding_source="Title I"),
            make(Category.TABLET, tag="WPS-00117", manufacturer="Apple", model="iPad 10.9",
                 serial="DMPX1234Q1", name="Cart 100%_A", site_id=district.adams,
                 status=Status.DEPLOYED, identifiers=[("imei", "490154203237518")]),
            make(Category.LAPTOP, tag="ÄRGER 7", manufacturer="Dell", model="Latitude 3340",
                 serial="N/A", name='say "hi" OR NOT', description="Loaner for ÉCOLE trips"),
        )
    }  # fmt: skip


def test_words_are_found_wherever_they_are(find: Find, fleet: dict[str, Asset]) -> None:
    for q, tags in {
        "": ["WPS-00017", "WPS-00117", "ÄRGER 7"],
        "nb3k": ["WPS-00017"],
        "OFFICE laser": ["WPS-00017"],
        "hp": ["WPS-00017"],
        "Hewlett": [],
        "lincoln": ["WPS-00017"],
        "12 room": ["WPS-00017"],
        "westbrook": ["WPS-00017", "WPS-00117"],
        "ahs": ["WPS-00117"],
        "m404": ["WPS-00017"],
        "ipad apple dmpx": ["WPS-00117"],
        "ipad hp": [],
        "17": ["WPS-00017", "WPS-00117"],
        "w": ["WPS-00017", "WPS-00117"],
        "7": ["WPS-00017", "WPS-00117", "ÄRGER 7"],
        "ärg": ["ÄRGER 7"],
        "école": ["ÄRGER 7"],
        "10.9": ["WPS-00117"],
        "aa:bb:cc": ["WPS-00017"],
    }.items():
        assert find(q) == tags, q


def test_operators_and_wildcards_are_plain_characters(find: Find, fleet: dict[str, Asset]) -> None:
    for q, tags in {
        "100%_a": ["WPS-00117"],
        "100_": [],
        "r__m": [],
        "li%ln": [],
        "%": [],
        "%%%": [],
        "___": [],
        '"hi"': ["ÄRGER 7"],
        '"': [],
        '"""': [],
        "say OR": ["ÄRGER 7"],
        "front NO": [],
        "nb3k OR nothing": [],
        "nb3* ": [],
        "doc:nb3": [],
        "NEAR(front office)": [],
        "front AND": [],
        "-front": [],
        "' OR 1=1 --": [],
        "\\": [],
        "abc\\def": [],
        "{}[]()^~": [],
        "front\x00office": ["WPS-00017"],
        "\x00": ["WPS-00017", "WPS-00117", "ÄRGER 7"],
        "\u202efront": ["WPS-00017"],
        "\ud800": ["WPS-00017", "WPS-00117", "ÄRGER 7"],
    }.items():
        assert find(q) == tags, q
    for q in ("x" * 201, "a b c d e f g h i"):
        with pytest.raises(InvalidInput):
            find(q)


def test_exact_hits_come_first(
    database: Database, find: Find, fleet: dict[str, Asset], make: Make
) -> None:
    make(tag="A-WPS-00017-B")
    make(tag="17")
    assert find("wps-00017") == ["WPS-00017", "A-WPS-00017-B"]
    assert find("17") == ["17", "WPS-00017", "WPS-00117"]
    for q in ("00-1B-78-AA-BB-CC", "001b.78aa.bbcc", "vnb3k12345"):
        assert find(q) == ["WPS-00017"]
    assert find("49-015420-323751-8") == ["WPS-00117"]
    with database.unit(write=False) as db:
        page = list_assets(db, EVERYTHING, AssetFilter(q="17"), limit=1)
        assert ([r.tag for r in page.rows], page.exact, page.count) == (["17", "WPS-00017"], 1, 3)
        rest = list_assets(db, EVERYTHING, AssetFilter(q="17"), limit=1, after=page.after)
        assert ([r.tag for r in rest.rows], rest.after) == (["WPS-00117"], None)


def test_what_is_found_follows_what_is_changed(
    database: Database, clock: Clock, find: Find, fleet: dict[str, Asset]
) -> None:
    asset = fleet["WPS-00017"]
    with database.unit() as db:
        service.change(
            db, EVERYTHING, asset.id, {"tag": "NEW-1", "name": "Library", "serial": "ZZTOP99"},
            now=clock(),
        )  # fmt: skip
    assert find("wps-00017") == ["NEW-1"]
    assert find("zztop") == find("library") == ["NEW-1"]
    assert find("front") == find("nb3k") == []
    with database.unit() as db:
        service.change(db, EVERYTHING, asset.id, {"model": "OfficeJet 9"}, now=clock())
    assert (find("officejet"), find("m404")) == (["NEW-1"], [])


def test_filters(
    database: Database, clock: Clock, find: Find, fleet: dict[str, Asset], district: District
) -> None:
    with database.unit() as db:
        for key, kind in (("room_no", FieldKind.NUMBER), ("leased", FieldKind.BOOLEAN),
                          ("colour", FieldKind.TEXT)):  # fmt: skip
            draft = FieldDraft(key=key, label=key, kind=kind)
            custom_fields.create_field(db, EVERYTHING, draft, now=clock())
        values = {"room_no": 12, "leased": True, "colour": 'it\'s "red"'}
        changes = {"custom": values}
        service.change(db, EVERYTHING, fleet["WPS-00017"].id, changes, now=clock())
        clock.forward(days=1)
        seen = Observation(source=Source.SWEEP, source_ref="n", at=clock(), serial="VNB3K12345")
        sight(db, EVERYTHING, seen, match(db, seen), now=clock())
    hp = ["WPS-00017"]
    others = ["WPS-00117", "ÄRGER 7"]
    assert find(category=(Category.PRINTER, Category.FAX)) == hp
    assert find(status=(Status.IN_STOCK,)) == ["WPS-00017", "ÄRGER 7"]
    assert find(site_id=district.lincoln) == hp
    assert find(site_id=district.district) == ["WPS-00017", "WPS-00117"]
    assert find(site_id=999) == []
    assert find(manufacturer="hewlett packard") == hp
    assert find(manufacturer="nobody") == []
    assert find(model_id=fleet["WPS-00017"].model_id) == hp
    assert find(has_serial=True) == find() and find(has_serial=False) == []
    assert find(funding_source="Title I") == hp
    assert find(federal_funds=True) == []
    assert find(tag="wps-00017") == hp
    assert find(seen_after=clock()) == hp
    assert find(seen_before=clock()) == others
    assert find(seen_before=clock() + timedelta(seconds=1)) == find()
    for pair in (("room_no", "12"), ("room_no", "12.0"), ("leased", "true"),
                 ("colour", "it's \"red\"")):  # fmt: skip
        assert find(custom=(pair,)) == hp
    for pair in (("room_no", "13"), ("leased", "false"), ("colour", "red")):
        assert find(custom=(pair,)) == []
    for bad in (("nope", "1"), ("room_no", "x"), ("leased", "1"), ('a"."b', "1")):
        with pytest.raises(InvalidInput):
            find(custom=(bad,))
    assert find("wps", category=(Category.TABLET,), status=(Status.DEPLOYED,)) == ["WPS-00117"]
    reader = district.at(Role.HELPDESK, district.adams)
    assert find(actor=reader) == ["WPS-00117"] == find("wps", actor=reader)
    assert find("WPS-00017", actor=reader) == find("lincoln", actor=reader) == []


def pages(db: Session, sort: str, **more: Any) -> list[AssetPage]:
    wanted = AssetFilter(**more)
    found = [list_assets(db, EVERYTHING, wanted, sort=sort, limit=3)]
    while found[-1].after is not None:
        after = key_of([sort, *found[-1].after], sort)
        found.append(
            list_assets(db, EVERYTHING, AssetFilter(**more), sort=sort, after=after, limit=3)
        )
    return found


def test_pages_run_both_ways_without_gap_or_repeat(
    database: Database, clock: Clock, make: Make
) -> None:
    for n in range(10):
        make(tag=f"T{n}", name=f"name {n // 3}", serial=f"SERIAL{n:02d}")
        clock.forward(minutes=1)
    with database.unit() as db:
        for n in (8, 1, 5, 3):
            ref = {"source_ref": f"n{n}", "serial": f"SERIAL{n:02d}"}
            seen = Observation(source=Source.SWEEP, at=clock(), **ref)
            sight(db, EVERYTHING, seen, match(db, seen), now=clock())
            clock.forward(minutes=1)
        orders = {
            "tag": "0123456789", "-tag": "9876543210", "name": "0123456789",
            "-created_at": "9876543210", "last_seen_at": "0246798153",
            "-last_seen_at": "3518976420",
        }  # fmt: skip
        for sort, expected in orders.items():
            there = pages(db, sort)
            assert "".join(r.tag[1] for p in there for r in p.rows) == expected, sort
            assert [len(p.rows) for p in there] == [3, 3, 3, 1]
            assert (there[0].before, there[0].count) == (None, 10)
            back, page = "", there[-1]
            while page.before is not None:
                before = key_of([sort, *page.before], sort)
                page = list_assets(db, EVERYTHING, AssetFilter(), sort=sort, before=before, limit=3)
                back = "".join(r.tag[1] for r in page.rows) + back
            assert back == expected[:9], sort
        assert (
            "".join(r.tag[1] for p in pages(db, "-tag", q="name") for r in p.rows) == "9876543210"
        )


@pytest.mark.parametrize(
    "cursor",
    [[], ["tag"], ["tag", "x"], ["name", "x", 1], ["tag", 5, 1], ["tag", None, 1],
     ["tag", "x", "1"], ["tag", "a\x00", 1], ["tag", "\ud800", 1],
     ["tag", "x", 2**63], ["tag", "x", True]],
)  # fmt: skip
def test_forged_cursors_are_refused(cursor: list[object]) -> None:
    with pytest.raises(InvalidInput):
        key_of(cursor, "tag")
    with pytest.raises(InvalidInput):
        key_of(["created_at", "2026-01-01", 1], "created_at")


def test_common_words_are_found_without_the_indexes(
    monkeypatch: pytest.MonkeyPatch, find: Find, fleet: dict[str, Asset]
) -> None:
    expected = {
        q: find(q) for q in ("wps", "hp", "17", "lincoln laser", "7 wps", "zzz", "ipad hp", "10__a")
    }
    for many in (0, 1):
        monkeypatch.setattr(search, "MANY", many)
        assert {q: find(q) for q in expected} == expected


def test_a_count_stops_at_its_cap(
    monkeypatch: pytest.MonkeyPatch, database: Database, fleet: dict[str, Asset]
) -> None:
    monkeypatch.setattr("inventory.assets.listing.COUNTED", 2)
    with database.unit(write=False) as db:
        for q in ("", "wps", "7"):
            page = list_assets(db, EVERYTHING, AssetFilter(q=q))
            assert (page.count, page.capped) == (2, q != "wps")
        assert len(page.rows) == 3
