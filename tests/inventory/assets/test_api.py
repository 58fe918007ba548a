"""/api/v1/assets, as a script sees it."""

from typing import Any

import pytest
from sqlmodel import select

from inventory.assets.models import Asset
from inventory.db import Database
from tests.inventory.assets.conftest import District, Make
from tests.inventory.conftest import Caller, MakeCaller

URL = "/api/v1/assets"


@pytest.fixture
def technician(api: MakeCaller, district: District) -> Caller:
    return api("technician", site=district.lincoln)


def new(caller: Caller, **fields: Any) -> dict[str, Any]:
    answer = caller.post(URL, json={"category": "printer", **fields})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def test_create_read_change(technician: Caller, district: District) -> None:
    answer = technician.post(
        URL,
        json={
            "category": "printer", "manufacturer": "Brother", "model": "HL-L2350DW",
            "serial": "E78283K1N123456", "site_id": district.room_12, "cost_cents": 12900,
            "purchase_date": "2026-08-01", "federal_funds": True, "grant_number": "T1-2026",
            "identifiers": [{"kind": "mac", "value": "0080.77AA.BBCC"}], "status": "deployed",
        },
    )  # fmt: skip
    asset = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{URL}/{asset['id']}"
    assert asset["tag"] == "HR-000001"
    assert asset["place"] == ["Westbrook Schools", "Lincoln Elementary", "Room 12"]
    assert (asset["manufacturer"], asset["model"]) == ("Brother", "HL-L2350DW")
    assert {(i["kind"], i["value"]) for i in asset["identifiers"]} == {
        ("serial", "E78283K1N123456"), ("mac", "00:80:77:aa:bb:cc"),
    }  # fmt: skip
    read = technician.get(f"{URL}/{asset['id']}")
    assert (read.get_json(), read.headers["ETag"]) == (asset, answer.headers["ETag"])

    path = f"{URL}/{asset['id']}"
    assert technician.patch(path, json={"name": "Office"}).status_code == 428
    stale = technician.patch(path, json={"name": "Office"}, headers={"If-Match": '"asset-1-9"'})
    assert stale.status_code == 412
    match = {"If-Match": read.headers["ETag"]}
    changed = technician.patch(path, json={"name": "Office", "tag": "LIB/7 ü"}, headers=match)
    assert changed.status_code == 200
    assert changed.get_json()["former_tags"] == ["HR-000001"]
    assert technician.patch(path, json={"name": "Later"}, headers=match).status_code == 412
    for tag in ("LIB/7 ü", "lib%2F7%20%C3%BC", "HR-000001"):
        found = technician.get(f"{URL}/by-tag/{tag}").get_json()
        assert (found["id"], found["name"]) == (asset["id"], "Office")
    serial = technician.get(f"{URL}/by-serial/e78283k1n123456?manufacturer=BROTHER")
    assert [a["id"] for a in serial.get_json()["items"]] == [asset["id"]]


def test_tags_of_any_shape_come_back_by_their_url(technician: Caller, district: District) -> None:
    for tag in (
        "a//b",
        "/lead",
        "trail/",
        "50% off?",
        "#1",
        "プリンタ 12",
        "a+b&c=d",
        "..",
        "by-tag",
    ):
        asset = new(technician, tag=tag, site_id=district.lincoln)
        quoted = "".join(f"%{byte:02X}" for byte in tag.encode())
        found = technician.get(f"{URL}/by-tag/{quoted}")
        assert (found.status_code, found.get_json()["id"]) == (200, asset["id"]), tag
        listed = technician.get(URL, query_string={"tag": tag}).get_json()
        assert [row["id"] for row in listed["items"]] == [asset["id"]]


