"""Credentials over the API: district-wide, and secrets that stay inside."""

import logging
from typing import Any

import pytest
from sqlmodel import select

from inventory.audit.models import AuditEvent
from inventory.db import Database
from inventory.discovery import credentials
from inventory.discovery.models import SnmpCredential
from tests.inventory.conftest import District, MakeCaller

SECRET = "hush-hush-community"
KEY = "a-key-nobody-should-read"


def draft(**more: Any) -> dict[str, Any]:
    return {"name": "North wired", "targets": ["10.20.0.0/24"], **more}


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
