"""The catalog over the API: makers, models, custom fields, tags to come."""

from typing import Any

import pytest

from inventory.assets import service
from inventory.assets.kinds import Source
from inventory.assets.models import Asset
from inventory.db import Database
from tests.inventory.assets.conftest import EVERYTHING, District, Make
from tests.inventory.conftest import Caller, MakeCaller

URL = "/api/v1/catalog"


@pytest.fixture
def coordinator(api: MakeCaller, district: District) -> Caller:
    return api("coordinator")


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def test_makers_are_confirmed_renamed_and_merged(
    database: Database, coordinator: Caller, make: Make
) -> None:
    first = make(manufacturer="Konica-Minolta", model="bizhub C250i", serial="AA2K021000111")
    second = make(manufacturer="KM Europe", model="Bizhub C250i", serial="AA2K021000222")
    third = make(manufacturer="KM Europe", model="C3320i", serial="AA2K021000333")
    page = made(coordinator.get(f"{URL}/manufacturers"))
    ids = {m["name"]: m["id"] for m in page["items"]}
    assert set(ids) == {"Konica-Minolta", "KM Europe"}
    path = f"{URL}/manufacturers/{ids['Konica-Minolta']}"
    assert coordinator.patch(path, json={"name": "Konica Minolta"}).status_code == 428
    match = {"If-Match": coordinator.get(path).headers["ETag"]}
    changes = {"name": "Konica Minolta", "provisional": False}
    named = made(coordinator.patch(path, json=changes, headers=match))
    assert (named["name"], named["key"], named["version"]) == (
        "Konica Minolta",
        "konica minolta",
        2,
    )
    assert coordinator.patch(path, json=changes, headers=match).status_code == 412
    clash = coordinator.patch(path, json={"name": "KM Europe"}, headers={"If-Match": "*"})
    assert clash.status_code == 409
    merge = f"{URL}/manufacturers/{ids['KM Europe']}/merge"
    assert coordinator.post(merge, json={"into": ids["KM Europe"]}).status_code == 422
    assert coordinator.post(merge, json={"into": 999}).status_code == 404
    made(coordinator.post(merge, json={"into": ids["Konica-Minolta"]}))
    assert coordinator.get(f"{URL}/manufacturers/{ids['KM Europe']}").status_code == 404
    models = made(coordinator.get(f"{URL}/models?manufacturer_id={ids['Konica-Minolta']}"))
    assert [m["name"] for m in models["items"]] == ["bizhub C250i", "C3320i"]
    with database.unit(write=False) as db:
        assets = [db.get_one(Asset, one.id) for one in (first, second, third)]
        assert {a.manufacturer_id for a in assets} == {ids["Konica-Minolta"]}
        assert assets[0].model_id == assets[1].model_id
        assert [a.version for a in assets] == [1, 3, 2]
        found = service.by_serial(db, EVERYTHING, "AA2K021000222", manufacturer="km europe")
        assert [a.id for a in found] == [second.id]
    later = make(manufacturer="KM Europe", model="C3320i", source=Source.SWEEP)
    assert later.manufacturer_id == ids["Konica-Minolta"]


def test_a_merge_that_would_make_two_of_one_serial_is_refused(
    coordinator: Caller, make: Make
) -> None:
    one = make(manufacturer="Dell", serial="ABC1234")
    two = make(manufacturer="Dehl", serial="ABC1234")
    answer = coordinator.post(
        f"{URL}/manufacturers/{two.manufacturer_id}/merge", json={"into": one.manufacturer_id}
    )
    assert (answer.status_code, "ABC1234" in answer.get_json()["detail"]) == (409, True)


def test_models_are_made_changed_and_merged(coordinator: Caller, make: Make) -> None:
    maker = made(coordinator.post(f"{URL}/manufacturers", json={"name": "Dell Inc."}))
    assert coordinator.post(f"{URL}/manufacturers", json={"name": "DELL"}).status_code == 409
    draft = {"manufacturer_id": maker["id"], "name": "Dell Latitude 3340", "category": "laptop"}
    model = made(coordinator.post(f"{URL}/models", json=draft))
    assert (model["name"], model["provisional"]) == ("Latitude 3340", False)
    assert coordinator.post(f"{URL}/models", json=draft).status_code == 409
    assert (
        coordinator.post(f"{URL}/models", json={**draft, "manufacturer_id": 99}).status_code == 404
    )
    typo = make(manufacturer="dell", model="Lattitude 3340")
    assert typo.model_id != model["id"]
    found = made(coordinator.get(f"{URL}/models?provisional=true"))["items"]
    assert [m["id"] for m in found] == [typo.model_id]
    made(coordinator.post(f"{URL}/models/{typo.model_id}/merge", json={"into": model["id"]}))
    again = make(manufacturer="dell", model="LATTITUDE-3340")
    assert again.model_id == model["id"]
    path = f"{URL}/models/{model['id']}"
    match = {"If-Match": "*"}
    renamed = made(coordinator.patch(path, json={"name": "Latitude 3340 2-in-1"}, headers=match))
    assert renamed["name"] == "Latitude 3340 2-in-1"
    assert make(manufacturer="dell", model="latitude 3340").model_id == model["id"]
    other = make(manufacturer="HP", model="x360")
    answer = coordinator.post(f"{path}/merge", json={"into": other.model_id})
    assert answer.status_code == 422
    for q, count in (("latitude", 1), ("lat%e", 0), ("%", 2), ("360", 1), ("\x00", 2)):
        listed = coordinator.get(f"{URL}/models", query_string={"q": q}).get_json()["items"]
        assert len(listed) == count, q


