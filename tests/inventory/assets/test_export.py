"""CSV of the list: the same assets in the same order, whole, harmless, and recorded first."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from inventory.access import Role
from inventory.assets import columns as registry, custom_fields, export as exporting
from inventory.assets.columns import COLUMNS, available, needed, picked, remembered, usual
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.export import announce, csv_rows, neutralised, unneutralised
from inventory.assets.filters import SORTS, AssetFilter
from inventory.assets.kinds import Category, FieldKind, Source, Status
from inventory.assets.listing import list_assets
from inventory.assets.matching import match
from inventory.assets.observation import Observation
from inventory.assets.schemas import AssetDraftSchema
from inventory.assets.sightings import sight
from inventory.db import Database
from inventory.errors import Forbidden, InvalidInput
from inventory.sites.models import Site, SiteKind
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

Rows = list[dict[str, str]]


def exported(database: Database, clock: Clock, wanted: AssetFilter, **more: Any) -> Rows:
    actor = more.pop("actor", EVERYTHING)
    with database.unit() as db:
        allowed = announce(db, actor, wanted, now=clock(), **more)
    text = "".join(csv_rows(database, allowed))
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(cell=st.text(st.sampled_from("'=+-@\t\r\nab1, \"")))
def test_what_was_neutralised_comes_back(cell: str) -> None:
    safe = neutralised(cell)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unneutralised(safe) == cell


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-5", "'-5"), ("@x", "'@x"), ("\tx", "'\tx"),
     ("\rx", "'\rx"), ("a=1", "a=1"), ("'=1", "''=1"), ("'x", "'x"), ("", ""), ("12", "12")],
)  # fmt: skip
def test_a_formula_is_text(cell: str, safe: str) -> None:
    assert (neutralised(cell), unneutralised(safe)) == (safe, cell)
    assert unneutralised(cell) == (cell[1:] if cell == "'=1" else cell)


def test_a_line_holds_what_is_recorded(
    database: Database, clock: Clock, make: Make, district: District
) -> None:
    with database.unit() as db:
        for key, kind in (("room_no", FieldKind.NUMBER), ("leased", FieldKind.BOOLEAN),
                          ("due", FieldKind.DATE)):  # fmt: skip
            draft = FieldDraft(key=key, label=key.upper(), kind=kind)
            custom_fields.create_field(db, EVERYTHING, draft, now=clock())
    made = make(
        tag="A-1", name='=HYPERLINK("http://x")', serial="SER-12345", manufacturer="HP",
        model="M404", site_id=district.room_12, description="two\nlines, \"quoted\"",
        purchase_date=date(2024, 8, 1), cost_cents=0, federal_funds=True, order_number="-7",
        custom={"room_no": -1, "leased": False, "due": "2026-01-31"},
    )  # fmt: skip
    make(Category.TABLET, tag="A-2", status=Status.DEPLOYED)
    with database.unit() as db:
        seen = Observation(
            source=Source.SWEEP, source_ref="n", at=clock(), serial="SER-12345", address="10.0.0.9"
        )
        sight(db, EVERYTHING, seen, match(db, seen), now=clock())
        every = list(available(db))
    one, other = exported(database, clock, AssetFilter(), columns=every)
    assert list(one) == every
    expected = {
        "tag": "A-1", "name": "'=HYPERLINK(\"http://x\")", "category": "printer",
        "status": "in_stock", "manufacturer": "HP", "model": "M404", "serial": "SER-12345",
        "school": "Lincoln Elementary", "site": "Room 12", "site_id": str(district.room_12),
        "description": 'two\nlines, "quoted"', "purchase_date": "2024-08-01", "cost_cents": "0",
        "order_number": "'-7", "federal_funds": "true", "warranty_until": "",
        "last_seen_at": "2026-09-01T12:00:00+00:00", "last_seen_source": "sweep",
        "last_seen_address": "10.0.0.9", "created_at": "2026-09-01T12:00:00+00:00",
        "id": str(made.id), "custom.room_no": "'-1", "custom.leased": "false",
        "custom.due": "2026-01-31",
    }  # fmt: skip
    assert {key: one[key] for key in expected} == expected
    empty = {"school", "site", "site_id", "last_seen_at", "custom.room_no", "manufacturer"}
    assert {other[key] for key in empty} == {""}
    assert (other["category"], other["status"]) == ("tablet", "deployed")


def test_the_school_is_found_from_every_depth(
    database: Database, clock: Clock, make: Make, district: District
) -> None:
    with database.unit() as db:
        annex = Site(kind=SiteKind.BUILDING, name="Annex", parent_id=district.lincoln)
        db.add(annex)
        db.flush()
        cellar = Site(kind=SiteKind.ROOM, name="Cellar", parent_id=annex.id)
        db.add(cellar)
        db.flush()
    places = (None, district.district, district.lincoln, district.room_12, district.adams)
    for n, site in enumerate((*places, cellar.id)):
        make(tag=str(n), site_id=site)
    rows = exported(database, clock, AssetFilter(), columns=["school"])
    lincoln = "Lincoln Elementary"
    assert [row["school"] for row in rows] == ["", "", lincoln, lincoln, "Adams High", lincoln]


def test_without_columns_it_is_what_an_import_takes(
    database: Database, clock: Clock, make: Make
) -> None:
    make(tag="A-1")
    (row,) = exported(database, clock, AssetFilter())
    taken = set(AssetDraftSchema().fields) - {"prefix", "identifiers", "custom"}
    assert set(row) == taken


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
@pytest.mark.parametrize("q", ["", "thing"])
def test_batches_follow_the_list(
    monkeypatch: pytest.MonkeyPatch,
    database: Database,
    clock: Clock,
    make: Make,
    sort: str,
    q: str,
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 3)
    for n in range(9):
        make(tag=f"T{n * 7 % 10}", name=f"thing {n // 4}", serial=f"SERIAL{n:02d}")
        clock.forward(minutes=1)
    with database.unit() as db:
        for n in (8, 1, 5, 3):
            seen = Observation(
                source=Source.SWEEP, at=clock(), source_ref=f"n{n}", serial=f"SERIAL{n:02d}"
            )
            sight(db, EVERYTHING, seen, match(db, seen), now=clock())
            clock.forward(minutes=1)
        listed = list_assets(db, EVERYTHING, AssetFilter(q=q), sort=sort, limit=50)
    rows = exported(database, clock, AssetFilter(q=q), sort=sort, columns=["tag", "site"])
    assert [row["tag"] for row in rows] == [row.tag for row in listed.rows]
    assert len(rows) == 9


def test_exact_hits_come_first_and_only_once(database: Database, clock: Clock, make: Make) -> None:
    for tag in ("A-17", "17", "B-17"):
        make(tag=tag)
    rows = exported(database, clock, AssetFilter(q="17"), columns=["tag"])
    assert [row["tag"] for row in rows] == ["17", "A-17", "B-17"]


def test_it_is_recorded_before_anything_leaves(
    database: Database, clock: Clock, make: Make, district: District, events: Callable[..., Any]
) -> None:
    make(tag="L", site_id=district.room_12)
    make(tag="A", site_id=district.adams)
    reader = district.at(Role.HELPDESK, district.lincoln, district.room_12)
    wanted = AssetFilter(category=(Category.PRINTER,), unseen_days=3, at=clock())
    rows = exported(database, clock, wanted, actor=reader, columns=["tag"], sort="-name")
    assert [row["tag"] for row in rows] == ["L"]
    (event,) = events("asset.exported")
    assert json.loads(event.after) == {
        "filter": ["category=printer", "unseen_days=3"], "sort": "-name", "columns": "tag",
        "count": 1,
    }  # fmt: skip
    with database.unit() as db:
        for bad in ({"sort": "colour"}, {"columns": ["nope"]}, {"columns": ["custom.nope"]}):
            with pytest.raises(InvalidInput):
                announce(db, reader, AssetFilter(), now=clock(), **bad)  # type: ignore[arg-type]
        with pytest.raises(Forbidden):
            announce(db, replace(reader, grants=()), AssetFilter(), now=clock())
    assert len(events("asset.exported")) == 1


def test_memory_stays_flat(monkeypatch: pytest.MonkeyPatch, database: Database, clock: Clock,
                           make: Make) -> None:  # fmt: skip
    monkeypatch.setattr(exporting, "BATCH", 2)
    for n in range(5):
        make(tag=f"T{n}")
    with database.unit() as db:
        allowed = announce(db, EVERYTHING, AssetFilter(), columns=["tag"], now=clock())
    chunks = csv_rows(database, allowed)
    assert next(chunks) == "tag\r\n"
    assert next(chunks) == "T0\r\nT1\r\n"
    make(tag="T9")
    assert list(chunks) == ["T2\r\nT3\r\n", "T4\r\nT9\r\n"]
    assert allowed.count == 5


def test_columns_are_picked_by_key(database: Database, clock: Clock, make: Make) -> None:
    make(tag="A")
    with database.unit() as db:
        draft = FieldDraft(key="room_no", label="Room", kind=FieldKind.TEXT)
        custom_fields.create_field(db, EVERYTHING, draft, now=clock())
    with database.unit(write=False) as db:
        assert [c.key for c in picked(db, ["site", "custom.room_no", "site"])] == [
            "site", "custom.room_no",
        ]  # fmt: skip
        assert [c.key for c in remembered(db, ["gone", "tag", "custom.gone"])] == ["tag"]
        assert remembered(db, ["gone"]) == remembered(db, []) == usual()
        assert available(db)["custom.room_no"].label == "Room"
        page = list_assets(db, EVERYTHING, AssetFilter(), also=needed(available(db).values()))
        for column in available(db).values():
            column.getter(page.rows[0])
    assert {key for key, column in COLUMNS.items() if column.sortable} == set(SORTS)
    assert all(column.key == key for key, column in registry.COLUMNS.items())


def test_through_the_api(
    api: Callable[..., Any], database: Database, clock: Clock, make: Make, district: District,
    events: Callable[..., Any],
) -> None:  # fmt: skip
    make(tag="Ä-1", site_id=district.room_12, name="@home")
    make(tag="A-2", site_id=district.adams)
    caller = api("technician", site=district.lincoln)
    answer = caller.get("/api/v1/assets.csv?columns=tag&columns=name")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    assert 'attachment; filename="assets-2026-09-01.csv"' in answer.headers["Content-Disposition"]
    assert answer.get_data(as_text=True) == "tag,name\r\nÄ-1,'@home\r\n"
    assert [event.actor_kind for event in events("asset.exported")] == ["token"]
    for query in ("columns=nope", "sort=x", "limit=5", "custom=a:b", "stauts=lost"):
        assert caller.get(f"/api/v1/assets.csv?{query}").status_code == 422, query
    assert api("staff", site=district.lincoln).get("/api/v1/assets.csv").status_code == 403
    assert len(events("asset.exported")) == 1
    make(tag="F", warranty_until=date(2026, 9, 1))
    clock.forward(hours=14)
    # It is 22:00 of the first of September in the district, and already the second in UTC.
    rest = api("coordinator").get("/api/v1/assets.csv?columns=tag&warranty_days=0")
    assert rest.get_data(as_text=True) == "tag\r\nF\r\n"
