"""The pages of networks: the list, one network, what was only heard, sweeping, deleting."""

import pytest

from inventory.discovery.models import Network, Sweep, SweepState
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.discovery.page_world import (
    HOSTILE,
    World,
    counted,
    row_of,
    said,
    words,
)


def test_the_list_tells_what_is_wrong(
    browser: MakeCaller, district: District, world: World
) -> None:
    good = world.network(district.north, "Good", credentials=[world.credential()])
    world.network(district.north, "Bare")
    shipped = world.credential("shipped", "Public")
    risky = world.network(district.south, "Risky", credentials=[shipped], daily_at="05:30")
    world.sweep(good, SweepState.FAILED)
    world.finding(risky, district.south)
    page = browser("coordinator").get("/networks").text
    bare, fine, wrong = (row_of(page, name) for name in ("Bare", "Good", "Risky"))
    assert "No credential" in bare
    assert "Failed" in fine
    assert "No credential" not in fine
    assert "Default community" in wrong
    assert "Default community" not in fine
    assert "Every day at 05:30" in wrong
    assert f'href="/discoveries?network_id={risky}">1</a>' in wrong
    assert "shipped" in wrong


def test_a_school_sees_its_own(browser: MakeCaller, district: District, world: World) -> None:
    world.network(district.north, "North net")
    south = world.network(district.south, "South net")
    core = world.network(None, "Core net")
    technician = browser("technician", site=district.north)
    page = technician.get("/networks").text
    assert "North net" in page
    assert "South net" not in page
    assert "Core net" not in page
    assert 'href="/networks/new"' not in page, "a technician makes no networks"
    for network in (south, core):
        assert technician.get(f"/networks/{network}").status_code == 404
        assert technician.get(f"/networks/{network}/heard").status_code == 404
        assert technician.post(f"/networks/{network}/sweep").status_code == 404
        assert technician.get(f"/networks/{network}/edit").status_code == 403


def test_the_list_turns_its_pages(browser: MakeCaller, district: District, world: World) -> None:
    for number in range(53):
        world.network(district.north, f"n{number:03}")
    boss = browser("coordinator")
    first = boss.get("/networks").text
    assert "n049" in first
    assert "n050" not in first
    assert 'href="/networks?after=n049"' in first
    second = boss.get("/networks?after=n049").text
    assert "n052" in second
    assert 'href="/networks?before=n050"' in second
    back = boss.get("/networks?before=n050").text
    assert "n000" in back
    assert "n050" not in back
    assert boss.get("/networks?stauts=1").status_code == 422


def test_statements_do_not_grow_with_the_list(
    browser: MakeCaller, district: District, world: World
) -> None:
    boss = browser("coordinator")

    def statements() -> int:
        boss.get("/networks")
        with counted(world.database) as count:
            assert boss.get("/networks").status_code == 200
            return count()

    for number in range(3):
        world.network(district.north, credentials=[world.credential(f"a{number}")])
    few = statements()
    for number in range(20):
        network = world.network(district.south_room, credentials=[world.credential(f"b{number}")])
        world.sweep(network)
        world.finding(network, district.south)
    assert statements() == few <= 8


def test_one_network_tells_all(browser: MakeCaller, district: District, world: World) -> None:
    place = {"target": "10.20.0.0/26", "site_id": district.north_room}
    network = world.network(
        district.north, "North wired", credentials=[world.credential()], places=[place],
        exclusions=["10.20.0.9"], every_minutes=90, auto_accept=["printer"], rate=250,
    )  # fmt: skip
    world.sweep(network, found_new=4, found_conflict=1, total=254, answered=5)
    world.heard(network, "00:1b:78:0a:0b:0c", address="10.20.0.77")
    text = words(browser("helpdesk", site=district.north).get(f"/networks/{network}").text)
    for told in (
        "North School \u203a Main Building \u203a Room 12", "10.20.0.9",
        "Every 90 minutes", "4 new",
        "1 conflict", "00:1b:78:0a:0b:0c", "10.20.0.77", "250 probes a second", "Printer",
    ):  # fmt: skip
        assert told in text, told
    assert "Sweep now" not in text, "who only looks is offered nothing else"
    assert "Delete" not in text
    boss = browser("coordinator").get(f"/networks/{network}").text
    assert "Sweep now" in boss
    assert f"/networks/{network}/delete" in boss


