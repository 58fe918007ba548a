"""The catalog's pages over HTTP: makers, models and the district's own fields."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from werkzeug.test import TestResponse

from inventory.assets.catalog_models import AssetModel, CustomField, Manufacturer
from inventory.assets.models import Asset
from inventory.db import Database
from tests.inventory.assets.conftest import District, Make

Browser = Callable[..., Any]
HOSTILE = "<script>alert(1)</script>"


def rows(page: TestResponse) -> dict[str, list[str]]:
    """First cell → the others, as text."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        texts = [re.sub(r"<[^>]*>", "", cell).strip() for cell in cells]
        found[texts[0]] = texts[1:]
    return found


def maker_named(database: Database, name: str) -> Manufacturer:
    with database.unit(write=False) as db:
        return db.exec(select(Manufacturer).where(Manufacturer.name == name)).one()


def model_named(database: Database, name: str) -> AssetModel:
    with database.unit(write=False) as db:
        return db.exec(select(AssetModel).where(AssetModel.name == name)).one()


@pytest.fixture
def stock(make: Make, district: District) -> None:
    make(manufacturer="HP", model="M404", site_id=district.lincoln)
    make(manufacturer="Hewlet Packard", model="M404", site_id=district.adams)
    make(manufacturer="HP", model="M404dn", site_id=district.adams)
    make(manufacturer=HOSTILE, site_id=district.adams)


def test_makers_with_what_stands_behind_them(
    browser: Browser, stock: None, district: District
) -> None:
    page = browser("coordinator").get("/catalog")
    assert HOSTILE not in page.text
    assert rows(page)["HP"][:3] == ["not confirmed yet", "2", "2"]
    local = browser("technician", district.lincoln).get("/catalog")
    assert rows(local)["HP"] == ["not confirmed yet", "2", "1"]
    assert "Merge" not in local.text
    assert list(rows(browser("coordinator").get("/catalog?q=packard"))) == ["Hewlet Packard"]
    assert rows(browser("coordinator").get("/catalog?provisional=false")) == {}


def test_a_maker_is_confirmed_and_renamed(
    browser: Browser, stock: None, database: Database
) -> None:
    caller, hp = browser("coordinator"), maker_named(database, "HP")
    form = {"version": hp.version, "back": "provisional=true"}
    done = caller.post(f"/catalog/makers/{hp.id}/confirm", data=form)
    assert done.headers["Location"] == "/catalog?provisional=true"
    assert "HP is confirmed." in caller.get("/catalog").text
    assert not maker_named(database, "HP").provisional
    again = caller.post(f"/catalog/makers/{hp.id}/confirm", data={"version": hp.version})
    assert again.status_code == 303
    assert "it was changed since you read it" in caller.get("/catalog").text
    late = {"name": "HP Inc.", "version": 1, "confirmed": "true"}
    assert caller.post(f"/catalog/makers/{hp.id}", data=late).status_code == 412
    assert caller.post(f"/catalog/makers/{hp.id}", data={**late, "version": 2}).status_code == 303
    taken = {"name": "Hewlet Packard", "version": 3}
    page = caller.post(f"/catalog/makers/{hp.id}", data=taken)
    assert page.status_code == 409
    assert "merge the two instead" in page.text


def test_makers_are_merged_after_a_look(browser: Browser, stock: None, database: Database) -> None:
    caller = browser("coordinator")
    hp, wrong = maker_named(database, "HP"), maker_named(database, "Hewlet Packard")
    path = f"/catalog/makers/{wrong.id}/merge"
    assert "no other maker called nobody" in caller.get(f"{path}?into=nobody").text
    assert "no other maker" in caller.get(f"{path}?into=Hewlet+Packard").text
    look = caller.get(f"{path}?into=hewlett-packard").text
    assert "One asset moves." in look
    form = dict(re.findall(r'name="(version|into|into_version)" value="(\d+)"', look))
    assert form == {"version": "1", "into": str(hp.id), "into_version": "1"}
    assert caller.post(path, data={**form, "into_version": "9"}).status_code == 412
    assert caller.post(path, data=form).status_code == 303
    with database.unit(write=False) as db:
        assert db.get(Manufacturer, wrong.id) is None
        query = sa.select(sa.func.count()).where(col(Asset.manufacturer_id) == hp.id)
        assert db.execute(query).scalar() == 3


