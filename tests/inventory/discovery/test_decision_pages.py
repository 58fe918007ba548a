"""The forms that decide about a finding: what they do, what they refuse, and what they keep."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.assets.kinds import Outcome, Status
from inventory.assets.models import Asset
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.page_world import World, said, words

NEW = {"revision": "1", "tag": "", "prefix": "", "site_id": "", "status": "deployed"}
REPLACED = {
    **NEW, "old_status": "in_repair", "becomes": "new", "known_tag": "", "reason": "jammed",
}  # fmt: skip


@pytest.fixture
def network(world: World, district: District) -> int:
    return world.network(district.north, "North net")


@pytest.fixture
def technician(browser: MakeCaller, district: District) -> Caller:
    return browser("technician", site=district.north)


@pytest.fixture
def conflict(world: World, network: int, district: District) -> tuple[int, int]:
    """(finding, asset): the asset's serial number is another one."""
    asset = world.asset(district.north_room, tag="OLD-1", serial="CNOLD")
    finding = world.finding(
        network, district.north_room, serial="CNNEW", outcome=Outcome.CONFLICT,
        candidates=[asset], asset_id=asset,
    )  # fmt: skip
    return finding, asset


def test_accepting_makes_an_asset(
    technician: Caller, world: World, network: int, district: District, events: Callable[..., Any]
) -> None:
    finding = world.finding(network, district.north, serial="CN123")
    form = technician.get(f"/discoveries/{finding}/accept").text
    assert f'<option value="{district.north}" selected>' in form, "where it was found"
    assert "South School" not in form
    done = technician.post(
        f"/discoveries/{finding}/accept",
        data={**NEW, "tag": "LAB-7", "site_id": str(district.north_lab), "status": "in_stock"},
    )
    assert done.headers["Location"] == f"/discoveries/{finding}"
    assert said(done) == "A new asset was made: LAB-7."
    asset = world.one(Asset, tag="LAB-7")
    assert (asset.serial, asset.site_id, asset.status) == (
        "CN123", district.north_lab, Status.IN_STOCK,
    )  # fmt: skip
    assert world.one(DiscoveryFinding, id=finding).decision is Decision.CREATED
    assert len(events("finding.created")) == 1
    again = technician.post(f"/discoveries/{finding}/accept", data={**NEW, "revision": "2"})
    assert again.status_code == 409
    assert "is settled" in again.text


def test_a_mistake_keeps_what_was_typed(
    technician: Caller, world: World, network: int, district: District
) -> None:
    finding = world.finding(network, district.north)
    world.asset(district.north_room, tag="TAKEN-1")
    url = f"/discoveries/{finding}/accept"
    taken = technician.post(url, data={**NEW, "tag": "taken-1"})
    assert taken.status_code == 409
    assert 'value="taken-1"' in taken.text
    wrong: list[dict[str, str]] = [
        {"status": "lost"}, {"site_id": "999999"}, {"prefix": "NOPE-"}, {"tag": "x" * 65},
        {"revision": ""}, {"revision": "x"},
    ]  # fmt: skip
    for more in wrong:
        answer = technician.post(url, data={**NEW, **more})
        assert answer.status_code in {403, 422}, more
    foreign = technician.post(url, data={**NEW, "site_id": str(district.south)})
    assert foreign.status_code == 403
    assert world.one(DiscoveryFinding, id=finding).decision is None


@pytest.mark.parametrize("verb", ["accept", "attach", "ignore"])
def test_what_was_seen_otherwise_since_is_not_decided(
    technician: Caller, world: World, network: int, district: District, verb: str
) -> None:
    finding = world.finding(network, district.north, revision=4)
    world.asset(district.north_room, tag="A-1")
    stale = technician.post(
        f"/discoveries/{finding}/{verb}",
        data={"revision": "3"} | ({"tag": "A-1"} if verb == "attach" else {}),
    )
    assert stale.status_code == 412
    assert "seen otherwise since" in stale.text
    assert "Look at it again, then decide." in stale.text
    assert 'name="revision" value="3"' in stale.text, "pressing again decides nothing either"
    assert world.one(DiscoveryFinding, id=finding).decision is None


def test_attaching_by_tag(
    technician: Caller, world: World, network: int, district: District
) -> None:
    finding = world.finding(network, district.north, serial="CN55")
    asset = world.asset(district.north_room, tag="HR-000123")
    world.asset(district.south_room, tag="HR-000999")
    url = f"/discoveries/{finding}/attach"
    missed = technician.post(url, data={"revision": "1", "tag": "HR-000124"})
    assert missed.status_code == 422
    assert "Did you mean HR-000123?" in missed.text
    foreign = technician.post(url, data={"revision": "1", "tag": "HR-000999"})
    assert (foreign.status_code, "HR-000999?" in foreign.text) == (422, False)
    done = technician.post(url, data={"revision": "1", "tag": "hr-000123"})
    assert said(done) == "It is HR-000123."
    row = world.one(DiscoveryFinding, id=finding)
    assert (row.decision, row.asset_id) == (Decision.ATTACHED, asset)


def test_ignoring_and_taking_it_back(
    technician: Caller, world: World, network: int, district: District, events: Callable[..., Any]
) -> None:
    finding = world.finding(network, district.north)
    url = f"/discoveries/{finding}"
    technician.post(f"{url}/ignore", data={"revision": "1", "reason": "a toy"})
    assert world.one(DiscoveryFinding, id=finding).decision is Decision.IGNORED
    assert events("finding.ignored")[0].reason == "a toy"
    page = technician.get(url).text
    assert "Review it after all" in page
    back = technician.post(f"{url}/reopen", data={"revision": "2"})
    assert said(back) == "It waits for review again."
    assert world.one(DiscoveryFinding, id=finding).decision is None
    assert technician.post(f"{url}/reopen", data={"revision": "3"}).status_code == 409
    assert technician.post(f"{url}/reopen", data={}).status_code == 422


