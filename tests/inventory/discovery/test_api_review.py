"""The review queue over the API: evidence side by side, decisions, scopes, bulk."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from inventory.assets.kinds import Status
from inventory.assets.models import Asset, Identifier
from inventory.db import Database
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.settings import Settings
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.conftest import House
from tests.simnet import Simnet

URL = "/api/v1/discoveries"
LAB = "LES-PRN-LAB"
ANY = {"If-Match": "*"}


@pytest.fixture
def house(database: Database, settings: Settings, district: District) -> House:
    return House(database, settings, district.north, district.north_room)


@pytest.fixture
def technician(api: MakeCaller, district: District) -> Caller:
    return api("technician", site=district.north)


def listed(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = caller.get(URL, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def queue_of(house: House, printers: Simnet, caller: Caller) -> dict[str, dict[str, Any]]:
    """The queue after a first sweep, by name."""
    house.sweep(house.network(printers))
    return {row["name"]: row for row in listed(caller)}


def test_the_queue_is_listed_and_filtered(
    house: House, printers: Simnet, technician: Caller, district: District
) -> None:
    queue = queue_of(house, printers, technician)
    assert len(queue) == 3
    page = technician.get(URL).json
    assert (page["count"], page["count_capped"]) == (3, False)
    lab = queue[LAB]
    assert (lab["outcome"], lab["decision"], lab["kind"]) == ("new", None, "printer")
    assert lab["default_community"] is True
    assert "facts" not in lab
    assert len(listed(technician, kind="camera")) == 0
    assert len(listed(technician, outcome="new", network_id=lab["network_id"])) == 3
    assert len(listed(technician, outcome="conflict")) == 0
    assert len(listed(technician, site_id=district.north)) == 3
    assert len(listed(technician, site_id=district.south)) == 0
    assert len(listed(technician, default_community=True)) == 3
    assert len(listed(technician, state="settled")) == 0
    first = technician.get(URL, query_string={"limit": 2}).json
    second = technician.get(URL, query_string={"limit": 2, "after": first["next"]}).json
    ids = [row["id"] for row in (*first["items"], *second["items"])]
    assert ids == sorted(ids, reverse=True)
    assert second["next"] is None
    assert technician.get(f"{URL}?stauts=x").status_code == 422
    assert technician.get(f"{URL}?outcome=maybe").status_code == 422


def test_a_finding_tells_why(house: House, printers: Simnet, technician: Caller) -> None:
    lab = queue_of(house, printers, technician)[LAB]
    detail = technician.get(f"{URL}/{lab['id']}")
    assert detail.headers["ETag"] == f'"finding-{lab["id"]}-{lab["revision"]}"'
    body = detail.json
    assert any(c["field"] == "serial" and c["value"] == lab["serial"] for c in body["evidence"])
    assert body["facts"]["supplies"]
    assert body["candidates"] == []
    assert body["reasons"]


def test_accepting_needs_what_was_read(house: House, printers: Simnet, technician: Caller) -> None:
    lab = queue_of(house, printers, technician)[LAB]
    url = f"{URL}/{lab['id']}"
    assert technician.post(f"{url}/accept", json={}).status_code == 428
    stale = {"If-Match": f'"finding-{lab["id"]}-999"'}
    assert technician.post(f"{url}/accept", json={}, headers=stale).status_code == 412
    etag = {"If-Match": technician.get(url).headers["ETag"]}
    done = technician.post(
        f"{url}/accept", json={"tag": "LAB-1", "status": "in_stock"}, headers=etag
    )
    assert done.status_code == 200, done.json
    assert (done.json["decision"], done.json["reviewed_by"]) != (None, "")
    asset = house.one(Asset, id=done.json["asset_id"])
    assert (asset.tag, asset.status, asset.serial) == ("LAB-1", Status.IN_STOCK, lab["serial"])
    assert technician.post(f"{url}/accept", json={}, headers=ANY).status_code == 409
    assert len(listed(technician)) == 2
    assert [row["id"] for row in listed(technician, state="settled")] == [lab["id"]]


WRONG: list[dict[str, Any]] = [
    {"tag": "x" * 65}, {"status": "lost"}, {"site_id": 10**12}, {"asset_id": 999_999},
    {"unknown": 1}, {"tag": "a\x00b"}, {"site_id": 999_999},
]  # fmt: skip


def test_a_wrong_acceptance_changes_nothing(
    house: House, printers: Simnet, api: MakeCaller
) -> None:
    boss = api("coordinator")
    lab = queue_of(house, printers, boss)[LAB]
    for body in WRONG:
        answer = boss.post(f"{URL}/{lab['id']}/accept", json=body, headers=ANY)
        assert answer.status_code in (404, 422), (body, answer.json)
    assert house.assets() == []
    assert len(listed(boss)) == 3


def test_the_queue_belongs_to_the_site(
    house: House, printers: Simnet, technician: Caller, api: MakeCaller, district: District
) -> None:
    lab = queue_of(house, printers, technician)[LAB]
    stranger = api("technician", site=district.south)
    assert listed(stranger) == []
    for verb in ("accept", "ignore", "reopen", "resolve"):
        body = {"decision": "same", "asset_id": 1} if verb == "resolve" else {}
        answer = stranger.post(f"{URL}/{lab['id']}/{verb}", json=body, headers=ANY)
        assert answer.status_code == 404, verb
    foreign = technician.post(
        f"{URL}/{lab['id']}/accept", json={"site_id": district.south}, headers=ANY
    )
    assert foreign.status_code == 403
    helpdesk = api("helpdesk", site=district.north)
    assert len(listed(helpdesk)) == 3
    refused = helpdesk.post(f"{URL}/{lab['id']}/accept", json={}, headers=ANY)
    assert refused.status_code == 403
    assert house.assets() == []


def test_ignoring_and_reopening(house: House, printers: Simnet, technician: Caller) -> None:
    lab = queue_of(house, printers, technician)[LAB]
    url = f"{URL}/{lab['id']}"
    ignored = technician.post(f"{url}/ignore", json={"reason": "a guest's"}, headers=ANY)
    assert (ignored.json["outcome"], ignored.json["decision"]) == ("ignored", "ignored")
    assert len(listed(technician)) == 2
    reopened = technician.post(f"{url}/reopen", headers=ANY)
    assert (reopened.json["outcome"], reopened.json["decision"]) == ("new", None)
    assert technician.post(f"{url}/reopen", headers=ANY).status_code == 409


@pytest.fixture
def conflict(house: House, printers: Simnet, technician: Caller) -> dict[str, Any]:
    """Another printer stands where the lab's stood."""
    network = house.network(printers, auto_accept=["printer"])
    house.sweep(network)
    printers.replace(LAB, {"serial": "NEWSERIAL77"})
    house.sweep(network)
    (row,) = listed(technician)
    return technician.get(f"{URL}/{row['id']}").json


