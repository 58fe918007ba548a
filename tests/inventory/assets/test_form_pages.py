"""The forms of an asset over HTTP: made, changed, moved, retired; mistakes keep what was typed."""

import html
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from inventory.assets import custom_fields, service
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import Category, FieldKind, Status
from inventory.assets.models import Asset
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

HOSTILE = "<script>alert(1)</script> \u202eevil"
Browser = Callable[..., Any]


def the_asset(database: Database, asset_id: int) -> Asset:
    with database.unit(write=False) as db:
        return db.get_one(Asset, asset_id)


def all_assets(database: Database) -> list[Asset]:
    with database.unit(write=False) as db:
        return list(db.exec(select(Asset).order_by(Asset.id)).all())


def value_of(page: str, name: str) -> str:
    """What a field shows."""
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    assert field, name
    shown = re.search(r' value="([^"]*)"', field[0])
    return html.unescape(shown[1]) if shown else ""


@pytest.fixture
def own_fields(database: Database, clock: Clock) -> None:
    drafts = (
        FieldDraft(key="condition", label="Condition", kind=FieldKind.CHOICE,
                   choices=["new", "worn"]),
        FieldDraft(key="trays", label="Paper trays", kind=FieldKind.NUMBER, minimum=0,
                   categories=[Category.PRINTER]),
        FieldDraft(key="insured", label="Insured until", kind=FieldKind.DATE),
        FieldDraft(key="charger", label="Charger", kind=FieldKind.BOOLEAN),
        FieldDraft(key="lease", label="Lease", kind=FieldKind.TEXT, max_length=20),
    )  # fmt: skip
    with database.unit() as db:
        for draft in drafts:
            custom_fields.create_field(db, EVERYTHING, draft, now=clock())


def test_a_new_asset_with_everything(
    browser: Browser, database: Database, district: District, own_fields: None
) -> None:
    form = {
        "category": "printer", "manufacturer": "HP", "model": "LaserJet M404",
        "serial": "VNB3K12345", "tag": "", "site_id": district.room_12, "status": "deployed",
        "cost": "$1,249.5",
        "purchase_date": "2026-08-01", "warranty_until": "2029-08-01", "federal_funds": "true",
        "funding_source": "Title I", "grant_number": "S010A", "macs": "00:17:C8:11:22:33\n",
        "imeis": "", "more_identifiers": "vendor:jamf 1234-abcd", "description": "by the\r\ndoor",
        "custom_condition": "new", "custom_trays": "2", "custom_insured": "2027-01-31",
        "custom_charger": "false", "custom_lease": "",
    }  # fmt: skip
    answer = browser("technician", district.lincoln).post("/assets/new", data=form)
    assert answer.status_code == 303, answer.text
    (made,) = all_assets(database)
    assert answer.headers["Location"] == f"/assets/{made.id}"
    assert (made.tag, made.status, made.site_id) == ("HR-000001", Status.DEPLOYED, district.room_12)
    assert (made.cost_cents, made.warranty_until) == (124_950, date(2029, 8, 1))
    assert made.description == "by the\ndoor"
    assert made.custom == {
        "condition": "new", "trays": 2, "insured": "2027-01-31", "charger": False,
    }  # fmt: skip
    with database.unit(write=False) as db:
        assert service.by_serial(db, EVERYTHING, "vnb3k12345")[0].id == made.id


def test_another_like_it(browser: Browser, database: Database, district: District) -> None:
    caller = browser("coordinator")
    form = {"category": "tablet", "manufacturer": "Apple", "model": "iPad", "serial": "DMPX1234",
            "tag": "T-1", "another": "true", "cost": "329", "site_id": district.adams}  # fmt: skip
    answer = caller.post("/assets/new", data=form)
    (made,) = all_assets(database)
    assert answer.headers["Location"] == f"/assets/new?like={made.id}"
    page = caller.get(answer.headers["Location"]).text
    assert value_of(page, "manufacturer") == "Apple"
    assert value_of(page, "cost") == "329.00"
    assert value_of(page, "serial") == value_of(page, "tag") == ""
    assert f'<option value="{district.adams}" selected>Adams High</option>' in page
    assert "T-1 was made." in page