def test_it_is_the_same_device(technician: Caller, world: World, conflict: tuple[int, int]) -> None:
    finding, asset = conflict
    url = f"/discoveries/{finding}/same"
    form = technician.get(url).text
    assert f'type="hidden" name="asset_id" value="{asset}"' in form, "one alone needs no choice"
    assert "OLD-1" in words(form)
    data = {"revision": "1", "asset_id": str(asset), "reason": ""}
    refused = technician.post(url, data=data)
    assert refused.status_code == 409
    assert "hardware was replaced" in refused.text
    assert world.one(Asset, id=asset).serial == "CNOLD"
    done = technician.post(url, data={**data, "replace_hardware": "true"})
    assert said(done) == "It is OLD-1."
    assert world.one(Asset, id=asset).serial == "CNNEW"
    assert len(world.all(Asset)) == 1


def test_another_device_took_its_place(
    technician: Caller, world: World, conflict: tuple[int, int]
) -> None:
    finding, asset = conflict
    url = f"/discoveries/{finding}/replaced"
    form = technician.get(url).text
    assert '<option value="retired" selected>' in form
    done = technician.post(url, data={**REPLACED, "asset_id": str(asset), "tag": "NEW-1"})
    assert said(done) == "It took the old one's place as NEW-1."
    old, new = world.one(Asset, tag="OLD-1"), world.one(Asset, tag="NEW-1")
    assert (old.status, new.status) == (Status.IN_REPAIR, Status.DEPLOYED)
    assert (new.serial, new.site_id) == ("CNNEW", old.site_id)


def test_one_from_stock_took_its_place(
    technician: Caller, world: World, conflict: tuple[int, int], district: District
) -> None:
    finding, asset = conflict
    spare = world.asset(district.north_room, tag="SPARE-1", status=Status.IN_STOCK)
    url = f"/discoveries/{finding}/replaced"
    data = {**REPLACED, "asset_id": str(asset), "becomes": "known"}
    for tag, told in (("", "Say which asset it is."), ("SPARE-9", "Did you mean SPARE-1?")):
        answer = technician.post(url, data={**data, "known_tag": tag})
        assert answer.status_code == 422
        assert told in answer.text
    same = technician.post(url, data={**data, "known_tag": "OLD-1"})
    assert same.status_code == 422
    assert world.one(Asset, id=asset).status is Status.DEPLOYED, "a refusal changes nothing"
    done = technician.post(url, data={**data, "known_tag": "SPARE-1"})
    assert said(done) == "It took the old one's place as SPARE-1."
    assert world.one(Asset, id=spare).serial == "CNNEW"


def test_of_several_one_must_be_chosen(
    technician: Caller, world: World, network: int, district: District
) -> None:
    one, other = (world.asset(district.north_room, tag=f"A-{n}") for n in (1, 2))
    finding = world.finding(
        network, district.north, outcome=Outcome.CONFLICT, candidates=[one, other], serial=""
    )
    url = f"/discoveries/{finding}/same"
    form = technician.get(url).text
    assert form.count('type="radio"') == 2
    assert technician.post(url, data={"revision": "1"}).status_code == 422
    done = technician.post(url, data={"revision": "1", "asset_id": str(other)})
    assert said(done) == "It is A-2."


def test_a_device_of_its_own(technician: Caller, world: World, conflict: tuple[int, int]) -> None:
    finding, _asset = conflict
    form = technician.get(f"/discoveries/{finding}/accept").text
    assert "A device of its own" in form
    technician.post(f"/discoveries/{finding}/accept", data={**NEW, "tag": "OWN-1"})
    assert [row.tag for row in world.all(Asset)] == ["OLD-1", "OWN-1"]


def test_in_the_dialog(technician: Caller, world: World, conflict: tuple[int, int]) -> None:
    finding, asset = conflict
    dialog = {"HX-Request": "true", "HX-Target": "div#dialog-body"}
    url = f"/discoveries/{finding}/same"
    form = technician.get(url, headers=dialog).text
    assert "<html" not in form
    assert f'hx-post="{url}"' in form
    assert 'id="dialog-reason"' in form, "ids differ from those of the page beneath"
    data = {"revision": "1", "asset_id": str(asset), "replace_hardware": "true"}
    done = technician.post(url, data=data, headers=dialog)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, f"/discoveries/{finding}")


def test_who_only_looks_decides_nothing(
    browser: MakeCaller, world: World, conflict: tuple[int, int], district: District
) -> None:
    finding, asset = conflict
    helpdesk = browser("helpdesk", site=district.north)
    page = words(helpdesk.get(f"/discoveries/{finding}").text)
    assert "Who reviews findings at this place decides." in page
    assert "It is the same device" not in page
    for verb in ("accept", "attach", "ignore", "same", "replaced"):
        assert helpdesk.get(f"/discoveries/{finding}/{verb}").status_code == 403
        data = {"revision": "1", "asset_id": str(asset), "tag": "OLD-1"}
        assert helpdesk.post(f"/discoveries/{finding}/{verb}", data=data).status_code == 403
    assert world.one(DiscoveryFinding, id=finding).decision is None
