"""The life of an import of assets: upload, plan, approve, undo."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Actor, Grant, Permission
from inventory.asset_import import imports, planning, staging
from inventory.asset_import.applying import approve
from inventory.asset_import.models import AssetImport, AssetImportRow, ImportState, RowOutcome
from inventory.asset_import.options import Options, options_of
from inventory.asset_import.undoing import undo
from inventory.assets.kinds import Category
from inventory.assets.models import Asset, AssetTag, Identifier
from inventory.assets.service import AssetDraft, by_tag, change, create
from inventory.db import Database
from inventory.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District

HEAD = "Asset Tag,Serial Number,Manufacturer,Model,Category,Location,Notes\n"


def planned(
    database: Database, clock: Clock, text: str | bytes, *, actor: Actor = OPERATOR,
    decisions: dict[str, Any] | None = None, most: int = 1_000, **changes: Any,
) -> int:  # fmt: skip
    raw = text if isinstance(text, bytes) else text.encode()
    import_id = staging.receive(
        database, actor, io.BytesIO(raw), name="list.csv", most_rows=most, now=clock()
    )
    with database.unit(write=False) as db:
        kept = imports.get(db, actor, import_id).options
    options = options_of({**kept, **changes})
    planning.plan(database, actor, import_id, options=options, decisions=decisions, now=clock())
    return import_id


def applied(database: Database, clock: Clock, text: str, **more: Any) -> int:
    import_id = planned(database, clock, text, create=("manufacturer", "model"), **more)
    with database.unit() as db:
        assert approve(db, OPERATOR, import_id, now=clock()).state is ImportState.APPLIED
    return import_id


def told(database: Database, import_id: int) -> AssetImport:
    with database.unit(write=False) as db:
        return db.get_one(AssetImport, import_id)


def rows(database: Database, import_id: int) -> list[AssetImportRow]:
    with database.unit(write=False) as db:
        return imports.rows(db, OPERATOR, import_id, limit=100)


def asset(database: Database, tag: str) -> Asset:
    with database.unit(write=False) as db:
        return by_tag(db, OPERATOR, tag)


LAPTOPS = HEAD + "".join(
    f"A-{n},SER{n:05},Dell,Latitude 5420,Laptop,North School / Room 12,first\n" for n in range(1, 6)
)


def test_a_file_becomes_assets(
    database: Database, district: District, clock: Clock, events: Callable[[str], list[Any]]
) -> None:
    import_id = planned(database, clock, LAPTOPS, create=("manufacturer", "model"))
    assert told(database, import_id).counts == {"create": 5}
    with database.unit() as db:
        assert db.exec(select(Asset)).first() is None
        approve(db, OPERATOR, import_id, now=clock())
    made = asset(database, "A-1")
    assert (made.serial, made.category, made.site_id) == (
        "SER00001", Category.LAPTOP, district.north_room,
    )  # fmt: skip
    assert made.description == "first" and made.model_id is not None
    with database.unit(write=False) as db:
        assert len(db.exec(select(Identifier)).all()) == 5
        assert len(db.exec(select(AssetTag)).all()) == 5
    assert len(events("asset.created")) == 5 and len(events("import.applied")) == 1
    again = planned(database, clock, LAPTOPS)
    assert told(database, again).counts == {"unchanged": 5}
    assert "the same file was applied already" in told(database, again).remarks[0]


def test_blank_leaves_alone_and_clear_empties(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, clock, LAPTOPS)
    import_id = applied(
        database, clock, "tag,Notes,Name,Order\nA-1,,Cart 1,\nA-2,(clear),,\nA-3,first,,\n"
    )
    outcomes = [row.outcome for row in rows(database, import_id)]
    assert outcomes == [RowOutcome.UPDATE, RowOutcome.UPDATE, RowOutcome.UNCHANGED]
    assert asset(database, "A-1").description == "first"
    assert asset(database, "A-1").name == "Cart 1"
    assert asset(database, "A-2").description == ""
    assert asset(database, "A-2").serial == "SER00002"


def test_unknown_names_are_asked_once_and_never_made_by_themselves(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, clock, LAPTOPS)
    typo = HEAD + "".join(f"B-{n},TYP{n:05},Dell,Latitdue 5420,Laptop,N,\n" for n in range(3))
    import_id = planned(database, clock, typo)
    kept = told(database, import_id)
    assert kept.counts == {"waiting": 3}
    (unknown,) = kept.unknown
    assert unknown["rows"] == 3 and unknown["near"][0]["name"] == "Latitude 5420"
    with pytest.raises(Conflict, match="unknown names wait"), database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
    to = unknown["near"][0]["to"]
    said = {unknown["name"]: {"do": "map", "to": to}}
    planning.plan(database, OPERATOR, import_id, decisions=said, now=clock())
    assert told(database, import_id).counts == {"create": 3}
    with database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
    assert asset(database, "B-1").model_id == to
    skipped = {unknown["name"]: {"do": "skip"}}
    other = planned(database, clock, typo.replace("B-", "C-").replace("TYP", "TIP"),
                    decisions=skipped)  # fmt: skip
    assert told(database, other).counts == {"skipped": 3}


def test_a_new_room_is_made_where_somebody_says_so(
    database: Database, district: District, clock: Clock
) -> None:
    text = "tag,category,place\nA-1,laptop,North School / Room 99\n"
    import_id = planned(database, clock, text)
    (unknown,) = told(database, import_id).unknown
    assert unknown["creatable"] and told(database, import_id).counts == {"waiting": 1}
    planning.plan(
        database, OPERATOR, import_id, decisions={unknown["name"]: {"do": "create"}}, now=clock()
    )
    with database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
    place = asset(database, "A-1").site_id
    assert place is not None and place not in {district.north, district.north_room}


@pytest.mark.parametrize(
    ("row", "outcome", "why"),
    [
        ("A-1,SER90001,,,laptop,,", "conflict", "row 2 is about the same tag"),
        ("A-9,SER00001,Dell,,laptop,,", "conflict", "belongs to A-1"),
        ("A-9,1.23E+11,,,laptop,,", "rejected", "was shortened"),
        ("A-9,SER90002,,,,,", "rejected", "no category"),
        ("A-9,SER90003,,,spoon,,", "waiting", ""),
    ],
)
def test_what_is_wrong_with_a_row(
    database: Database, district: District, clock: Clock, row: str, outcome: str, why: str
) -> None:
    first = "A-1,SER00001,Dell,,laptop,North School,\n"
    if "same tag" not in why:
        applied(database, clock, HEAD + first)
        first = ""
    import_id = planned(database, clock, HEAD + first + row + "\n", create=("manufacturer",))
    last = rows(database, import_id)[-1]
    assert last.outcome == outcome and why in " ".join(last.notes)


def test_an_asset_changed_meanwhile_stops_all_of_it(
    database: Database, district: District, clock: Clock
) -> None:
    applied(database, clock, LAPTOPS)
    import_id = planned(database, clock, "tag,name\nA-1,one\nA-2,two\n")
    with database.unit() as db:
        change(db, OPERATOR, by_tag(db, OPERATOR, "A-2").id, {"name": "mine"}, now=clock())
    with pytest.raises(Conflict, match=r"rows 3\).*plan it again"), database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
    assert asset(database, "A-1").name == ""
    planning.plan(database, OPERATOR, import_id, now=clock())
    with database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
    assert asset(database, "A-2").name == "two"
    with pytest.raises(Conflict, match="applied"), database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())


def test_undoing_restores_what_nobody_changed_since(
    database: Database, district: District, clock: Clock
) -> None:
    first = applied(database, clock, LAPTOPS)
    second = applied(
        database, clock,
        "serial,tag,Notes,name,Manufacturer,Model,mac\n"
        "SER00001,Z-1,other,Cart,HP,ProBook,a4:bb:6d:00:00:01\n"
        "SER00002,,other,Cart,,,\n",
        match="serial",
    )  # fmt: skip
    assert asset(database, "Z-1").tag == asset(database, "A-1").tag == "Z-1"
    with database.unit() as db:
        change(db, OPERATOR, by_tag(db, OPERATOR, "A-2").id, {"name": "mine"}, now=clock())
    with database.unit() as db:
        assert undo(db, OPERATOR, second, reason="wrong file", now=clock()).state == "undone"
    one, two = asset(database, "A-1"), asset(database, "A-2")
    assert (one.tag, one.description, one.name) == ("A-1", "first", "")
    assert (two.description, two.name) == ("first", "mine")
    notes = [row.notes for row in rows(database, second)]
    assert notes == [[], ["name was changed since, and is left as it is"]]
    with database.unit(write=False) as db:
        own = db.exec(select(Identifier).where(Identifier.asset_id == one.id)).all()
        assert [(key.kind, key.namespace) for key in own] == [("serial", "dell")]
    with database.unit() as db:
        undo(db, OPERATOR, first, reason="all of it", now=clock())
    assert asset(database, "A-3").status == "retired"
    assert asset(database, "A-2").status == "in_stock"


def test_the_guard(database: Database, district: District, clock: Clock) -> None:
    many = "tag,category\n" + "".join(f"A-{n},laptop\n" for n in range(1, 61))
    applied(database, clock, many)
    import_id = planned(database, clock, many.replace(",laptop", ",tablet"))
    assert told(database, import_id).findings == [
        {"rule": "touched", "number": 60, "of": 60, "refused": False}
    ]
    with pytest.raises(InvalidInput, match="guard"), database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
    with database.unit() as db:
        approve(db, OPERATOR, import_id, number=60, reason="they are", now=clock())
    retiring = "tag,status\n" + "".join(f"A-{n},retired\n" for n in range(1, 61))
    import_id = planned(database, clock, retiring)
    with pytest.raises(Conflict, match="too many would retire"), database.unit() as db:
        approve(db, OPERATOR, import_id, number=60, reason="they are", now=clock())


def test_a_school_imports_for_itself_only(
    database: Database, district: District, clock: Clock
) -> None:
    needed = {
        Permission.IMPORT_APPLY, Permission.ASSET_READ, Permission.ASSET_WRITE,
        Permission.ASSET_BULK, Permission.SITE_READ,
    }  # fmt: skip
    here = frozenset({district.north, district.north_building, district.north_room})
    north = Actor("account", 7, "north", (Grant(frozenset(needed), here),))
    south = Actor("account", 8, "south", (Grant(frozenset(needed), frozenset({district.south})),))
    with database.unit() as db:
        draft = AssetDraft(category=Category.LAPTOP, tag="S-1", site_id=district.south)
        create(db, OPERATOR, draft, now=clock())
    text = (
        "tag,category,place\nA-1,laptop,North School\nA-2,laptop,\nA-3,laptop,South School\n"
        "S-1,laptop,North School\n"
    )
    import_id = planned(database, clock, text, actor=north)
    assert [row.outcome for row in rows(database, import_id)] == [
        "create", "rejected", "waiting", "conflict",
    ]  # fmt: skip
    with pytest.raises(NotFound), database.unit() as db:
        approve(db, south, import_id, now=clock())
    with pytest.raises(Forbidden):
        planned(database, clock, text, actor=Actor("account", 9, "nobody"))


def test_rows_of_another_source(database: Database, district: District, clock: Clock) -> None:
    import_id = planning.plan_rows(
        database, OPERATOR, "Snipe-IT", ["tag", "category", "model", "manufacturer"],
        [planning.Row(41, {"tag": "X-1", "category": "laptop", "model": "Air",
                           "manufacturer": "Apple"}),
         planning.Row(42, {"tag": "X-2", "category": "laptop", "model": None})],
        Options(create=("manufacturer", "model")), now=clock(),
    )  # fmt: skip
    with database.unit() as db:
        approve(db, OPERATOR, import_id, now=clock())
        assert sorted(imports.assets_of(db, OPERATOR, import_id)) == [41, 42]