def test_mistakes_keep_what_was_typed(
    browser: Browser, database: Database, district: District, own_fields: None
) -> None:
    form = {
        "category": "laptop", "manufacturer": HOSTILE, "model": "X", "tag": "", "cost": "free",
        "site_id": "", "custom_trays": "two", "macs": "nonsense", "warranty_until": "tomorrow",
    }  # fmt: skip
    page = browser("coordinator").post("/assets/new", data=form)
    assert page.status_code == 422
    assert value_of(page.text, "manufacturer") == HOSTILE
    assert value_of(page.text, "cost") == "free"
    assert "Write an amount like 249.50." in page.text
    assert "<script>alert" not in page.text
    for name in ("cost", "custom_trays", "warranty_until"):
        assert f'id="{name}-error"' in page.text
    assert all_assets(database) == []


def test_what_the_service_refuses_stands_at_its_field(
    browser: Browser, database: Database, district: District, own_fields: None
) -> None:
    caller = browser("coordinator")
    form = {"category": "laptop", "tag": "", "custom_trays": "2", "macs": "01:00:5e:00:00:01"}
    page = caller.post("/assets/new", data={**form, "macs": ""})
    assert page.status_code == 422
    assert 'id="custom_trays-error"' in page.text
    assert "does not apply to laptop" in page.text
    page = caller.post("/assets/new", data={**form, "custom_trays": ""})
    assert 'id="macs-error"' in page.text
    page = caller.post("/assets/new", data={**form, "custom_trays": "", "macs": "",
                                            "more_identifiers": "udid"})  # fmt: skip
    assert 'id="more_identifiers-error"' in page.text
    assert all_assets(database) == []


def test_a_taken_tag_is_told(browser: Browser, make: Make, database: Database) -> None:
    make(tag="T-1")
    page = browser("coordinator").post("/assets/new", data={"category": "laptop", "tag": "t-1"})
    assert page.status_code == 409
    assert "the tag t-1 is taken" in page.text
    assert len(all_assets(database)) == 1


def test_nobody_makes_an_asset_at_another_school(
    browser: Browser, district: District, database: Database
) -> None:
    caller = browser("technician", district.lincoln)
    page = caller.get("/assets/new").text
    assert "Lincoln Elementary \u203a Room 12" in page
    assert "Adams High" not in page
    answer = caller.post("/assets/new", data={"category": "laptop", "site_id": district.adams})
    assert answer.status_code == 403
    assert all_assets(database) == []


def test_like_one_of_another_school(browser: Browser, make: Make, district: District) -> None:
    other = make(site_id=district.adams, supplier="Secret Supplies")
    answer = browser("technician", district.lincoln).get(f"/assets/new?like={other.id}")
    assert answer.status_code == 404
    assert "Secret Supplies" not in answer.text