def test_a_conflict_shows_both_sides(conflict: dict[str, Any]) -> None:
    assert conflict["outcome"] == "conflict"
    (candidate,) = conflict["candidates"]
    sides = {side["field"]: side for side in candidate["sides"]}
    assert sides["serial"]["observed"] == "NEWSERIAL77"
    assert sides["serial"]["same"] is False
    assert sides["name"]["same"] is True
    assert conflict["reasons"]


def test_a_conflict_is_resolved_as_a_replacement(
    house: House, conflict: dict[str, Any], technician: Caller
) -> None:
    old = conflict["candidates"][0]["asset_id"]
    url = f"{URL}/{conflict['id']}/resolve"
    wrong = {"decision": "replaced", "asset_id": old, "old_status": "stolen"}
    assert technician.post(url, json=wrong, headers=ANY).status_code == 422
    body = {"decision": "replaced", "asset_id": old, "reason": "broken", "new": {"tag": "NEW-1"}}
    done = technician.post(url, json=body, headers=ANY)
    assert done.status_code == 200, done.json
    assert house.one(Asset, id=old).status is Status.RETIRED
    assert house.one(Asset, tag="NEW-1").serial == "NEWSERIAL77"


def test_a_conflict_is_resolved_by_a_spare(
    house: House, conflict: dict[str, Any], technician: Caller, district: District
) -> None:
    spare = technician.post(
        "/api/v1/assets", json={"category": "printer", "site_id": district.north, "tag": "SPARE"}
    ).json["id"]
    old = conflict["candidates"][0]["asset_id"]
    body = {
        "decision": "replaced", "asset_id": old, "old_status": "in_repair", "new_asset_id": spare
    }  # fmt: skip
    done = technician.post(f"{URL}/{conflict['id']}/resolve", json=body, headers=ANY)
    assert done.status_code == 200, done.json
    assert house.one(Asset, id=old).status is Status.IN_REPAIR
    assert house.one(Asset, id=spare).serial == "NEWSERIAL77"
    assert len(house.assets()) == 4


