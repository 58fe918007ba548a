"""Networks and sweeps over the API: rules and scopes."""

from typing import Any

import pytest

from inventory.access import Permission, Role
from inventory.db import Database
from inventory.discovery.models import SweepState
from inventory.settings import Settings
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.discovery.conftest import House
from tests.simnet import Simnet


@pytest.fixture
def house(database: Database, settings: Settings, district: District) -> House:
    return House(database, settings, district.north, district.north_room)


def draft(**more: Any) -> dict[str, Any]:
    return {"name": "North wired", "targets": ["10.20.0.0/24"], **more}


def test_a_network_is_made_read_changed_and_deleted(api: MakeCaller, district: District) -> None:
    boss = api("coordinator")
    made = boss.post(
        "/api/v1/networks",
        json=draft(
            site_id=district.north,
            exclusions=["10.20.0.250-254"],
            places=[{"target": "10.20.0.0/26", "site_id": district.north_room}],
            daily_at="05:30",
            auto_accept=["printer", "printer", "multifunction"],
        ),
    )
    assert made.status_code == 201, made.json
    assert made.json["auto_accept"] == ["multifunction", "printer"]
    assert made.json["next_due"] is not None
    assert made.json["last_sweep"] is None
    url, etag = made.headers["Location"], made.headers["ETag"]
    assert boss.get(url).headers["ETag"] == etag
    assert boss.patch(url, json={"name": "N"}).status_code == 428
    stale = {"If-Match": '"network-1-99"'}
    assert boss.patch(url, json={"name": "N"}, headers=stale).status_code == 412
    changed = boss.patch(url, json={"name": "N", "daily_at": None}, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.json
    assert (changed.json["name"], changed.json["next_due"]) == ("N", None)
    assert changed.json["exclusions"] == ["10.20.0.250-254"], "what was not named stays"
    again = boss.delete(url, headers={"If-Match": etag})
    assert again.status_code == 412
    gone = boss.delete(url, headers={"If-Match": changed.headers["ETag"]})
    assert gone.status_code == 204
    assert boss.get(url).status_code == 404


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"targets": ["10.0.0.0/8"]}, "targets"),
    ({"targets": ["1.1.1.1"]}, "targets"),
    ({"targets": "10.0.0.1"}, "targets"),
    ({"targets": ["10.0.0.1\x00"]}, "targets"),
    ({"stauts": 1}, "stauts"),
    ({"site_id": 999_999}, "site_id"),
    ({"credentials": [4711]}, "credentials"),
    ({"places": [{"target": "10.0.0.1", "site_id": 999_999}]}, "places"),
    ({"port": "161"}, "port"),
    ({"enabled": "yes"}, "enabled"),
    ({"max_hosts": 2**70}, "max_hosts"),
    ({"timeout": "NaN"}, "timeout"),
]


def test_a_wrong_network_is_refused_by_name(api: MakeCaller, district: District) -> None:
    boss = api("coordinator")
    for more, field in WRONG:
        answer = boss.post("/api/v1/networks", json=draft(**more))
        assert answer.status_code == 422, (more, answer.json)
        assert field in str(answer.json["errors"])
    for body in (b"", b"{", b"[]", b"null", b"\xff\xfe"):
        answer = boss.post("/api/v1/networks", data=body, content_type="application/json")
        assert answer.status_code in (400, 422), body
    assert boss.get("/api/v1/networks").json["items"] == []


def test_names_are_unique(api: MakeCaller, district: District) -> None:
    boss = api("coordinator")
    assert boss.post("/api/v1/networks", json=draft()).status_code == 201
    assert boss.post("/api/v1/networks", json=draft()).status_code == 409


def test_a_network_belongs_to_its_site(api: MakeCaller, district: District) -> None:
    boss, north = api("coordinator"), api("coordinator", site=district.north)
    south = boss.post("/api/v1/networks", json=draft(site_id=district.south)).headers["Location"]
    everywhere = boss.post("/api/v1/networks", json=draft(name="core")).headers["Location"]
    for url in (south, everywhere):
        assert north.get(url).status_code == 404
        assert north.patch(url, json={}, headers={"If-Match": "*"}).status_code == 404
        assert north.delete(url, headers={"If-Match": "*"}).status_code == 404
        assert north.post(f"{url}/sweeps").status_code == 404
        assert north.get(f"{url}/heard").status_code == 404
    for site in (district.south, None):
        answer = north.post("/api/v1/networks", json=draft(name="x", site_id=site))
        assert answer.status_code == 403
    mine = north.post("/api/v1/networks", json=draft(name="mine", site_id=district.north_room))
    assert mine.status_code == 201
    moved = north.patch(
        mine.headers["Location"], json={"site_id": district.south}, headers={"If-Match": "*"}
    )
    assert moved.status_code == 403
    foreign = [{"target": "10.20.0.1", "site_id": district.south}]
    placed = north.patch(
        mine.headers["Location"], json={"places": foreign}, headers={"If-Match": "*"}
    )
    assert placed.status_code == 403
    assert [row["name"] for row in north.get("/api/v1/networks").json["items"]] == ["mine"]
    assert len(boss.get("/api/v1/networks").json["items"]) == 3


