"""Computers that enrol themselves over the API: created, updated, unchanged, in doubt, refused."""

from typing import Any

import pytest
from sqlmodel import select

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.enrolment.models import EnrolledState
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR

PATH = "/api/v1/enrolments"
LAPTOP: dict[str, Any] = {
    "manufacturer": "Dell Inc.", "model": "Latitude 3140", "serial": "5GH7K33", "kind": "laptop",
    "name": "LIB-LT-07", "system": "windows", "system_version": "Windows 11 Education 24H2",
    "macs": ["3C:52:82:11:22:33"], "encrypted": True, "firewall": True,
    "antimalware": [
        {"product": "Microsoft Defender", "running": True, "definitions_on": "2026-11-24"}
    ],
    "administrators": ["LIB-LT-07\\Administrator", "AzureAD\\dana.reyes"],
    "software": [{"name": "Zoom", "version": "6.1"}, {"name": "Firefox", "version": "132.0"}],
}  # fmt: skip


def all_assets(database: Database) -> list[Asset]:
    with database.unit(write=False) as db:
        return list(db.exec(select(Asset).order_by(Asset.id)).all())


def state_of(database: Database, asset_id: int) -> EnrolledState:
    with database.unit(write=False) as db:
        return db.get_one(EnrolledState, asset_id)


def told(api: Any, report: dict[str, Any], **query: str) -> dict[str, Any]:
    answer = api.post(PATH, json=report, query_string=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_a_laptop_is_created_then_unchanged_then_updated(
    api: Any, district: Any, database: Database, clock: Clock, events: Any
) -> None:
    technician = api("technician", site=district.north)
    first = told(technician, LAPTOP)
    assert first["outcome"] == "created"
    (asset,) = all_assets(database)
    assert (asset.tag, asset.site_id, asset.name) == (first["tag"], district.north, "LIB-LT-07")
    assert asset.category is Category.LAPTOP
    clock.forward(hours=1)
    again = told(technician, LAPTOP)
    assert (again["outcome"], again["tag"]) == ("unchanged", asset.tag)
    clock.forward(hours=1)
    less = {**LAPTOP, "encrypted": False, "administrators": None}
    assert told(technician, less)["outcome"] == "updated"
    state = state_of(database, asset.id)
    assert state.encrypted is False
    assert state.administrators is None, "not told is not the same as none"
    assert state.software == [["Firefox", "132.0"], ["Zoom", "6.1"]]
    assert (state.told_at, state.changed_at) == (clock(), clock())
    assert len(events("device.enrolled")) == 2
    assert events("device.enrolled")[0].actor_id is not None


def test_what_a_person_entered_stays(
    api: Any, district: Any, database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        draft = AssetDraft(
            category=Category.LAPTOP, manufacturer="Dell", serial="5GH7K33", tag="OLD-7",
            name="Ms Diaz's laptop", site_id=district.north,
        )  # fmt: skip
        assets.create(db, OPERATOR, draft, now=clock())
    answer = told(api("technician", site=district.north), LAPTOP)
    assert (answer["outcome"], answer["tag"]) == ("updated", "OLD-7")
    (asset,) = all_assets(database)
    assert asset.name == "Ms Diaz's laptop"


def test_the_tag_on_the_label_is_taken(api: Any, database: Database) -> None:
    coordinator = api("coordinator")
    assert told(coordinator, {**LAPTOP, "tag": "WPS-77"})["tag"] == "WPS-77"
    other = {**LAPTOP, "serial": "9ZZ9Z99", "macs": [], "tag": "wps-77"}
    taken = told(coordinator, other)
    assert taken["outcome"] == "conflict"
    assert "WPS-77" in taken["reasons"][0].upper()
    differs = told(coordinator, {**LAPTOP, "tag": "WPS-78"})
    assert differs["outcome"] == "conflict"
    assert [each.tag for each in all_assets(database)] == ["WPS-77"]


def test_a_token_of_one_school_learns_nothing_of_another(
    api: Any, district: Any, database: Database
) -> None:
    south = told(api("technician", site=district.south), {**LAPTOP, "tag": "S-1"})
    assert south["outcome"] == "created"
    north = told(api("technician", site=district.north), {**LAPTOP, "encrypted": False})
    assert north["outcome"] == "conflict"
    assert "S-1" not in str(north)
    assert state_of(database, south["asset_id"]).encrypted is True
    refused = api("technician", site=district.north).post(
        PATH, json={**LAPTOP, "site_id": district.south}
    )
    assert refused.status_code == 403


def test_a_trial_changes_nothing(api: Any, database: Database, events: Any) -> None:
    answer = told(api("coordinator"), LAPTOP, dry_run="true")
    assert (answer["outcome"], answer["tag"], answer["asset_id"]) == ("created", "", None)
    assert all_assets(database) == []
    assert events("device.enrolled") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial": "To be filled by O.E.M.", "macs": []},
        {"kind": "printer"},
        {"encrypted": "yes"},
        {"macs": ["x" * 41]},
        {"macs": ["3C:52:82:11:22:33"] * 65},
        {"software": [{"name": "x"}] * 3001},
        {"software": [{"name": "x", "run": "rm"}]},
        {"administrators": "root"},
        {"antimalware": [{"product": "", "running": True}]},
        {"antimalware": [{"product": "x", "definitions_on": "yesterday"}]},
        {"name": "a\u0000b"},
        {"version": 2},
        {"site_id": 0},
    ],
)
def test_bad_reports_are_refused(api: Any, database: Database, wrong: dict[str, Any]) -> None:
    assert api("coordinator").post(PATH, json={**LAPTOP, **wrong}).status_code == 422
    assert all_assets(database) == []


def test_nobody_enrols_without_the_permission(api: Any, client: Any) -> None:
    assert client.post(PATH, json=LAPTOP).status_code == 401
    assert api("helpdesk").post(PATH, json=LAPTOP).status_code == 403


def test_a_report_sent_twice_counts_once(api: Any, events: Any) -> None:
    technician = api("coordinator")
    headers = {"Idempotency-Key": "row-1"}
    answers = [technician.post(PATH, json=LAPTOP, headers=headers) for _ in range(2)]
    assert [each.get_json()["outcome"] for each in answers] == ["created", "created"]
    assert len(events("device.enrolled")) == 1


def test_what_was_told_is_shown_to_who_may_see_the_asset(api: Any, district: Any) -> None:
    made = told(api("technician", site=district.north), LAPTOP)
    path = f"/api/v1/assets/{made['asset_id']}/enrolment"
    shown = api("technician", site=district.north).get(path).get_json()
    assert shown["administrators"] == ["AzureAD\\dana.reyes", "LIB-LT-07\\Administrator"]
    assert shown["antimalware"][0]["definitions_on"] == "2026-11-24"
    assert api("technician", site=district.south).get(path).status_code == 404