def test_models_are_listed_added_and_merged(
    browser: Browser, stock: None, database: Database
) -> None:
    caller, hp = browser("coordinator"), maker_named(database, "HP")
    page = caller.get(f"/catalog/models?manufacturer_id={hp.id}")
    assert rows(page)["M404dn"][:5] == ["HP", "Printer", "\u2013", "not confirmed yet", "1"]
    form = {
        "manufacturer": "hp",
        "name": "HP P3005",
        "category": "printer",
        "part_number": "Q7812A",
    }
    assert caller.post("/catalog/models/new", data=form).status_code == 303
    assert caller.post("/catalog/models/new", data=form).status_code == 409
    assert model_named(database, "P3005").part_number == "Q7812A"
    new = caller.post("/catalog/models/new", data={"manufacturer": "Acme", "name": "One"})
    assert new.status_code == 303
    assert not maker_named(database, "Acme").provisional
    loser, winner = model_named(database, "M404dn"), model_named(database, "P3005")
    path = f"/catalog/models/{loser.id}/merge"
    assert "P3005</option>" in caller.get(path).text
    look = caller.get(f"{path}?into={winner.id}").text
    merge = dict(re.findall(r'name="(version|into|into_version)" value="(\d+)"', look))
    assert caller.post(path, data=merge).status_code == 303
    assert "M404dn" not in rows(caller.get(f"/catalog/models?manufacturer_id={hp.id}"))


def test_a_model_is_changed(browser: Browser, stock: None, database: Database) -> None:
    caller, model = browser("coordinator"), model_named(database, "M404dn")
    path = f"/catalog/models/{model.id}"
    assert "m404dn" in caller.get(path).text
    form = {"name": "M404 DN", "category": "", "part_number": "W1A53A", "confirmed": "true"}
    assert caller.post(path, data={**form, "version": 1}).status_code == 303
    changed = model_named(database, "M404 DN")
    assert (changed.category, changed.provisional) == (None, False)
    assert caller.post(f"{path}/confirm", data={"version": 2}).status_code == 303


def field_named(database: Database, key: str) -> CustomField:
    with database.unit(write=False) as db:
        return db.exec(select(CustomField).where(CustomField.key == key)).one()


def test_a_field_of_the_district(browser: Browser, database: Database, district: District) -> None:
    caller = browser("coordinator")
    form = {
        "key": "condition", "label": HOSTILE, "kind": "choice", "choices": "new\r\n\r\nworn\r\n",
        "categories": ["laptop", "tablet"], "required": "true", "max_length": "500",
        "minimum": "", "maximum": "", "help": "As it looks.",
    }  # fmt: skip
    assert caller.post("/catalog/fields/new", data=form).status_code == 303
    made = field_named(database, "condition")
    assert (made.choices, made.categories) == (["new", "worn"], ["laptop", "tablet"])
    page = caller.get("/catalog/fields")
    assert HOSTILE not in page.text
    assert "Laptop, Tablet" in page.text
    assert caller.post("/catalog/fields/new", data=form).status_code == 409
    path = f"/catalog/fields/{made.id}"
    shown = caller.get(path).text
    assert "new\nworn</textarea>" in shown
    assert 'value="laptop" checked' in shown
    change = {"version": 1, "label": "Condition", "choices": "worn", "archived": "true"}
    assert caller.post(path, data=change).status_code == 303
    changed = field_named(database, "condition")
    assert (changed.label, changed.archived, changed.required) == ("Condition", True, False)
    assert caller.post(path, data=change).status_code == 412


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "Not A Key"}, "key"),
        ({"kind": "choice", "choices": ""}, "choices"),
        ({"label": ""}, "label"),
        ({"kind": "number", "minimum": "5", "maximum": "1"}, "minimum"),
        ({"minimum": "many"}, "minimum"),
        ({"max_length": "0"}, "max_length"),
    ],
)
def test_mistakes_stand_at_their_field(
    browser: Browser, database: Database, district: District, wrong: dict[str, str], field: str
) -> None:
    form = {"key": "lease", "label": "Lease", "kind": "text", "max_length": "40", **wrong}
    page = browser("coordinator").post("/catalog/fields/new", data=form)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    with database.unit(write=False) as db:
        assert db.exec(select(CustomField)).all() == []


def test_pages_of_makers(browser: Browser, database: Database, district: District) -> None:
    with database.unit() as db:
        db.add_all(Manufacturer(name=f"Maker {n:03}", key=f"maker {n:03}") for n in range(60))
    caller = browser("coordinator")
    first = caller.get("/catalog")
    assert len(rows(first)) == 50
    link = re.search(r'href="(/catalog\?after=[^"]*)"', first.text)
    assert link
    assert next(iter(rows(caller.get(link[1])))) == "Maker 050"
    assert caller.get("/catalog?after=x").status_code == 422


def test_who_only_reads(browser: Browser, stock: None, database: Database) -> None:
    hp = maker_named(database, "HP")
    caller = browser("technician")
    assert caller.get("/catalog/models").status_code == 200
    assert caller.get("/catalog/fields").status_code == 200
    assert caller.get(f"/catalog/makers/{hp.id}").status_code == 403
    assert caller.post("/catalog/makers/new", data={"name": "X"}).status_code == 403
