"""PUT by maker and serial number: the same computer however often, and never over what is newer."""

from typing import Any

from sqlmodel import select

from inventory.access import Permission
from inventory.assets.models import Asset
from inventory.db import Database

PATH = "/api/v1/assets/by-serial/Dell%20Inc./5GH7K33"
LAPTOP: dict[str, Any] = {"model": "Latitude 3140", "kind": "laptop", "name": "LIB-LT-07"}


def count(database: Database) -> int:
    with database.unit(write=False) as db:
        return len(db.exec(select(Asset.id)).all())


def test_it_is_created_once_and_then_brought_up_to_date(
    api: Any, district: Any, database: Database
) -> None:
    token = api("technician", site=district.north, permissions={Permission.ENROL})
    made = token.put(PATH, json=LAPTOP)
    assert (made.status_code, made.json["outcome"]) == (201, "created")
    assert made.headers["Location"] == f"/api/v1/assets/{made.json['asset_id']}"
    same = token.put(PATH, json=LAPTOP)
    assert (same.status_code, same.json["outcome"]) == (200, "unchanged")
    assert same.json["tag"] == made.json["tag"]
    assert same.headers["ETag"] == made.headers["ETag"]
    other = token.put(PATH, json={**LAPTOP, "encrypted": False})
    assert (other.status_code, other.json["outcome"]) == (200, "updated")
    spelt = token.put("/api/v1/assets/by-serial/DELL%20INC./5gh7k33", json=LAPTOP)
    assert spelt.json["tag"] == made.json["tag"]
    assert count(database) == 1
    reader = api("technician", site=district.north)
    found = reader.get("/api/v1/assets/by-serial/5GH7K33", query_string={"manufacturer": "Dell"})
    assert found.status_code == 200, "the address that reads is as it was"


def test_if_match_keeps_what_is_newer(api: Any, district: Any) -> None:
    token = api("technician", site=district.north)
    absent = token.put(PATH, json=LAPTOP, headers={"If-Match": "*"})
    assert absent.status_code == 412
    tag = token.put(PATH, json=LAPTOP).headers["ETag"]
    again = token.put(PATH, json={**LAPTOP, "name": "NEW"}, headers={"If-Match": tag})
    assert again.status_code == 200
    stale = token.put(PATH, json=LAPTOP, headers={"If-Match": '"asset-1-99"'})
    assert stale.status_code == 412


def test_doubt_and_nonsense_change_nothing(api: Any, district: Any, database: Database) -> None:
    north = api("technician", site=district.north)
    south = api("technician", site=district.south)
    assert north.put(PATH, json=LAPTOP).status_code == 201
    elsewhere = south.put(PATH, json=LAPTOP)
    assert (elsewhere.status_code, elsewhere.json["tag"]) == (409, "")
    assert south.put(PATH, json=LAPTOP, headers={"If-Match": "*"}).status_code == 412
    for path in ("Dell/To%20be%20filled%20by%20O.E.M.", f"Dell/{'x' * 121}", "%20/5GH7K34"):
        refused = north.put(f"/api/v1/assets/by-serial/{path}", json={**LAPTOP, "macs": []})
        assert refused.status_code in {404, 422}, path
    assert north.put(PATH, json={**LAPTOP, "serial": "other"}).status_code == 422
    assert api("auditor").put(PATH, json=LAPTOP).status_code == 403
    assert count(database) == 1