def test_sweeping_leads_to_the_sweep(browser: MakeCaller, district: District, world: World) -> None:
    bare = world.network(district.north)
    network = world.network(district.north, credentials=[world.credential()])
    technician = browser("technician", site=district.north)
    refused = technician.post(f"/networks/{bare}/sweep")
    assert refused.headers["Location"] == f"/networks/{bare}"
    assert "has no credential" in said(refused)
    assert world.all(Sweep) == []
    asked = technician.post(f"/networks/{network}/sweep")
    (sweep,) = world.all(Sweep)
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/sweeps/{sweep.id}")
    again = technician.post(f"/networks/{network}/sweep")
    assert again.headers["Location"] == f"/sweeps/{sweep.id}"
    assert "under way" in said(again)
    assert len(world.all(Sweep)) == 1
    page = technician.get(f"/networks/{network}").text
    assert "Watch the sweep" in page
    assert "Sweep now" not in page
    by_htmx = technician.post(f"/networks/{bare}/sweep", headers={"HX-Request": "true"})
    assert (by_htmx.status_code, by_htmx.headers["HX-Redirect"]) == (204, f"/networks/{bare}")


def test_deleting_asks_first(browser: MakeCaller, district: District, world: World) -> None:
    network = world.network(district.north, "Old net")
    world.finding(network, district.north)
    boss = browser("coordinator")
    ask = boss.get(f"/networks/{network}/delete").text
    assert "Old net" in ask
    assert "1 finding that waits for review is lost" in words(ask)
    stale = boss.post(f"/networks/{network}/delete", data={"version": 99})
    assert stale.status_code == 412
    assert "Somebody else changed this network" in stale.text
    assert len(world.all(Network)) == 1
    gone = boss.post(f"/networks/{network}/delete", data={"version": 1})
    assert (gone.status_code, gone.headers["Location"]) == (303, "/networks")
    assert world.all(Network) == []


def test_a_network_under_sweep_is_not_deleted(
    browser: MakeCaller, district: District, world: World
) -> None:
    network = world.network(district.north, credentials=[world.credential()])
    world.sweep(network, SweepState.RUNNING, phase="probing")
    refused = browser("coordinator").post(f"/networks/{network}/delete", data={"version": 1})
    assert refused.status_code == 409
    assert "cancel it first" in refused.text
    assert len(world.all(Network)) == 1


def test_who_was_only_heard_is_listed(
    browser: MakeCaller, district: District, world: World
) -> None:
    network = world.network(district.north)
    for number in range(60):
        world.heard(network, f"00:1b:78:00:00:{number:02x}")
    page = browser("technician", site=district.north).get(f"/networks/{network}/heard").text
    assert "60 devices" in page
    assert "00:1b:78:00:00:31" in page
    assert "00:1b:78:00:00:32" not in page
    assert "after=" in page


@pytest.mark.parametrize("path", ["", "/heard", "/delete"])
def test_names_from_elsewhere_do_no_harm(
    browser: MakeCaller, district: District, world: World, path: str
) -> None:
    network = world.network(district.north, "<script>alert(1)</script> \"'")
    world.heard(network, "00:1b:78:0a:0b:0c")
    with world.database.unit() as db:
        row = db.get(Network, network)
        assert row is not None
        row.targets = [HOSTILE]
    for address in ("/networks", f"/networks/{network}{path}"):
        page = browser("coordinator").get(address).text
        assert "<script>alert" not in page
        assert "\u202e" not in page