def test_lists_page_through(coordinator: Caller) -> None:
    for name in ("Ccc", "Aaa", "Bbb"):
        made(coordinator.post(f"{URL}/manufacturers", json={"name": name}))
    names, cursor = [], ""
    while cursor is not None:
        path = f"{URL}/manufacturers?limit=1" + (f"&after={cursor}" if cursor else "")
        page = made(coordinator.get(path))
        names += [m["name"] for m in page["items"]]
        cursor = page["next"]
    assert names == ["Aaa", "Bbb", "Ccc"]
    for bad in ("x", "WzFd", "WyJhXHUwMDAwIiwxXQ"):
        assert coordinator.get(f"{URL}/models?after={bad}").status_code == 422


def test_custom_fields_over_the_api(
    coordinator: Caller, api: MakeCaller, district: District
) -> None:
    draft = {"key": "asset_class", "label": "Class", "kind": "choice", "choices": ["A", "B"]}
    field = made(coordinator.post(f"{URL}/custom-fields", json=draft))
    assert coordinator.post(f"{URL}/custom-fields", json=draft).status_code == 409
    for bad in (
        {"key": "Bad Key"}, {"key": "x" * 41}, {"key": "a\n"}, {"kind": "regex"}, {"choices": []},
        {"choices": ["A", ""]}, {"choices": "AB"}, {"kind": "text"}, {"label": ""},
        {"categories": ["toaster"]}, {"required": "yes"}, {"max_length": 0}, {"minimum": "x"},
        {"archived": True}, {"pattern": "(a+)+$"},
        {"kind": "number", "choices": [], "minimum": 5, "maximum": 4},
        {"kind": "number", "choices": [], "minimum": 1e300},
    ):  # fmt: skip
        answer = coordinator.post(f"{URL}/custom-fields", json={**draft, "key": "other", **bad})
        assert answer.status_code == 422, bad
    technician = api("technician", site=district.lincoln)
    assert technician.post(f"{URL}/custom-fields", json=draft).status_code == 403
    asset = {"category": "printer", "site_id": district.lincoln, "custom": {"asset_class": "B"}}
    kept = made(technician.post("/api/v1/assets", json=asset))
    assert kept["custom"] == {"asset_class": "B"}
    found = made(technician.get("/api/v1/assets?custom=asset_class:B"))["items"]
    assert [row["id"] for row in found] == [kept["id"]]
    path, match = f"{URL}/custom-fields/{field['id']}", {"If-Match": "*"}
    for bad in ({"kind": "text"}, {"key": "x"}, {"choices": []}, {"label": ""}):
        assert coordinator.patch(path, json=bad, headers=match).status_code == 422
    made(coordinator.patch(path, json={"archived": True}, headers=match))
    assert technician.post("/api/v1/assets", json=asset).status_code == 422
    assert made(technician.get(f"/api/v1/assets/{kept['id']}"))["custom"] == {"asset_class": "B"}
    assert len(made(technician.get(f"{URL}/custom-fields"))["items"]) == 1


def test_tags_over_the_api(coordinator: Caller) -> None:
    counters = "/api/v1/assets/tags/counters"
    made(coordinator.post(counters, json={"prefix": "WPS ", "width": 5, "is_default": True}))
    assert made(coordinator.post("/api/v1/assets", json={"category": "ups"}))["tag"] == "WPS 00001"
    key = {"Idempotency-Key": "roll-1"}
    roll = {"count": 250, "purpose": "roll"}
    first = made(coordinator.post("/api/v1/assets/tags/reserve", json=roll, headers=key))
    again = made(coordinator.post("/api/v1/assets/tags/reserve", json=roll, headers=key))
    assert first == again
    assert (first["first_tag"], first["last_tag"]) == ("WPS 00002", "WPS 00251")
    listed = made(coordinator.get(counters))["items"]
    assert [(c["prefix"], c["next_number"]) for c in listed] == [("WPS ", 252)]
    for bad in ({"count": 0}, {"count": 10_001}, {"count": 1, "first": 0}, {"count": "5"},
                {"count": 1, "first": 10**18}, {"count": 1, "prefix": "NO"}):  # fmt: skip
        answer = coordinator.post("/api/v1/assets/tags/reserve", json=bad)
        assert answer.status_code == 422, bad
