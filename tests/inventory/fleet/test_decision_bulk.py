"""Many waiting devices at once, all or none; and the same decisions over the API."""

import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa

from inventory.access import Role
from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.fleet import deciding
from inventory.fleet.models import MdmDevice
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.page_world import said, words
from tests.inventory.fleet.conftest import BOSS, Fleet
from tests.mdm.fakes.google import FakeGoogle

API = "/api/v1/mdm-devices"
PLACE = {"prefix": "", "site_id": "", "status": "in_stock", "reason": "", "back": "outcome=new"}


@pytest.fixture
def waiting(fleet: Fleet, google: FakeGoogle, district: District) -> list[MdmDevice]:
    google.seed(5)
    fleet.sync(fleet.connect(google, site_id=district.north, create_assets=False))
    return fleet.devices()


@pytest.fixture
def technician(browser: MakeCaller, district: District) -> Caller:
    return browser(Role.TECHNICIAN, district.north)


def picked(rows: list[MdmDevice], **more: Any) -> dict[str, Any]:
    return {
        "row": [f"{row.id}.{row.revision}" for row in rows],
        "action": "accept",
        **PLACE,
        **more,
    }


def outcomes(fleet: Fleet) -> set[Outcome]:
    return {row.outcome for row in fleet.devices()}


def test_a_look_first_and_then_all_of_them(
    fleet: Fleet, waiting: list[MdmDevice], technician: Caller, district: District
) -> None:
    look = technician.post("/managed/bulk", data=picked(waiting))
    assert look.status_code == 200
    assert "5 would be done" in words(look.text)
    assert outcomes(fleet) == {Outcome.NEW}, "a look changes nothing"
    assert fleet.assets() == []
    more = {"step": "apply", "site_id": district.north_room}
    done = technician.post("/managed/bulk", data=picked(waiting, **more))
    assert (done.status_code, done.headers["Location"]) == (303, "/managed?outcome=new")
    assert said(done) == "5 new assets were made."
    assert {(a.site_id, a.status) for a in fleet.assets()} == {(district.north_room, "in_stock")}
    assert outcomes(fleet) == {Outcome.MATCHED}
    fleet.verify()