def test_lists_page_by_keyset(api: MakeCaller, district: District) -> None:
    boss = api("coordinator")
    for number in range(5):
        boss.post("/api/v1/networks", json=draft(name=f"n{number}"))
    names, after = [], None
    while True:
        query = {"limit": 2, **({"after": after} if after else {})}
        page = boss.get("/api/v1/networks", query_string=query).json
        names += [row["name"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert names == [f"n{number}" for number in range(5)]
    assert boss.get("/api/v1/networks?after=nonsense").status_code == 422
    assert boss.get("/api/v1/networks?stauts=1").status_code == 422


def test_who_may_read_may_not_write(api: MakeCaller, district: District) -> None:
    url = api("coordinator").post("/api/v1/networks", json=draft()).headers["Location"]
    for role in (Role.TECHNICIAN, Role.HELPDESK, Role.AUDITOR):
        other = api(role)
        assert other.get(url).status_code == 200
        assert other.post("/api/v1/networks", json=draft(name="x")).status_code == 403
        assert other.patch(url, json={}, headers={"If-Match": "*"}).status_code == 403
        assert other.delete(url, headers={"If-Match": "*"}).status_code == 403
        assert other.get("/api/v1/credentials").status_code == 403


def test_a_sweep_is_asked_for_watched_and_listed(
    api: MakeCaller, house: House, printers: Simnet, district: District
) -> None:
    network = house.network(printers)
    technician = api("technician", site=district.north)
    asked = technician.post(f"/api/v1/networks/{network}/sweeps")
    assert asked.status_code == 202, asked.json
    assert (asked.json["state"], asked.json["percent"]) == ("queued", 0)
    url = asked.headers["Location"]
    busy = technician.post(f"/api/v1/networks/{network}/sweeps")
    assert busy.status_code == 409
    house.run(asked.json["id"])
    seen = technician.get(url).json
    assert (seen["state"], seen["percent"], seen["found_new"]) == ("finished", 100, 3)
    assert seen["by_kind"] == {"printer": 3}
    assert technician.post(f"{url}/cancel").status_code == 409
    last = technician.get(f"/api/v1/networks/{network}").json["last_sweep"]
    assert last["id"] == seen["id"]
    listed = technician.get("/api/v1/sweeps?state=finished").json
    assert [row["id"] for row in listed["items"]] == [seen["id"]]
    assert technician.get("/api/v1/sweeps?state=running").json["items"] == []
    stranger = api("technician", site=district.south)
    assert stranger.get(url).status_code == 404
    assert stranger.post(f"{url}/cancel").status_code == 404
    assert stranger.get("/api/v1/sweeps").json["items"] == []
    assert api("helpdesk").post(f"/api/v1/networks/{network}/sweeps").status_code == 403


def test_a_sweep_is_cancelled_over_the_api(
    api: MakeCaller, house: House, printers: Simnet, district: District
) -> None:
    network = house.network(printers)
    technician = api("technician", site=district.north)
    url = technician.post(f"/api/v1/networks/{network}/sweeps").headers["Location"]
    cancelled = technician.post(f"{url}/cancel")
    assert cancelled.json["state"] == SweepState.CANCELLED.value
    assert technician.post(f"/api/v1/networks/{network}/sweeps").status_code == 202


def test_a_network_without_credentials_is_not_swept(api: MakeCaller, district: District) -> None:
    boss = api("coordinator")
    url = boss.post("/api/v1/networks", json=draft()).headers["Location"]
    refused = boss.post(f"{url}/sweeps")
    assert refused.status_code == 409
    assert "credential" in refused.json["detail"]


def test_a_network_is_not_deleted_while_it_is_swept(
    api: MakeCaller, house: House, printers: Simnet
) -> None:
    network = house.network(printers)
    boss, url = api("coordinator"), f"/api/v1/networks/{network}"
    sweep = boss.post(f"{url}/sweeps").json["id"]
    assert boss.delete(url, headers={"If-Match": "*"}).status_code == 409
    house.run(sweep)
    assert boss.delete(url, headers={"If-Match": "*"}).status_code == 204
    assert house.findings() == []


def test_a_token_with_less_may_do_less(api: MakeCaller, house: House, printers: Simnet) -> None:
    network = house.network(printers)
    reader = api("coordinator", permissions={Permission.DISCOVERY_READ})
    assert reader.get(f"/api/v1/networks/{network}").status_code == 200
    assert reader.post(f"/api/v1/networks/{network}/sweeps").status_code == 403