def test_a_conflict_is_resolved_as_the_same_device(
    house: House, conflict: dict[str, Any], technician: Caller
) -> None:
    old = conflict["candidates"][0]["asset_id"]
    body = {"decision": "same", "asset_id": old}
    url = f"{URL}/{conflict['id']}/resolve"
    assert technician.post(url, json=body, headers=ANY).status_code == 409
    body["replace_hardware"] = True
    assert technician.post(url, json=body, headers=ANY).status_code == 200
    assert house.one(Asset, id=old).serial == "NEWSERIAL77"
    assert len(house.assets()) == 3


def test_assets_of_other_sites_are_not_shown(
    house: House,
    conflict: dict[str, Any],
    technician: Caller,
    api: MakeCaller,
    district: District,
) -> None:
    old = conflict["candidates"][0]["asset_id"]
    boss = api("coordinator")
    moved = boss.patch(f"/api/v1/assets/{old}", json={"site_id": district.south}, headers=ANY)
    assert moved.status_code == 200, moved.json
    seen = technician.get(f"{URL}/{conflict['id']}").json
    assert [c["asset_id"] for c in seen["candidates"]] == [None]
    tag = house.one(Asset, id=old).tag
    assert tag not in str(seen["reasons"]) + str(seen["candidates"])
    body = {"decision": "same", "asset_id": old, "replace_hardware": True}
    refused = technician.post(f"{URL}/{conflict['id']}/resolve", json=body, headers=ANY)
    assert refused.status_code == 404
    assert boss.get(f"{URL}/{conflict['id']}").json["candidates"][0]["tag"] == tag


def test_many_are_decided_at_once(house: House, printers: Simnet, technician: Caller) -> None:
    queue = queue_of(house, printers, technician)
    rows = [
        {"id": queue["LES-PRN-OFFICE"]["id"], "tag": "OFF-1"},
        {"id": queue["LES-PRN-102"]["id"], "revision": queue["LES-PRN-102"]["revision"]},
        {"id": queue[LAB]["id"], "action": "ignore", "reason": "private"},
    ]
    rehearsal = technician.post(f"{URL}/bulk", json={"rows": rows, "dry_run": True})
    assert rehearsal.json["applied"] is False
    assert house.assets() == []
    done = technician.post(f"{URL}/bulk", json={"rows": rows})
    assert done.status_code == 200, done.json
    assert done.json["applied"] is True
    assert [r["decision"] for r in done.json["results"]] == ["created", "created", "ignored"]
    assert len(house.assets()) == 2
    assert listed(technician) == []


def test_one_refusal_undoes_all(house: House, printers: Simnet, technician: Caller) -> None:
    queue = queue_of(house, printers, technician)
    ids = [row["id"] for row in queue.values()]
    rows = [
        {"id": ids[0], "tag": "T-1"}, {"id": ids[1], "tag": "T-1"}, {"id": 999_999},
    ]  # fmt: skip
    refused = technician.post(f"{URL}/bulk", json={"rows": rows})
    assert refused.status_code == 422
    assert [r["code"] for r in refused.json["results"]] == [200, 409, 404]
    assert house.assets() == []
    assert house.all(Identifier) == []
    assert len(listed(technician)) == 3
    twice = technician.post(f"{URL}/bulk", json={"rows": [{"id": ids[0]}, {"id": ids[0]}]})
    assert twice.status_code == 422
    assert technician.post(f"{URL}/bulk", json={"rows": []}).status_code == 422
    many = [{"id": n} for n in range(1, 502)]
    assert technician.post(f"{URL}/bulk", json={"rows": many}).status_code == 422


def test_decisions_are_in_the_log(
    house: House,
    printers: Simnet,
    technician: Caller,
    events: Callable[..., Sequence[Any]],
) -> None:
    queue = queue_of(house, printers, technician)
    ids = [row["id"] for row in queue.values()]
    technician.post(f"{URL}/{ids[0]}/accept", json={}, headers=ANY)
    technician.post(f"{URL}/{ids[1]}/ignore", json={"reason": "why not"}, headers=ANY)
    (created,) = events("finding.created")
    (ignored,) = events("finding.ignored")
    assert (created.subject_id, ignored.subject_id) == (str(ids[0]), str(ids[1]))
    assert ignored.reason == "why not"
    assert created.site_id == house.school
    assert len(events("sweep.finished")) == 1
    assert len(house.all(DiscoveryFinding)) == 3