def test_many_cost_few_statements(
    fleet: Fleet, google: FakeGoogle, district: District, technician: Caller
) -> None:
    google.seed(40)
    fleet.sync(fleet.connect(google, site_id=district.north, create_assets=False))
    rows = [row for row in fleet.devices() if row.outcome is Outcome.NEW]
    statements: list[str] = []
    sa.event.listen(
        fleet.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    done = technician.post("/managed/bulk", data=picked(rows, step="apply"))
    assert said(done) == f"{len(rows)} new assets were made."
    assert len(statements) < 8 * len(rows), "one by one they cost sixty each"
    fleet.verify()


def test_one_that_is_refused_keeps_all_back(
    fleet: Fleet, waiting: list[MdmDevice], technician: Caller, google: FakeGoogle
) -> None:
    stale = picked(waiting, step="apply")
    stale["row"][2] = f"{waiting[2].id}.99"
    answer = technician.post("/managed/bulk", data=stale)
    assert "Nothing was changed" in answer.text
    assert "told otherwise since" in answer.text
    assert "4 would be done, 1 is refused" in words(answer.text)
    assert outcomes(fleet) == {Outcome.NEW}
    assert fleet.assets() == []
    left = technician.post("/managed/bulk", data=picked(waiting[:2], action="ignore", step="apply"))
    assert said(left) == "2 devices are ignored."
    assert outcomes(fleet) == {Outcome.NEW, Outcome.IGNORED}


def test_bad_choices(waiting: list[MdmDevice], technician: Caller, browser: MakeCaller) -> None:
    none = technician.post("/managed/bulk", data={"action": "accept", **PLACE})
    assert said(none) == "Choose at least one device first."
    for more in ({"action": "wipe"}, {"row": ["1"]}, {"row": ["x.1"]}, {"back": "//evil.example"}):
        answer = technician.post("/managed/bulk", data=picked(waiting, **more))
        assert answer.status_code in {303, 422}, more
        assert "evil" not in answer.headers.get("Location", "")
    missing = technician.post("/managed/bulk", data=picked(waiting, row=["999999.1"], step="apply"))
    assert missing.status_code == 422
    assert "Nothing to decide" in missing.text
    assert browser(Role.HELPDESK).post("/managed/bulk", data=picked(waiting)).status_code == 403


def test_another_schools_devices_are_not_there(
    fleet: Fleet, waiting: list[MdmDevice], browser: MakeCaller, district: District
) -> None:
    stranger = browser(Role.TECHNICIAN, district.south)
    answer = stranger.post("/managed/bulk", data=picked(waiting, step="apply"))
    assert waiting[0].serial not in answer.text
    assert outcomes(fleet) == {Outcome.NEW}


def test_the_decisions_over_the_api(
    fleet: Fleet, waiting: list[MdmDevice], api: MakeCaller, district: District
) -> None:
    who = api(Role.TECHNICIAN, district.north)
    one, two, three = (f"{API}/{row.id}" for row in waiting[:3])
    seen = who.get(one)
    assert (seen.status_code, seen.json["outcome"], seen.json["candidates"]) == (200, "new", [])
    tag = {"If-Match": seen.headers["ETag"]}
    assert who.post(f"{one}/accept", json={}).status_code == 428
    made = who.post(f"{one}/accept", json={"tag": "API-1"}, headers=tag)
    assert (made.status_code, made.json["outcome"]) == (200, "matched")
    assert made.json["candidates"][0]["tag"] == "API-1"
    assert who.post(f"{one}/ignore", json={}, headers=tag).status_code == 412
    fresh = {"If-Match": made.headers["ETag"]}
    assert who.post(f"{one}/ignore", json={}, headers=fresh).status_code == 409
    with fleet.database.unit() as db:
        draft = AssetDraft(category=Category.CHROMEBOOK, site_id=district.north, serial="5CDOLD99")
        known = assets.create(db, BOSS, draft, now=fleet.clock()).id
    tag = {"If-Match": who.get(two).headers["ETag"]}
    refused = who.post(f"{two}/attach", json={"asset_id": known}, headers=tag)
    assert refused.status_code == 409
    body = {"asset_id": known, "replace_hardware": True, "reason": "new board"}
    assert who.post(f"{two}/attach", json=body, headers=tag).json["asset_id"] == known
    assert fleet.one(Asset, id=known).serial == waiting[1].serial
    tag = {"If-Match": who.get(three).headers["ETag"]}
    out = who.post(f"{three}/ignore", json={"reason": "a loan"}, headers=tag)
    assert (out.json["outcome"], bool(out.json["decided_by"])) == ("ignored", True)
    back = who.post(f"{three}/reopen", headers={"If-Match": out.headers["ETag"]})
    assert (back.json["outcome"], back.json["decided_by"]) == ("new", "")
    stranger = api(Role.TECHNICIAN, district.south)
    assert stranger.get(three).status_code == 404
    fleet.verify()


def test_an_asset_of_another_school_is_not_told(
    fleet: Fleet, waiting: list[MdmDevice], google: FakeGoogle, api: MakeCaller,
    browser: MakeCaller, district: District,
) -> None:  # fmt: skip
    theirs = AssetDraft(
        category=Category.CHROMEBOOK, site_id=district.south, tag="SOUTH-1", serial="5CDOLD99",
        identifiers=[("vendor:google_workspace", waiting[0].vendor_id)],
    )  # fmt: skip
    with fleet.database.unit() as db:
        foreign = assets.create(db, BOSS, theirs, now=fleet.clock()).id
    fleet.sync(waiting[0].connection_id)
    torn = fleet.one(MdmDevice, id=waiting[0].id)
    assert (torn.outcome, torn.candidates) == (Outcome.CONFLICT, [foreign])
    mine, boss = api(Role.TECHNICIAN, district.north), api("coordinator")
    for path in (f"{API}?outcome=conflict", f"{API}/{torn.id}"):
        assert "SOUTH-1" in boss.get(path).text, path
        answer = mine.get(path)
        assert answer.status_code == 200
        assert "SOUTH-1" not in answer.text, path
        assert "outside your sites" in answer.text, path
    person = browser(Role.TECHNICIAN, district.north)
    page = person.get(f"/managed/{torn.id}").text
    assert "SOUTH-1" not in page
    assert "outside your schools" in page
    stolen = {"revision": torn.revision, "asset_id": foreign}
    assert person.post(f"/managed/{torn.id}/same", data=stolen).status_code == 404
    assert fleet.one(MdmDevice, id=torn.id).outcome is Outcome.CONFLICT


def test_a_decision_during_a_sync_is_kept(
    fleet: Fleet, waiting: list[MdmDevice], google: FakeGoogle
) -> None:
    """It is not committed yet when the sync comes to the device."""
    device = next(row for row in waiting if row.vendor_id in google.books)
    google.books[device.vendor_id]["annotatedUser"] = "somebody else"
    fleet.change(device.connection_id, create_assets=True)
    sync_id = fleet.request(device.connection_id)
    decided = threading.Event()

    def decide() -> None:
        with fleet.database.unit() as db:
            deciding.ignore(db, BOSS, device.id, now=fleet.clock())
            decided.set()
            time.sleep(0.5)

    person = threading.Thread(target=decide)
    person.start()
    assert decided.wait(10)
    fleet.run(sync_id)
    person.join()
    after = fleet.one(MdmDevice, id=device.id)
    assert (after.outcome, after.asset_id, bool(after.decided_by)) == (Outcome.IGNORED, None, True)
    assert after.assigned_user == "somebody else"
    assert not fleet.assets(serial=device.serial)


def test_many_over_the_api(
    fleet: Fleet, waiting: list[MdmDevice], api: MakeCaller, district: District
) -> None:
    who = api(Role.TECHNICIAN, district.north)
    rows = [{"id": row.id} for row in waiting]
    dry = who.post(f"{API}/bulk", json={"rows": rows, "dry_run": True})
    assert (dry.status_code, dry.json["applied"]) == (200, False)
    bad = who.post(f"{API}/bulk", json={"rows": [*rows[:2], {"id": 999_999}]})
    assert bad.status_code == 422
    assert [r["status"] for r in bad.json["results"]] == ["done", "done", "refused"]
    assert outcomes(fleet) == {Outcome.NEW}
    assert who.post(f"{API}/bulk", json={"rows": rows[:1] * 2}).status_code == 422
    done = who.post(f"{API}/bulk", json={"rows": rows})
    assert (done.status_code, done.json["applied"]) == (200, True)
    assert outcomes(fleet) == {Outcome.MATCHED}