def test_a_request_sent_twice_is_done_once(
    database: Database, technician: Caller, district: District, api: MakeCaller
) -> None:
    draft = {"category": "laptop", "site_id": district.lincoln}
    key = {"Idempotency-Key": "enrol-4711"}
    first = technician.post(URL, json=draft, headers=key)
    again = technician.post(URL, json=draft, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = technician.post(URL, json={**draft, "name": "x"}, headers=key)
    assert other.status_code == 422
    elsewhere = technician.post(f"{URL}/tags/reserve", json={"count": 1}, headers=key)
    assert elsewhere.status_code == 201
    neighbour = api("coordinator").post(URL, json=draft, headers=key)
    assert neighbour.get_json()["id"] != first.get_json()["id"]
    for bad in ("", "ü", "x" * 201):
        assert technician.post(URL, json=draft, headers={"Idempotency-Key": bad}).status_code == 422
    failed = technician.post(URL, json={"category": "toaster"}, headers={"Idempotency-Key": "f"})
    mended = technician.post(URL, json=draft, headers={"Idempotency-Key": "f"})
    assert (failed.status_code, mended.status_code) == (422, 201)
    with database.unit(write=False) as db:
        assert len(db.exec(select(Asset.id)).all()) == 3


def test_only_declared_fields_are_accepted(technician: Caller, district: District) -> None:
    asset = new(technician, site_id=district.lincoln)
    path, match = f"{URL}/{asset['id']}", {"If-Match": "*"}
    for field in ("id", "uid", "version", "status", "created_at", "observed_fields", "tag_key",
                  "manufacturer_id", "last_seen_at", "nonsense"):  # fmt: skip
        answer = technician.patch(path, json={field: 1}, headers=match)
        assert (answer.status_code, field in answer.text) == (422, True), field
    for body in ({"category": "printer", "id": 5}, {"category": "printer", "version": 5}, {}, [],
                 {"category": ["printer"]}, {"category": "printer", "site_id": 10**30},
                 {"category": "printer", "site_id": True}, {"category": "printer", "name": None},
                 {"category": "printer", "cost_cents": 1.5}, {"category": "printer", "tag": 5},
                 {"category": "printer", "custom": []}, {"category": "printer", "name": "a\x00"},
                 {"category": "printer", "identifiers": [{"kind": "mac"}]}):  # fmt: skip
        assert technician.post(URL, json=body).status_code == 422, body
    half = b'{"category": "printer", "tag": "\\ud800"}'
    assert technician.post(URL, data=half, content_type="application/json").status_code == 422
    assert technician.post(URL, data="{", content_type="application/json").status_code in {400, 422}
    deep = '{"category": "printer", "custom": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"
    answer = technician.post(URL, data=deep, content_type="application/json")
    assert answer.status_code in {400, 422}
    for path in (f"{URL}/{10**30}", f"{URL}/0", f"{URL}/-1", f"{URL}/1e3"):
        assert technician.get(path).status_code == 404
    for query in ("stauts=lost", "sort=tag_key", "sort=tag;drop table asset", "limit=0",
                  "limit=501", "after=xyz", "status=gone", "site_id=99999999999999999999",
                  "custom=nope:1", "custom=nope", "seen_after=yesterday", "sort=--tag",
                  "sort=", "manufacturer=a%00b"):  # fmt: skip
        assert technician.get(f"{URL}?{query}").status_code == 422, query


def test_scope_hides_what_is_elsewhere(
    api: MakeCaller, make: Make, technician: Caller, district: District
) -> None:
    foreign = make(tag="FAR", site_id=district.adams, serial="FAR0001")
    path = f"{URL}/{foreign.id}"
    match = {"If-Match": "*"}
    for part in ("", "/notes", "/history", "/sightings", "/differences"):
        assert technician.get(path + part).status_code == 404
    assert technician.get(f"{URL}/by-tag/FAR").status_code == 404
    assert technician.get(f"{URL}/by-serial/FAR0001").status_code == 404
    assert technician.get(f"{URL}?q=FAR").get_json()["items"] == []
    assert technician.patch(path, json={"name": "x"}, headers=match).status_code == 404
    for part, body in (
        ("/status", {"status": "deployed"}), ("/retire", {}), ("/notes", {"text": "x"}),
        ("/identifiers", {"kind": "mac", "value": "00:11:22:33:44:55"}),
    ):  # fmt: skip
        assert technician.post(path + part, json=body).status_code == 404
    own = new(technician, site_id=district.lincoln)
    into = technician.patch(f"{URL}/{own['id']}", json={"site_id": district.adams}, headers=match)
    assert into.status_code == 403
    answer = technician.post(URL, json={"category": "printer", "site_id": district.adams})
    assert answer.status_code == 403
    reader = api("helpdesk", site=district.lincoln)
    assert reader.get(f"{URL}/{own['id']}").status_code == 200
    assert reader.patch(f"{URL}/{own['id']}", json={}, headers=match).status_code == 403
    assert api("staff", site=district.lincoln).get(f"{URL}/{own['id']}").status_code == 403


def test_status_retire_notes_history(technician: Caller, district: District) -> None:
    asset = new(technician, site_id=district.lincoln)
    path = f"{URL}/{asset['id']}"
    lost = technician.post(f"{path}/status", json={"status": "lost"})
    assert (lost.status_code, list(lost.get_json()["errors"])) == (422, ["reason"])
    lost = technician.post(f"{path}/status", json={"status": "lost", "reason": "not in room"})
    assert (lost.status_code, lost.get_json()["status"]) == (200, "lost")
    disposed = technician.post(f"{path}/status", json={"status": "disposed", "reason": "x"})
    assert disposed.status_code == 409
    stale = technician.post(f"{path}/retire", json={}, headers={"If-Match": '"asset-1-1"'})
    assert stale.status_code == 412
    retired = technician.post(f"{path}/retire", json={"reason": "too old"})
    assert retired.get_json()["status"] == "retired"
    note = technician.post(f"{path}/notes", json={"text": "  <b>screen</b>\r\ncracked "})
    assert note.get_json()["text"] == "<b>screen</b>\ncracked"
    assert technician.post(f"{path}/notes", json={"text": " "}).status_code == 422
    technician.post(f"{path}/notes", json={"text": "second"})
    page = technician.get(f"{path}/notes?limit=1").get_json()
    rest = technician.get(f"{path}/notes?limit=1&after={page['next']}").get_json()
    assert [n["text"] for n in page["items"] + rest["items"]] == [
        "second", "<b>screen</b>\ncracked",
    ]  # fmt: skip
    assert rest["next"] is None
    titles, cursor = [], ""
    while cursor is not None:
        part = technician.get(f"{path}/history?limit=2{cursor and '&after=' + cursor}").get_json()
        titles += [(entry["kind"], entry["title"]) for entry in part["items"]]
        cursor = part["next"]
    assert sorted(titles) == [
        ("event", "asset.created"), ("event", "asset.status_changed"),
        ("event", "asset.status_changed"), ("note", "note"), ("note", "note"),
    ]  # fmt: skip
    for bad in ("xyz", "WzFd", "WyIyMDI2IiwiZXZlbnQiLDFd"):
        assert technician.get(f"{path}/history?after={bad}").status_code == 422


def test_identifiers_are_added_and_taken_away(technician: Caller, district: District) -> None:
    one = new(technician, site_id=district.lincoln, serial="ABCD1234")
    two = new(technician, site_id=district.lincoln)
    mac = {"kind": "mac", "value": "00:11:22:33:44:55"}
    added = technician.post(f"{URL}/{one['id']}/identifiers", json=mac)
    assert added.status_code == 201
    clash = technician.post(f"{URL}/{two['id']}/identifiers", json=mac)
    assert (clash.status_code, one["tag"] in clash.get_json()["detail"]) == (409, True)
    found = technician.get(f"{URL}?q=0011.2233.4455").get_json()
    assert ([row["id"] for row in found["items"]], found["exact"]) == ([one["id"]], 1)
    ids = {i["kind"]: i["id"] for i in added.get_json()["identifiers"]}
    path = f"{URL}/{one['id']}/identifiers"
    assert technician.delete(f"{path}/{ids['serial']}").status_code == 409
    assert technician.delete(f"{path}/999").status_code == 404
    assert technician.delete(f"{path}/{ids['mac']}").status_code == 200
    assert technician.post(f"{URL}/{two['id']}/identifiers", json=mac).status_code == 201


def test_bulk_is_all_or_none(technician: Caller, district: District, make: Make) -> None:
    rows = [new(technician, site_id=district.lincoln)["id"] for _ in range(3)]
    foreign = make(site_id=district.adams).id
    changes = {"funding_source": "Title I", "status": "deployed"}
    good = [{"id": id_, "version": 1, "changes": changes} for id_ in rows]
    dry = technician.post(f"{URL}/bulk", json={"rows": good, "dry_run": True}).get_json()
    assert (dry["applied"], {r["status"] for r in dry["results"]}) == (False, {"changed"})
    for bad, code in (
        ({"id": foreign, "changes": changes}, 404),
        ({"id": rows[2], "version": 7, "changes": {}}, 412),
        ({"id": rows[2], "changes": {"status": "disposed"}}, 409),
        ({"id": rows[2], "changes": {"site_id": district.adams}}, 403),
        ({"id": rows[2], "changes": {"name": "ok", "tag": "HR-000001"}}, 409),
    ):
        answer = technician.post(f"{URL}/bulk", json={"rows": [*good[:2], bad]})
        body = answer.get_json()
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert [r["code"] for r in body["results"]] == [200, 200, code]
        assert body["applied"] is False
    assert {technician.get(f"{URL}/{id_}").get_json()["version"] for id_ in rows} == {1}
    twice = technician.post(f"{URL}/bulk", json={"rows": [good[0], good[0]]})
    assert twice.status_code == 422
    unknown = technician.post(f"{URL}/bulk", json={"rows": [{"id": 1, "changes": {"uid": "x"}}]})
    assert unknown.status_code == 422
    done = technician.post(f"{URL}/bulk", json={"rows": good, "reason": "grant"}).get_json()
    assert (done["applied"], [r["status"] for r in done["results"]]) == (True, ["changed"] * 3)
    for id_ in rows:
        entries = technician.get(f"{URL}/{id_}/history").get_json()["items"]
        assert [e["details"]["reason"] for e in entries] == ["grant", "grant", ""]
    same = technician.post(f"{URL}/bulk", json={"rows": [{"id": rows[0], "changes": changes}]})
    assert same.get_json()["results"][0]["status"] == "unchanged"
