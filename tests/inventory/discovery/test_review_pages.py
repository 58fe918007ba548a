"""The review queue and the page of a finding: facets, evidence side by side, nothing from
elsewhere."""

import re
from typing import Any

import pytest

from inventory.access import Role
from inventory.accounts import service as accounts
from inventory.assets.kinds import Outcome
from inventory.discovery.finding_models import Decision
from snmp_discovery.types import Kind
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.page_world import (
    ANYBODY,
    HOSTILE,
    World,
    counted,
    row_of,
    words,
)


@pytest.fixture
def network(world: World, district: District) -> int:
    return world.network(district.north, "North net")


@pytest.fixture
def technician(browser: MakeCaller, district: District) -> Caller:
    return browser("technician", site=district.north)


def counts(page: str) -> dict[str, str]:
    """The facets' choices and their numbers."""
    aside = page.partition("<aside")[2].partition("</aside>")[0]
    found = re.findall(r"<li><a [^>]*>(.*?)</a>", aside)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in found]
    return {
        text.rpartition(" ")[0]: text.rpartition(" ")[2]
        for text in texts
        if text.rpartition(" ")[2].isdigit()
    }


def filled(world: World, network: int, district: District) -> dict[str, int]:
    """One finding of each sort; names of rooms for places."""
    room = district.north_room
    asset = world.asset(room, tag="T-1", serial="CNOLD")
    other = world.network(district.north, "Other net")
    return {
        "new": world.finding(network, room, name="PRN-NEW", default_community=True),
        "camera": world.finding(other, room, name="CAM-1", kind=Kind.CAMERA),
        "conflict": world.finding(
            network, room, name="PRN-BAD", outcome=Outcome.CONFLICT, candidates=[asset],
            asset_id=asset, reasons=["it says serial X, but T-1 has CNOLD"],
        ),
        "settled": world.finding(
            network, room, name="PRN-OLD", decision=Decision.CREATED, asset_id=asset,
            reviewed_by="jane", reviewed_at=world.clock(),
        ),
        "known": world.finding(
            network, room, name="PRN-KNOWN", outcome=Outcome.MATCHED, asset_id=asset
        ),
        "asset": asset,
    }  # fmt: skip


def test_the_queue_and_its_facets(
    technician: Caller, world: World, network: int, district: District
) -> None:
    made = filled(world, network, district)
    page = technician.get("/discoveries").text
    assert "3 findings" in page
    assert counts(page) == {
        "All that waits": "3", "New": "2", "Conflicts": "1", "Printer": "2", "Camera": "1",
        "North net": "2", "Other net": "1", "Default community": "1",
    }  # fmt: skip
    assert "PRN-OLD" not in page
    assert 'href="/assets/' in row_of(page, "PRN-BAD")
    assert f'value="{made["new"]}.1"' in row_of(page, "PRN-NEW")
    assert "Room 12" in row_of(page, "PRN-NEW")