def test_only_what_differs_is_changed(
    browser: Browser, make: Make, database: Database, district: District, events: Any
) -> None:
    made = make(tag="T-1", name="old", manufacturer="HP", model="M404", site_id=district.room_12)
    with database.unit() as db:
        db.get_one(Asset, made.id).observed_fields = {"manufacturer": "sweep", "name": "sweep"}
    caller = browser("technician", district.lincoln)
    page = caller.get(f"/assets/{made.id}/edit").text
    form = {name: value_of(page, name) for name in ("version", "tag", "manufacturer", "model")}
    form |= {"category": "printer", "site_id": str(district.room_12), "name": "new", "cost": ""}
    answer = caller.post(f"/assets/{made.id}/edit", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/assets/{made.id}")
    (event,) = events("asset.changed")
    assert (json.loads(event.before), json.loads(event.after)) == ({"name": "old"}, {"name": "new"})
    assert the_asset(database, made.id).observed_fields == {"manufacturer": "sweep"}


def test_somebody_was_quicker(
    browser: Browser, make: Make, database: Database, clock: Clock, district: District
) -> None:
    made = make(tag="T-1", name="old", site_id=district.room_12)
    with database.unit() as db:
        service.change(db, EVERYTHING, made.id, {"name": HOSTILE}, now=clock())
    form = {"version": 1, "category": "printer", "tag": "T-1", "name": "mine",
            "site_id": district.room_12}  # fmt: skip
    caller = browser("technician", district.lincoln)
    answer = caller.post(f"/assets/{made.id}/edit", data=form)
    assert answer.status_code == 412
    assert "Somebody was quicker" in answer.text
    assert value_of(answer.text, "name") == "mine"
    assert value_of(answer.text, "version") == "2"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \ufffdevil" in answer.text
    assert the_asset(database, made.id).name == HOSTILE
    again = {**form, "version": value_of(answer.text, "version")}
    assert caller.post(f"/assets/{made.id}/edit", data=again).status_code == 303
    assert the_asset(database, made.id).name == "mine"


def test_an_edit_without_a_version_changes_nothing(
    browser: Browser, make: Make, database: Database
) -> None:
    made = make(tag="T-1", name="old")
    form = {"category": "printer", "tag": "T-1", "name": "new"}
    answer = browser("coordinator").post(f"/assets/{made.id}/edit", data=form)
    assert answer.status_code in {412, 422}
    assert the_asset(database, made.id).name == "old"


@pytest.mark.parametrize("part", ["edit", "status", "retire"])
def test_other_schools_and_readers(
    browser: Browser, make: Make, district: District, part: str
) -> None:
    made = make(site_id=district.adams)
    path = f"/assets/{made.id}/{part}"
    assert browser("technician", district.lincoln).get(path).status_code == 404
    assert browser("helpdesk", district.adams).get(path).status_code == 403
    assert browser("technician", district.adams).get(path).status_code == 200


def test_only_allowed_moves_are_offered(browser: Browser, make: Make, district: District) -> None:
    made = make(site_id=district.lincoln)
    caller = browser("technician", district.lincoln)
    page = caller.get(f"/assets/{made.id}/status").text
    offered = set(re.findall(r'name="status" value="(\w+)"', page))
    assert offered == {
        "ordered", "deployed", "in_repair", "retired", "lost", "stolen", "seized",
    }  # fmt: skip
    refused = caller.post(f"/assets/{made.id}/status", data={"version": 1, "status": "disposed"})
    assert refused.status_code == 409
    assert "in_stock cannot become disposed" in refused.text


def test_a_move_needs_its_reason(
    browser: Browser, make: Make, database: Database, events: Any
) -> None:
    made = make()
    caller, path = browser("coordinator"), f"/assets/{made.id}/status"
    without = caller.post(path, data={"version": 1, "status": "lost"})
    assert without.status_code == 422
    assert 'id="reason-error"' in without.text
    done = caller.post(path, data={"version": 1, "status": "lost", "reason": "left on a bus"})
    assert done.status_code == 303
    assert the_asset(database, made.id).status is Status.LOST
    assert events("asset.status_changed")[0].reason == "left on a bus"
    late = caller.post(path, data={"version": 1, "status": "in_stock"})
    assert late.status_code == 412


def test_retiring_is_asked_and_then_done(browser: Browser, make: Make, database: Database) -> None:
    made = make(tag="T-1")
    caller, path = browser("coordinator"), f"/assets/{made.id}/retire"
    assert "Retire T-1" in caller.get(path).text
    assert the_asset(database, made.id).status is Status.IN_STOCK
    assert caller.post(path, data={"version": 1, "reason": "worn"}).status_code == 303
    assert the_asset(database, made.id).status is Status.RETIRED
    assert "cannot be retired" in caller.get(path).text


def test_a_dialog_is_answered_with_a_part(browser: Browser, make: Make) -> None:
    made = make()
    caller = browser("coordinator")
    headers = {"HX-Request": "true", "HX-Target": "div#dialog-body"}
    part = caller.get(f"/assets/{made.id}/status", headers=headers)
    assert part.text.startswith('<div class="dialog-head">')
    form = {"version": 1, "status": "deployed"}
    done = caller.post(f"/assets/{made.id}/status", data=form, headers=headers)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, f"/assets/{made.id}")


def test_models_of_a_maker_are_suggested(browser: Browser, make: Make) -> None:
    make(manufacturer="HP", model='LaserJet "4"')
    make(manufacturer="Epson", model="L260")
    caller = browser("technician", None)
    found = caller.get("/assets/new/models?manufacturer=Hewlett-Packard").text
    assert found.strip() == '<option value="LaserJet &#34;4&#34;"></option>'
    assert caller.get("/assets/new/models?manufacturer=nobody").text.strip() == ""
