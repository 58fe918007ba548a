"""Devices of vendors that wait for a person: decided in the browser, kept to by later syncs."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.access import Role
from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.fleet.models import MdmDevice
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.page_world import said, words
from tests.inventory.fleet.conftest import BOSS, Fleet
from tests.mdm.fakes.google import FakeGoogle

NEW = {"tag": "", "prefix": "", "site_id": "", "status": "deployed"}
HOSTILE = "<script>alert(1)</script> \"'"


@pytest.fixture
def waiting(fleet: Fleet, google: FakeGoogle, district: District) -> int:
    """A connection of North School that makes no assets, synced once: three Chromebooks, two
    phones."""
    google.seed(5)
    connection_id = fleet.connect(google, site_id=district.north, create_assets=False)
    fleet.sync(connection_id)
    return connection_id


@pytest.fixture
def technician(browser: MakeCaller, district: District) -> Caller:
    return browser(Role.TECHNICIAN, district.north)


def first(fleet: Fleet, google: FakeGoogle) -> MdmDevice:
    return fleet.device(next(iter(google.books)))


def again(fleet: Fleet, device: MdmDevice) -> MdmDevice:
    found: MdmDevice = fleet.one(MdmDevice, id=device.id)
    return found


def asset(fleet: Fleet, site: int, **more: Any) -> int:
    with fleet.database.unit() as db:
        draft = AssetDraft(category=Category.CHROMEBOOK, site_id=site, **more)
        return assets.create(db, BOSS, draft, now=fleet.clock()).id


def decide(who: Caller, device: MdmDevice, verb: str, **more: Any) -> Any:
    data = {"revision": device.revision, **more}
    return who.post(f"/managed/{device.id}/{verb}", data=data)


def test_a_new_one_becomes_an_asset_and_syncs_follow(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller, district: District,
    events: Callable[..., Any],
) -> None:  # fmt: skip
    device = first(fleet, google)
    listed = technician.get("/managed?outcome=new").text
    assert f'href="/managed/{device.id}"' in listed
    assert f'value="{device.id}.{device.revision}"' in listed
    shown = words(technician.get(f"/managed/{device.id}").text)
    assert device.serial in shown
    assert "Accept as a new asset" in shown
    done = decide(technician, device, "accept", **{**NEW, "tag": "LAB-7"})
    assert done.headers["Location"] == f"/managed/{device.id}"
    assert said(done).startswith("A new asset was made: LAB-7")
    made = fleet.one(Asset, tag="LAB-7")
    assert (made.serial, made.site_id, made.status) == (
        device.serial, district.north, Status.DEPLOYED,
    )  # fmt: skip
    assert len(events("mdm_device.accepted")) == 1
    shown = words(technician.get(f"/managed/{device.id}").text)
    assert "Next that waits" in shown
    assert decide(technician, again(fleet, device), "accept", **NEW).status_code == 409
    google.books[device.vendor_id]["annotatedUser"] = "somebody else"
    google.books[device.vendor_id]["serialNumber"] = device.serial
    fleet.sync(waiting)
    after = again(fleet, device)
    assert (after.outcome, after.asset_id) == (Outcome.MATCHED, made.id)
    assert after.assigned_user == "somebody else"
    assert after.decided_by
    fleet.verify()


def test_what_is_not_ours_stays_out_until_it_is_taken_back(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller, events: Callable[..., Any]
) -> None:
    device = first(fleet, google)
    done = decide(technician, device, "ignore", reason="a vendor's loan")
    assert said(done) == "It is ignored from now on."
    assert events("mdm_device.ignored")[0].reason == "a vendor's loan"
    fleet.change(waiting, create_assets=True)
    google.books[device.vendor_id]["annotatedUser"] = "somebody else"
    fleet.sync(waiting)
    after = again(fleet, device)
    assert (after.outcome, after.asset_id) == (Outcome.IGNORED, None)
    assert after.assigned_user == "somebody else", "it is told of all the same"
    page = technician.get(f"/managed/{device.id}").text
    assert "Decide anew" in page
    back = decide(technician, after, "reopen")
    assert said(back) == "It was matched anew."
    assert again(fleet, device).outcome is Outcome.NEW
    assert decide(technician, again(fleet, device), "reopen").status_code == 409
    fleet.sync(waiting)
    assert again(fleet, device).outcome is Outcome.MATCHED


def test_it_is_an_asset_that_is_there(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller, district: District
) -> None:
    device = first(fleet, google)
    mine = asset(fleet, district.north, tag="OLD-1", name="Front desk")
    asset(fleet, district.south, tag="OLD-2")
    url = f"/managed/{device.id}/same"
    assert "OLD-1" not in technician.get(url).text, "nothing points at it"
    assert decide(technician, device, "same").status_code == 422
    assert "Did you mean OLD-1?" in decide(technician, device, "same", tag="OLD-3").text
    for foreign in ("OLD-2", "OLD-22"):
        refused = decide(technician, device, "same", tag=foreign)
        assert refused.status_code == 422
        assert "OLD-2?" not in refused.text
    done = decide(technician, device, "same", tag="old-1")
    assert said(done) == "It is OLD-1 Front desk."
    assert again(fleet, device).asset_id == mine
    assert fleet.one(Asset, id=mine).serial == device.serial
    google.books[device.vendor_id]["annotatedUser"] = "somebody else"
    fleet.sync(waiting)
    assert again(fleet, device).asset_id == mine


def test_the_bearer_of_the_vendors_tag_is_offered(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller, district: District
) -> None:
    google.seed(5)
    device = next(d for d in fleet.devices() if d.asset_tag)
    mine = asset(fleet, district.north, tag=device.asset_tag)
    page = technician.get(f"/managed/{device.id}").text
    assert "Side by side" in page
    form = technician.get(f"/managed/{device.id}/same").text
    assert f'name="asset_id" value="{mine}" checked' in form
    assert decide(technician, device, "same", asset_id=mine, tag="").status_code == 303


@pytest.fixture
def torn(fleet: Fleet, google: FakeGoogle, waiting: int, district: District) -> tuple[int, int]:
    """The first Chromebook has the serial number of one asset and the address of another."""
    device = first(fleet, google)
    one = asset(fleet, district.north, tag="A-1", serial=device.serial)
    mac = device.facts["macs"][0]
    other = asset(fleet, district.north, tag="A-2", identifiers=[("mac", mac)])
    fleet.sync(waiting)
    assert again(fleet, device).outcome is Outcome.CONFLICT
    return one, other


def test_a_decided_conflict_stays_decided_while_the_hardware_is_the_same(
    fleet: Fleet, google: FakeGoogle, waiting: int, torn: tuple[int, int], technician: Caller
) -> None:
    device = first(fleet, google)
    page = words(technician.get(f"/managed/{device.id}").text)
    assert "its identifiers belong to different assets" in page
    form = technician.get(f"/managed/{device.id}/same").text
    assert form.count('type="radio"') == 2
    assert said(decide(technician, device, "same", asset_id=torn[1])) == "It is A-2."
    record = google.books[device.vendor_id]
    record["annotatedUser"] = "somebody else"
    fleet.sync(waiting)
    after = again(fleet, device)
    assert (after.outcome, after.asset_id, after.assigned_user) == (
        Outcome.MATCHED, torn[1], "somebody else",
    )  # fmt: skip
    record["macAddress"] = "3c2af4ffffff"
    fleet.sync(waiting)
    after = again(fleet, device)
    assert (after.outcome, after.asset_id) == (Outcome.CONFLICT, None), "other hardware: ask again"


def test_a_device_of_its_own_beside_those_in_conflict(
    fleet: Fleet, google: FakeGoogle, waiting: int, torn: tuple[int, int], technician: Caller
) -> None:
    device = first(fleet, google)
    assert "A device of its own" in technician.get(f"/managed/{device.id}/accept").text
    decide(technician, device, "accept", **{**NEW, "tag": "OWN-1"})
    own = fleet.one(Asset, tag="OWN-1")
    assert own.serial == "", "it stays with the one that has it"
    google.books[device.vendor_id]["annotatedUser"] = "somebody else"
    fleet.sync(waiting)
    assert again(fleet, device).asset_id == own.id


def test_hardware_was_replaced(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller, district: District
) -> None:
    device = first(fleet, google)
    ids = [("vendor:google_workspace", device.vendor_id)]
    mine = asset(fleet, district.north, tag="OLD-1", serial="5CDBEFORE1", identifiers=ids)
    fleet.sync(waiting)
    device = again(fleet, device)
    assert device.outcome is Outcome.CONFLICT
    refused = decide(technician, device, "same", asset_id=mine, tag="")
    assert refused.status_code == 409
    assert "hardware was replaced" in refused.text
    decide(technician, device, "same", asset_id=mine, replace_hardware="true", reason="new board")
    assert fleet.one(Asset, id=mine).serial == device.serial
    fleet.sync(waiting)
    assert again(fleet, device).asset_id == mine
    fleet.verify()


def test_what_the_vendor_told_otherwise_since_is_not_decided(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller
) -> None:
    device = first(fleet, google)
    google.books[device.vendor_id]["annotatedUser"] = "somebody else"
    fleet.sync(waiting)
    for verb in ("accept", "same", "ignore"):
        stale = decide(technician, device, verb, **({"tag": "A-1"} if verb == "same" else {}))
        assert stale.status_code in {412, 422}, verb
        if verb != "same":
            assert "Look at it again, then decide." in stale.text
    assert again(fleet, device).outcome is Outcome.NEW


def test_who_may_look_and_who_may_decide(
    fleet: Fleet, google: FakeGoogle, waiting: int, browser: MakeCaller, district: District
) -> None:
    device = first(fleet, google)
    url = f"/managed/{device.id}"
    helper = browser(Role.HELPDESK, district.north)
    page = helper.get(url).text
    assert "Who reviews devices at this place decides." in page
    assert "/accept" not in page
    assert "data-check-all" not in helper.get("/managed").text
    stranger = browser(Role.TECHNICIAN, district.south)
    assert stranger.get(url).status_code == 404
    for verb in ("accept", "same", "ignore", "reopen"):
        assert decide(helper, device, verb, **NEW).status_code == 403, verb
        assert decide(stranger, device, verb, **NEW).status_code == 404, verb
    assert again(fleet, device).outcome is Outcome.NEW


def test_hostile_words_stay_words(
    fleet: Fleet, google: FakeGoogle, waiting: int, technician: Caller
) -> None:
    device = first(fleet, google)
    record = google.books[device.vendor_id]
    record |= {"annotatedUser": HOSTILE, "model": HOSTILE, "annotatedAssetId": HOSTILE}
    fleet.sync(waiting)
    for path in ("", "/accept", "/same", "/ignore"):
        answer = technician.get(f"/managed/{device.id}{path}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text, path