FILTERS: list[tuple[str, set[str]]] = [
    ("outcome=new", {"PRN-NEW", "CAM-1"}),
    ("outcome=conflict", {"PRN-BAD"}),
    ("state=settled", {"PRN-OLD", "PRN-KNOWN"}),
    ("state=all", {"PRN-NEW", "CAM-1", "PRN-BAD", "PRN-OLD", "PRN-KNOWN"}),
    ("state=all&outcome=matched", {"PRN-KNOWN"}),
    ("kind=camera", {"CAM-1"}),
    ("default_community=true", {"PRN-NEW"}),
    ("default_community=false&kind=printer", {"PRN-BAD"}),
    ("kind=fax", set()),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_filters(
    technician: Caller, world: World, network: int, district: District, query: str, names: set[str]
) -> None:
    filled(world, network, district)
    page = technician.get(f"/discoveries?{query}").text
    assert set(re.findall(r"PRN-[A-Z]+|CAM-1", words(page))) == names
    told = f"{len(names)} finding" + ("" if len(names) == 1 else "s")
    assert told in page


def test_counts_stand_under_the_other_filters(
    technician: Caller, world: World, network: int, district: District
) -> None:
    filled(world, network, district)
    found = counts(technician.get(f"/discoveries?network_id={network}").text)
    assert found["All that waits"] == "2"
    assert "Camera" not in found
    assert (found["North net"], found["Other net"]) == ("2", "1"), "its own filter does not count"


def test_wrong_questions_are_refused(technician: Caller) -> None:
    for query in ("stauts=open", "state=maybe", "kind=toaster", "limit=9999", "network_id=0"):
        assert technician.get(f"/discoveries?{query}").status_code == 422, query


def test_a_school_reviews_its_own(
    browser: MakeCaller, technician: Caller, world: World, network: int, district: District
) -> None:
    south = world.finding(world.network(district.south, "South net"), district.south, name="SOUTH")
    nowhere = world.finding(network, None, name="NOWHERE")
    world.finding(network, district.north, name="NORTH")
    page = technician.get("/discoveries").text
    assert "NORTH" in page
    assert "SOUTH" not in page
    assert "NOWHERE" not in page
    for finding in (south, nowhere):
        assert technician.get(f"/discoveries/{finding}").status_code == 404
        for verb in ("accept", "attach", "ignore", "same", "replaced"):
            assert technician.get(f"/discoveries/{finding}/{verb}").status_code == 404
            posted = technician.post(f"/discoveries/{finding}/{verb}", data={"revision": "1"})
            assert posted.status_code == 404
    looks = browser("helpdesk", site=district.north).get("/discoveries").text
    assert "NORTH" in looks
    assert 'type="checkbox"' not in looks, "who only looks selects nothing"


def test_who_reviews_here_and_reads_there(
    browser: MakeCaller, world: World, network: int, district: District
) -> None:
    grants = [(Role.TECHNICIAN, district.north), (Role.HELPDESK, None)]
    with world.database.unit() as db:
        both = accounts.create_account(
            db, ANYBODY, user_name="both", grants=grants, now=world.clock()
        )[0].id
    mine = world.finding(network, district.north, name="MINE")
    settled = world.finding(network, district.north, name="DONE", decision=Decision.IGNORED)
    south = world.finding(world.network(district.south), district.south, name="THEIRS")
    caller = browser(account=both)
    page = caller.get("/discoveries?state=all").text
    assert f'value="{mine}.1"' in row_of(page, "MINE")
    for name in ("DONE", "THEIRS"):
        assert 'type="checkbox"' not in row_of(page, name), name
    assert "Who reviews findings at this place decides." in caller.get(f"/discoveries/{south}").text
    for verb in ("accept", "attach", "ignore", "same", "replaced"):
        assert caller.get(f"/discoveries/{south}/{verb}").status_code == 403, verb
    assert caller.post(f"/discoveries/{south}/reopen", data={"revision": "1"}).status_code == 403
    assert caller.get(f"/discoveries/{settled}").status_code == 200


def test_pages_turn_both_ways(
    technician: Caller, world: World, network: int, district: District
) -> None:
    sweep = world.sweep(network)
    ids = [world.finding(network, district.north, sweep=sweep, name=f"F-{n}") for n in range(25)]
    first = technician.get("/discoveries?limit=10&kind=printer")
    assert f"after={ids[15]}" in first.text
    assert "kind=printer" in first.text.partition('id="page-after"')[2][:200]
    part = technician.get(
        f"/discoveries?limit=10&after={ids[15]}", headers={"HX-Request": "true"}
    ).text
    assert part.lstrip().startswith('<section class="panel flush" id="results"')
    assert "<aside" not in part
    assert "F-14" in part
    assert "F-15" not in part
    back = technician.get(f"/discoveries?limit=10&before={ids[14]}").text
    assert back.index("F-24") < back.index("F-20") < back.index("F-15"), "newest first, also back"
    assert 'id="page-before"' not in back


def test_a_finding_side_by_side(
    technician: Caller, world: World, network: int, district: District
) -> None:
    made = filled(world, network, district)
    page = technician.get(f"/discoveries/{made['conflict']}").text
    table = page.partition('class="table finding-beside"')[2].partition("</table>")[0]
    serial = row_of(table, "Serial number")
    assert "differs" in words(serial), "said, not only coloured"
    assert "CNOLD" in serial
    assert "same" in row_of(table, ">Model<")
    assert "not recorded" in row_of(table, ">Firmware<")
    text = words(page)
    for told in (
        "it says serial X, but T-1 has CNOLD", "It is the same device",
        "Another device stands there now", "It is a device of its own", "Ignore it",
    ):  # fmt: skip
        assert told in text, told
    new = words(technician.get(f"/discoveries/{made['new']}").text)
    assert "Accept as a new asset" in new
    assert "It is the same device" not in new
    settled = words(technician.get(f"/discoveries/{made['settled']}").text)
    assert "Made an asset" in settled
    assert "jane" in settled
    assert "T-1" in settled
    assert "Next that waits" in settled


def test_an_asset_elsewhere_is_not_told_of(
    technician: Caller, world: World, network: int, district: District
) -> None:
    foreign = world.asset(district.south_room, tag="SOUTH-7", serial="SSSS")
    finding = world.finding(
        network, district.north, outcome=Outcome.CONFLICT, candidates=[foreign], asset_id=foreign,
        reasons=["MAC x belongs to SOUTH-7"],
    )  # fmt: skip
    for path in ("/discoveries", f"/discoveries/{finding}", f"/discoveries/{finding}/same"):
        page = technician.get(path).text
        assert "SOUTH-7" not in page, path
        assert f"/assets/{foreign}" not in page
    text = words(technician.get(f"/discoveries/{finding}").text)
    assert "It may be an asset outside your schools." in text
    assert "It is the same device" not in text, "what it cannot see it cannot choose"


def test_hostile_words_of_a_device(
    technician: Caller, world: World, network: int, district: District
) -> None:
    facts: dict[str, Any] = {
        "contact": HOSTILE, "sys_descr": HOSTILE, "page_count": 12, "odd": {"<b>": [HOSTILE]},
        "supplies": [{"name": HOSTILE, "level_percent": 5, "state": "ok"}],
    }  # fmt: skip
    finding = world.finding(
        network, district.north, name=HOSTILE, vendor=HOSTILE, model=HOSTILE, serial=HOSTILE,
        location=HOSTILE, via=HOSTILE, facts=facts, reasons=[HOSTILE],
        evidence=[{"field": "serial", "value": HOSTILE, "source": HOSTILE, "chosen": True}, {}],
    )  # fmt: skip
    for path in ("", f"/{finding}", f"/{finding}/accept", f"/{finding}/attach"):
        page = technician.get(f"/discoveries{path}").text
        assert "<script>alert" not in page
        assert "\u202e" not in page, path
        assert "<b>" not in page


def test_statements_stay_few(
    technician: Caller, world: World, network: int, district: District
) -> None:
    sweep = world.sweep(network)

    def statements(path: str) -> int:
        technician.get(path)
        with counted(world.database) as count:
            assert technician.get(path).status_code == 200
            return count()

    first = world.finding(network, district.north, sweep=sweep)
    few = statements("/discoveries"), statements("/discoveries?state=all")
    asset = world.asset(district.north_room)
    for number in range(30):
        world.finding(
            network, [district.north, district.north_room][number % 2], sweep=sweep,
            outcome=Outcome.CONFLICT, candidates=[asset], asset_id=asset,
        )  # fmt: skip
    many = statements("/discoveries"), statements("/discoveries?state=all")
    assert max(many) <= 10
    assert many[0] - few[0] <= 1, "the tags of assets are one more, once"
    assert statements(f"/discoveries/{first}") <= 12
