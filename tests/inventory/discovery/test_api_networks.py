"""Networks, credentials and sweeps over the API: rules, scopes, and secrets that stay inside."""

import logging
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Permission, Role
from inventory.audit.models import AuditEvent
from inventory.db import Database
from inventory.discovery import credentials
from inventory.discovery.models import SnmpCredential, SweepState
from inventory.settings import Settings
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.discovery.conftest import House
from tests.simnet import Simnet

SECRET = "hush-hush-community"
KEY = "a-key-nobody-should-read"


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


@pytest.mark.parametrize(
    ("more", "field"),
    [
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
    ],
)
def test_a_wrong_network_is_refused_by_name(
    api: MakeCaller, district: District, more: dict[str, Any], field: str
) -> None:
    answer = api("coordinator").post("/api/v1/networks", json=draft(**more))
    assert answer.status_code == 422, answer.json
    assert field in str(answer.json["errors"])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(
    api: MakeCaller, district: District, body: bytes
) -> None:
    answer = api("coordinator").post("/api/v1/networks", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


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


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.HELPDESK, Role.AUDITOR])
def test_who_may_read_may_not_write(api: MakeCaller, district: District, role: Role) -> None:
    boss, other = api("coordinator"), api(role)
    url = boss.post("/api/v1/networks", json=draft()).headers["Location"]
    assert other.get(url).status_code == 200
    assert other.post("/api/v1/networks", json=draft(name="x")).status_code == 403
    assert other.patch(url, json={}, headers={"If-Match": "*"}).status_code == 403
    assert other.delete(url, headers={"If-Match": "*"}).status_code == 403
    assert other.get("/api/v1/credentials").status_code == 403


def community(**more: Any) -> dict[str, Any]:
    return {"label": "closet", "kind": "v2c", "community": SECRET, **more}


def user() -> dict[str, Any]:
    return {
        "label": "monitor", "kind": "v3", "username": "watcher", "auth_protocol": "SHA256",
        "auth_key": KEY, "priv_protocol": "AES256", "priv_key": KEY + "-2",
    }  # fmt: skip


def test_a_secret_goes_in_and_never_comes_out(
    api: MakeCaller, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    boss = api("coordinator")
    said: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for body in (community(), user()):
            made = boss.post("/api/v1/credentials", json=body)
            assert made.status_code == 201, made.json
            url, etag = made.headers["Location"], made.headers["ETag"]
            said += [made.text, boss.get(url).text, boss.get("/api/v1/credentials").text]
            changed = boss.patch(
                url, json={"label": f"{body['label']} 2"}, headers={"If-Match": etag}
            )
            assert changed.status_code == 200, changed.json
            said += [changed.text, boss.post("/api/v1/credentials", json=body).text]
    assert made.json["has"] == ["auth_key", "priv_key"]
    with database.unit(write=False) as db:
        rows = db.exec(select(SnmpCredential)).all()
        said += [repr(row) for row in rows]
        said += [f"{e.before} {e.after}" for e in db.exec(select(AuditEvent)).all()]
        opened = credentials.opened(db, rows)
        said += [repr(opened)]
    said += [caplog.text]
    for text in said:
        assert SECRET not in text
        assert KEY not in text
    by_label = {known.label: known for known in opened}
    assert by_label["closet 2"].community == SECRET.encode()  # type: ignore[union-attr]
    user_ = by_label["monitor 2"]
    assert (user_.auth_key, user_.priv_key) == (KEY, KEY + "-2")  # type: ignore[union-attr]
    assert all(SECRET not in str(row.community) for row in rows)


def test_default_communities_are_flagged(api: MakeCaller) -> None:
    boss = api("coordinator")
    made = boss.post("/api/v1/credentials", json=community(community="public"))
    assert made.json["default_community"] is True
    changed = boss.patch(
        made.headers["Location"], json={"community": SECRET},
        headers={"If-Match": made.headers["ETag"]},
    )  # fmt: skip
    assert changed.json["default_community"] is False


def test_a_credential_in_use_stays(api: MakeCaller, district: District) -> None:
    boss = api("coordinator")
    made = boss.post("/api/v1/credentials", json=community())
    network = boss.post("/api/v1/networks", json=draft(credentials=[made.json["id"]]))
    assert network.json["credentials"] == [{"id": made.json["id"], "label": "closet"}]
    url, any_ = made.headers["Location"], {"If-Match": "*"}
    refused = boss.delete(url, headers=any_)
    assert refused.status_code == 409
    assert "North wired" in refused.json["detail"]
    boss.patch(network.headers["Location"], json={"credentials": []}, headers=any_)
    assert boss.delete(url, headers=any_).status_code == 204


def test_the_kind_of_a_credential_is_fixed(api: MakeCaller) -> None:
    boss = api("coordinator")
    url = boss.post("/api/v1/credentials", json=community()).headers["Location"]
    for body in ({"kind": "v1"}, {"auth_key": KEY}, {"username": "x"}, {"community": ""}):
        assert boss.patch(url, json=body, headers={"If-Match": "*"}).status_code == 422


def test_credentials_belong_to_the_whole_district(api: MakeCaller, district: District) -> None:
    north = api("coordinator", site=district.north)
    url = api("coordinator").post("/api/v1/credentials", json=community()).headers["Location"]
    assert north.post("/api/v1/credentials", json=community(label="x")).status_code == 403
    assert north.patch(url, json={}, headers={"If-Match": "*"}).status_code == 403
    assert north.delete(url, headers={"If-Match": "*"}).status_code == 403
    assert north.get("/api/v1/credentials").status_code == 200, "to give them to a network"


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
