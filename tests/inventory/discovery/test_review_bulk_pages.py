"""Several findings at once: a preview that tells what is refused and why, then all or none."""

from typing import Any

import pytest

from inventory.assets.kinds import Outcome, Status
from inventory.assets.models import Asset
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.page_world import World, counted, row_of, said, words

URL = "/discoveries/bulk"


@pytest.fixture
def network(world: World, district: District) -> int:
    return world.network(district.north, "North net")


@pytest.fixture
def technician(browser: MakeCaller, district: District) -> Caller:
    return browser("technician", site=district.north)


def form(action: str, step: str, *findings: int, **more: str) -> dict[str, Any]:
    rows = [f"{finding}.1" for finding in findings]
    return {
        "action": action, "step": step, "row": rows, "back": "outcome=new", "reason": "",
        "prefix": "", "site_id": "", "status": "deployed", **more,
    }  # fmt: skip


def open_ones(world: World) -> list[int]:
    return [row.id for row in world.all(DiscoveryFinding) if row.decision is None]


def test_a_preview_changes_nothing(
    technician: Caller, world: World, network: int, district: District
) -> None:
    good = world.finding(network, district.north, name="GOOD", serial="CNB7654321")
    world.asset(district.north_room, serial="CNB1234567")
    known = world.finding(network, district.north, name="KNOWN", serial="CNB1234567")
    conflict = world.finding(network, district.north, name="CONF", outcome=Outcome.CONFLICT)
    asked = {
        "action": "accept", "row": [f"{n}.1" for n in (good, known, conflict)], "back": ""
    }  # fmt: skip
    page = technician.post(URL, data=asked).text
    assert "1 would be done, 2 are refused" in words(page)
    assert "becomes an asset" in row_of(page, "GOOD")
    assert "it has become known since" in row_of(page, "KNOWN")
    assert "decide it by itself" in row_of(page, "CONF")
    assert 'type="checkbox"' not in row_of(page, "KNOWN"), "what is refused cannot be chosen"
    assert "Accept 1 finding" in words(page)
    assert len(world.all(Asset)) == 1
    assert len(open_ones(world)) == 3


def test_accepting_several(
    technician: Caller, world: World, network: int, district: District
) -> None:
    ids = [world.finding(network, district.north, serial=f"CN{n}") for n in range(3)]
    place = {"site_id": str(district.north_lab), "status": "in_stock"}
    done = technician.post(URL, data=form("accept", "apply", *ids, **place))
    assert done.headers["Location"] == "/discoveries?outcome=new", "back where one came from"
    assert said(done) == "3 new assets were made."
    assert {(a.site_id, a.status) for a in world.all(Asset)} == {
        (district.north_lab, Status.IN_STOCK)
    }
    assert open_ones(world) == []


def test_one_refusal_stops_all(
    technician: Caller, world: World, network: int, district: District
) -> None:
    good = world.finding(network, district.north, name="GOOD")
    changed = world.finding(network, district.north, name="CHANGED", revision=2)
    answer = technician.post(URL, data=form("accept", "apply", good, changed))
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    assert "seen otherwise" in row_of(answer.text, "CHANGED")
    assert world.all(Asset) == []
    rest = technician.post(URL, data=form("accept", "apply", good))
    assert said(rest) == "1 new asset was made."


def test_two_of_one_serial_are_not_both_made(
    technician: Caller, world: World, network: int, district: District
) -> None:
    ids = [
        world.finding(network, district.north, serial="CNB7654321", name=f"N{n}") for n in range(2)
    ]
    page = technician.post(URL, data=form("accept", "preview", *ids)).text
    assert "1 would be done, 1 is refused" in words(page)


def test_ignoring_several_with_a_reason(
    technician: Caller, world: World, network: int, district: District
) -> None:
    ids = [world.finding(network, district.north) for _ in range(2)]
    conflict = world.finding(network, district.north, outcome=Outcome.CONFLICT)
    done = technician.post(URL, data=form("ignore", "apply", *ids, conflict, reason="visitors"))
    assert said(done) == "3 findings are ignored."
    decisions = {row.decision for row in world.all(DiscoveryFinding)}
    assert decisions == {Decision.IGNORED}


def test_nothing_chosen_and_nonsense(
    technician: Caller, world: World, network: int, district: District
) -> None:
    finding = world.finding(network, district.north)
    nothing = technician.post(URL, data={"action": "accept", "back": ""})
    assert nothing.headers["Location"] == "/discoveries"
    assert "Choose at least one" in said(nothing)
    for more in (
        {"action": "burn"}, {"back": "x\nSet-Cookie: a=b"}, {"back": "//evil.example"},
        {"status": "lost"}, {"step": "now"}, {"site_id": "x"},
    ):  # fmt: skip
        answer = technician.post(URL, data={**form("accept", "apply", finding), **more})
        assert answer.status_code == 422, more
    for row in ("x", "1.x", "1", "-1.1", "1.1.1", "99999999999.1", "\u0661.1"):
        answer = technician.post(URL, data={**form("accept", "apply"), "row": [row]})
        assert answer.status_code in {303, 422}, row
    assert open_ones(world) == [finding]


def test_findings_of_another_school_are_not_there(
    technician: Caller, world: World, district: District
) -> None:
    south = world.network(district.south, "South net")
    foreign = world.finding(south, district.south, name="FOREIGN")
    page = technician.post(URL, data=form("accept", "apply", foreign))
    assert "FOREIGN" not in page.text
    assert open_ones(world) == [foreign]
    assert world.all(Asset) == []


def test_what_it_costs_per_row_does_not_grow(
    technician: Caller, world: World, network: int, district: District
) -> None:
    sweep = world.sweep(network)

    def statements(count: int) -> int:
        ids = [world.finding(network, district.north, sweep=sweep) for _ in range(count)]
        with counted(world.database) as sent:
            assert technician.post(URL, data=form("ignore", "preview", *ids)).status_code == 200
            return sent()

    statements(1)
    few, many = statements(2), statements(12)
    assert (many - few) / 10 <= 6, "one row: a savepoint, the row, its change, its event"
