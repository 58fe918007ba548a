"""The pages of sweeps: the list, a sweep while it runs, and what is announced of it."""

import re

import pytest

from inventory.discovery.models import Sweep, SweepState
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.conftest import House
from tests.inventory.discovery.page_world import HOSTILE, World, counted, row_of, said, words
from tests.simnet import Simnet

POLL = re.compile(r'hx-get="(/sweeps/\d+/progress\?phase=\w+)" hx-trigger="every 2s"')


@pytest.fixture
def network(world: World, district: District) -> int:
    return world.network(district.north, "North net", credentials=[world.credential()])


@pytest.fixture
def technician(browser: MakeCaller, district: District) -> Caller:
    return browser("technician", site=district.north)


def running(world: World, network: int, **more: object) -> int:
    numbers = {
        "phase": "probing", "total": 254, "probed": 127, "answered": 4, "interrogated": 2,
        "by_kind": {"printer": 2}, "found_new": 2, **more,
    }  # fmt: skip
    return world.sweep(network, SweepState.RUNNING, **numbers)


def test_a_running_sweep_is_watched(
    technician: Caller, world: World, network: int, clock: Clock
) -> None:
    sweep = running(world, network)
    clock.forward(seconds=10)
    page = technician.get(f"/sweeps/{sweep}").text
    text = words(page)
    for told in (
        "Looking who answers", "127 of 254 addresses", "13 addresses a second", "10 seconds left",
        "Printer", "2 New", "Cancel the sweep",
    ):  # fmt: skip
        assert told in text, told
    assert 'max="100" value="50.0"' in page
    (poll,) = POLL.findall(page)
    assert poll == f"/sweeps/{sweep}/progress?phase=probing"
    assert f"/discoveries?network_id={network}&amp;outcome=new" in page


def test_only_another_phase_is_announced(technician: Caller, world: World, network: int) -> None:
    sweep = running(world, network)
    same = technician.get(f"/sweeps/{sweep}/progress?phase=probing").text
    assert "<html" not in same
    assert 'id="sweep-live"' in same
    assert "sweep-said" not in same
    assert POLL.search(same)
    other = technician.get(f"/sweeps/{sweep}/progress?phase=queued").text
    assert '<p id="sweep-said" hx-swap-oob="innerHTML">Looking who answers</p>' in other
    page = technician.get(f"/sweeps/{sweep}").text
    assert 'id="sweep-said" role="status" aria-live="polite"></p>' in page, "silent at first"


def test_the_last_answer_asks_for_no_other(technician: Caller, world: World, network: int) -> None:
    sweep = world.sweep(network, finished_at=world.clock(), found_new=3, found_conflict=1)
    last = technician.get(f"/sweeps/{sweep}/progress?phase=settling").text
    assert "hx-trigger" not in last
    assert "The sweep has ended: Finished. 3 new, 1 conflict, 0 known." in last
    assert '<span id="sweep-actions" hx-swap-oob="innerHTML">' in last
    assert "Sweep again" in last
    assert "Cancel the sweep" not in last
    assert not POLL.search(technician.get(f"/sweeps/{sweep}").text)


STATES = [
    (SweepState.FAILED, "The sweep failed."),
    (SweepState.INTERRUPTED, "The sweep was given up"),
    (SweepState.CANCELLED, "The sweep was cancelled."),
]


@pytest.mark.parametrize(("state", "told"), STATES)
def test_how_it_ended_is_told_plainly(
    technician: Caller, world: World, network: int, state: SweepState, told: str
) -> None:
    sweep = world.sweep(
        network, state, error=HOSTILE, notes=[HOSTILE, "3 public addresses were left out"],
        by_kind={"<b>x</b>": 1},
    )  # fmt: skip
    page = technician.get(f"/sweeps/{sweep}").text
    assert told in page
    assert "3 public addresses were left out" in page
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "\u202e" not in page


def test_a_sweep_that_nobody_takes(
    technician: Caller, world: World, network: int, clock: Clock
) -> None:
    sweep = world.sweep(network, SweepState.QUEUED, phase="queued", started_at=None)
    assert "Nobody has taken this sweep" not in technician.get(f"/sweeps/{sweep}").text
    clock.forward(seconds=31)
    assert "Nobody has taken this sweep" in technician.get(f"/sweeps/{sweep}").text


def test_a_sweep_is_cancelled(
    browser: MakeCaller, technician: Caller, world: World, network: int, district: District
) -> None:
    sweep = running(world, network)
    looks = browser("helpdesk", site=district.north)
    assert "Cancel the sweep" not in looks.get(f"/sweeps/{sweep}").text
    assert looks.post(f"/sweeps/{sweep}/cancel").status_code == 403
    done = technician.post(f"/sweeps/{sweep}/cancel")
    assert done.headers["Location"] == f"/sweeps/{sweep}"
    assert world.one(Sweep, id=sweep).cancel_requested
    page = technician.get(f"/sweeps/{sweep}").text
    assert "The sweep is being stopped." in page
    assert "Cancel the sweep" not in page
    ended = world.sweep(network)
    late = technician.post(f"/sweeps/{ended}/cancel")
    assert (late.status_code, "ended already" in said(late)) == (303, True)


def test_the_list_is_narrowed_and_turned(
    browser: MakeCaller, technician: Caller, world: World, network: int, district: District
) -> None:
    for _ in range(55):
        world.sweep(network)
    failed = world.sweep(network, SweepState.FAILED)
    south = world.sweep(world.network(district.south, "South net"))
    page = technician.get("/sweeps").text
    assert "Failed" in row_of(page, f'href="/sweeps/{failed}"')
    assert "South net" not in page
    older = re.findall(r'href="(/sweeps\?after=\d+)"', page)
    assert len(older) == 1
    assert 'id="page-before"' in technician.get(older[0]).text
    only = technician.get("/sweeps?state=failed").text
    assert "1 sweep" in words(only)
    assert "No such sweep" in technician.get("/sweeps?state=interrupted").text
    assert technician.get(f"/sweeps/{south}").status_code == 404
    assert technician.get(f"/sweeps/{south}/progress").status_code == 404
    assert technician.post(f"/sweeps/{south}/cancel").status_code == 404
    for wrong in ("state=done", "network_id=x", "stauts=1", "after=-1"):
        assert technician.get(f"/sweeps?{wrong}").status_code == 422
    with counted(world.database) as count:
        technician.get("/sweeps")
        assert count() <= 6


def test_a_real_sweep_from_asking_to_the_end(
    browser: MakeCaller, district: District, settings: Settings, printers: Simnet, world: World
) -> None:
    house = House(world.database, settings, district.north, district.north_room)
    network = house.network(printers)
    technician = browser("technician", site=district.north)
    there = technician.post(f"/networks/{network}/sweep").headers["Location"]
    assert "Waiting for a worker" in technician.get(there).text
    house.run(int(there.rpartition("/")[2]))
    page = technician.get(there).text
    assert "Finished" in page
    assert "3 New" in words(page)
    assert "Review what was found" in page
    queue = technician.get(f"/discoveries?network_id={network}").text
    assert "3 findings" in queue
