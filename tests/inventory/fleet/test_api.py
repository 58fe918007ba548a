"""Connections and devices over the API: rules, scopes, and no credential in any answer."""

from typing import Any

import pytest

from inventory.fleet.models import MdmSync, SyncState
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.fleet.conftest import Fleet
from tests.mdm.fakes.google import FakeGoogle
from tests.mdm.fakes.intune import FakeIntune

URL = "/api/v1/mdm-connections"


def draft(fake: Any, **more: Any) -> dict[str, Any]:
    return {"vendor": fake.vendor, "label": "Books", "config": fake.config(), **more}


def test_a_connection_is_made_changed_and_deleted(
    api: MakeCaller, district: District, intune: FakeIntune
) -> None:
    boss = api("coordinator")
    made = boss.post(URL, json=draft(intune, site_id=district.north))
    assert made.status_code == 201, made.json
    assert (made.json["mode"], made.json["acts"]) == ("dry_run", False)
    assert not {"config", "act_config", "read_config"} & set(made.json)
    for secret in intune.config().values():
        assert secret not in made.text
    assert made.json["health"]["lag_seconds"] is None
    url, etag = made.headers["Location"], made.headers["ETag"]
    assert boss.patch(url, json={"label": "B"}).status_code == 428
    live = boss.patch(url, json={"mode": "live"}, headers={"If-Match": etag})
    assert live.status_code == 403, "going live takes a person, not a token"
    changed = boss.patch(url, json={"label": "B"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json["label"]) == (200, "B")
    assert boss.delete(url, headers={"If-Match": etag}).status_code == 412
    assert boss.delete(url, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
    assert boss.get(url).status_code == 404


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"vendor": "nobody"}, "vendor"), ({"config": {}}, "config"),
        ({"config": {"a": 1}}, "config"), ({"config": None}, "config"),
        ({"every_minutes": 1}, "every_minutes"), ({"full_at": "25:00"}, "full_at"),
        ({"address": "http://10.0.0.1"}, "address"), ({"site_id": 999_999}, "site_id"),
        ({"mode": "LIVE"}, "mode"), ({"write_tags": True}, "write_tags"), ({"lable": 1}, "lable"),
    ],
)  # fmt: skip
def test_a_wrong_connection_is_refused_by_name(
    api: MakeCaller, intune: FakeIntune, more: dict[str, Any], field: str
) -> None:
    answer = api("coordinator").post(URL, json=draft(intune, **more))
    assert answer.status_code == 422, answer.json
    assert field in str(answer.json["errors"])
    assert intune.config()["client_secret"] not in answer.text


def test_it_is_tried_synced_and_listed(api: MakeCaller, fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(6)
    connection_id, boss = fleet.connect(google), api("coordinator")
    tried = boss.post(f"{URL}/{connection_id}/test")
    assert tried.status_code == 200, tried.json
    assert (tried.json["ok"], tried.json["error"]) == (True, "")
    assert tried.json["devices"] > 0
    assert fleet.devices() == [], "trying keeps nothing"
    asked = boss.post(f"{URL}/{connection_id}/syncs", json={})
    assert asked.status_code == 202, asked.json
    assert boss.post(f"{URL}/{connection_id}/syncs", json={}).status_code == 409
    assert fleet.run(asked.json["id"]).state is SyncState.FINISHED
    (row,) = boss.get(URL).json["items"]
    assert row["devices"] == 6
    assert row["health"]["good"] is True
    assert row["health"]["last_sync"]["state"] == "finished"
    first = boss.get("/api/v1/mdm-devices?limit=4").json
    rest = boss.get(f"/api/v1/mdm-devices?limit=4&after={first['next']}").json
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [4, 2, None]
    device = next(d for d in first["items"] if d["asset_id"])
    of_asset = boss.get(f"/api/v1/assets/{device['asset_id']}/mdm-devices").json["items"]
    assert [d["id"] for d in of_asset] == [device["id"]]
    found = boss.get(f"/api/v1/mdm-devices?serial={device['serial']}").json["items"]
    assert [d["id"] for d in found] == [device["id"]]


def test_a_vendor_that_is_away_is_told_in_the_answer(
    api: MakeCaller, fleet: Fleet, google: FakeGoogle
) -> None:
    connection_id = fleet.connect(google)
    google.stop()
    tried = api("coordinator").post(f"{URL}/{connection_id}/test")
    assert (tried.status_code, tried.json["ok"]) == (200, False)
    assert google.vendor in tried.json["error"]


def test_a_difference_is_listed(api: MakeCaller, fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(3)
    for record in google.books.values():
        record["annotatedAssetId"] = ""
    connection_id, boss = fleet.connect(google), api("coordinator")
    fleet.sync(connection_id)
    assert boss.get("/api/v1/mdm-differences").json["items"] == []
    device = next(d for d in fleet.devices() if d.asset_id and d.vendor_id in google.books)
    google.books[device.vendor_id]["annotatedAssetId"] = "OTHER-1"
    fleet.sync(connection_id)
    (item,) = boss.get("/api/v1/mdm-differences").json["items"]
    assert (item["asset_id"], item["field"], item["observed"]) == (
        device.asset_id, "asset_tag", "OTHER-1",
    )  # fmt: skip


def test_another_school_sees_nothing(
    api: MakeCaller, fleet: Fleet, district: District, google: FakeGoogle
) -> None:
    google.seed(2)
    connection_id = fleet.connect(google, site_id=district.north)
    fleet.sync(connection_id)
    south = api("technician", district.south)
    assert south.get("/api/v1/mdm-devices").json["items"] == []
    assert south.get(URL).json["items"] == []
    assert south.get(f"{URL}/{connection_id}").status_code == 404
    north = api("technician", district.north)
    assert len(north.get("/api/v1/mdm-devices").json["items"]) == 2
    assert north.post(f"{URL}/{connection_id}/syncs", json={}).status_code in (403, 404)
    assert len(fleet.all(MdmSync)) == 1
