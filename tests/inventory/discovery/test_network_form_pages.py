"""The form of a network: what is typed becomes a network; mistakes keep what was typed."""

from typing import Any

from sqlmodel import select

from inventory.discovery.models import Network, NetworkCredential
from inventory.sites.models import Site, SiteKind
from tests.inventory.conftest import Caller, District, MakeCaller
from tests.inventory.discovery.page_world import HOSTILE, World, counted, words

WAY = "North School \u203a Main Building \u203a Room 12"


def typed(**more: Any) -> dict[str, Any]:
    """What the browser sends of an otherwise blank form."""
    return {
        "name": "North wired", "site_id": "", "targets": "10.20.0.0/24\r\n10.20.1.5\r\n\r\n",
        "exclusions": "", "place_target": ["", ""], "place_site": ["", ""], "schedule": "request",
        "daily_at": "", "every_minutes": "", "credentials": ["", ""], "port": "161", "rate": "",
        "timeout": "1", "retries": "1", "max_hosts": "4096", **more,
    }  # fmt: skip


def test_a_network_is_made(browser: MakeCaller, district: District, world: World) -> None:
    boss = browser("coordinator")
    first, second = world.credential("first"), world.credential("second")
    page = boss.get("/networks/new").text
    assert WAY in page, "places are offered while one types"
    made = boss.post(
        "/networks/new",
        data=typed(
            site_id=str(district.north), exclusions="10.20.0.9-12", schedule="daily",
            daily_at="05:30:00", enabled="true", auto_accept=["printer", "fax"],
            credentials=[str(second), "", str(first)], rate="300", timeout="0.5",
            place_target=["10.20.0.0/26", "", "10.20.1.5"],
            place_site=[WAY.upper(), "", "North School/Main Building"],
        ),
    )  # fmt: skip
    network = world.one(Network, name="North wired")
    assert made.headers["Location"] == f"/networks/{network.id}"
    assert network.targets == ["10.20.0.0/24", "10.20.1.5"]
    assert network.exclusions == ["10.20.0.9-12"]
    assert (network.daily_at, network.every_minutes, network.enabled) == ("05:30", None, True)
    assert (network.rate, network.timeout, network.site_id) == (300, 0.5, district.north)
    assert network.auto_accept == ["fax", "printer"]
    assert network.places == [
        {"target": "10.20.0.0/26", "site_id": district.north_room},
        {"target": "10.20.1.5", "site_id": district.north_building},
    ]
    with world.database.unit(write=False) as db:
        links = db.exec(select(NetworkCredential).order_by(NetworkCredential.position)).all()
        assert [link.credential_id for link in links] == [second, first]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"targets": ""}, "Missing data"),
    ({"targets": "10.0.0.0/8"}, "16,777,214 addresses"),
    ({"targets": "8.8.8.8"}, "public address"),
    ({"targets": "not an address!"}, "neither an address"),
    ({"exclusions": "10.20.0.300"}, "10.20.0.300"),
    ({"schedule": "daily"}, "Say at what time of day."),
    ({"schedule": "interval", "every_minutes": ""}, "Say after how many minutes."),
    ({"schedule": "interval", "every_minutes": "1"}, "Must be greater than"),
    ({"schedule": "daily", "daily_at": "25:00"}, "time of day"),
    ({"place_target": ["10.20.0.0/26"], "place_site": ["Nowhere"]}, "no place &#39;Nowhere&#39;"),
    ({"place_target": ["10.20.0.0/26"], "place_site": [""]}, "stands alone"),
    ({"place_target": ["10.20.0.0/99"], "place_site": [WAY]}, "neither an address nor a CIDR"),
    ({"credentials": ["7777"]}, "there is no 7777"),
    ({"port": "0"}, "Must be greater than"),
    ({"timeout": "nan"}, "Special numeric values"),
    ({"auto_accept": ["toaster"]}, "Must be one of"),
]  # fmt: skip


def test_a_mistake_is_told_beside_its_field(
    browser: MakeCaller, district: District, world: World
) -> None:
    boss = browser("coordinator")
    for more, told in WRONG:
        answer = boss.post("/networks/new", data=typed(**more))
        assert answer.status_code == 422, (more, answer.text)
        assert told in answer.text, more
        assert 'value="North wired"' in answer.text, "what was typed stays"
        assert "Nothing was saved" in answer.text
    assert world.all(Network) == []


def test_two_of_a_name_are_refused(browser: MakeCaller, district: District, world: World) -> None:
    world.network(district.north, "North wired")
    answer = browser("coordinator").post("/networks/new", data=typed())
    assert answer.status_code == 409
    assert "already named" in answer.text


def test_a_network_is_changed(browser: MakeCaller, district: District, world: World) -> None:
    place = {"target": "10.20.0.0/26", "site_id": district.north_room}
    network = world.network(
        district.north, "Old", credentials=[world.credential()], places=[place], every_minutes=60
    )
    boss = browser("coordinator")
    page = boss.get(f"/networks/{network}/edit").text
    assert 'value="Old"' in page
    assert f'value="{WAY}"' in page
    assert 'value="60"' in page
    again = {"place_target": ["10.20.0.0/26"], "place_site": [WAY], "version": "1"}
    done = boss.post(f"/networks/{network}/edit", data=typed(name="New", **again))
    assert done.status_code == 303, done.text
    row = world.one(Network, id=network)
    assert (row.name, row.version, row.every_minutes, row.enabled) == ("New", 2, None, False)
    assert row.places == [place]


def test_whoever_is_slower_sees_both(browser: MakeCaller, district: District, world: World) -> None:
    network = world.network(district.north, "Old")
    boss = browser("coordinator")
    first = boss.post(f"/networks/{network}/edit", data=typed(name="Quicker", version="1"))
    assert first.status_code == 303
    late = boss.post(f"/networks/{network}/edit", data=typed(name="Slower", version="1"))
    assert late.status_code == 412
    text = words(late.text)
    assert "Somebody else changed this network" in text
    assert "Quicker" in text
    assert 'value="Slower"' in late.text
    assert 'name="version" value="2"' in late.text
    assert world.one(Network, id=network).name == "Quicker"
    insists = boss.post(f"/networks/{network}/edit", data=typed(name="Slower", version="2"))
    assert insists.status_code == 303
    assert world.one(Network, id=network).name == "Slower"


def test_a_school_changes_only_its_own(
    browser: MakeCaller, district: District, world: World
) -> None:
    mine, south = world.network(district.north, "Mine"), world.network(district.south, "South")
    north = browser("coordinator", site=district.north)
    page = north.get("/networks/new").text
    assert "The whole district" not in page
    assert "South School" not in page
    assert f'value="{district.north}"' in page
    assert north.get(f"/networks/{south}/edit").status_code == 404
    for place in (str(district.south), ""):
        answer = north.post(f"/networks/{mine}/edit", data=typed(site_id=place, version="1"))
        assert answer.status_code == 403
    elsewhere = {"place_target": ["10.20.0.1"], "place_site": ["South School / Room 3"]}
    answer = north.post(
        f"/networks/{mine}/edit",
        data=typed(site_id=str(district.north), version="1", **elsewhere),
    )
    assert answer.status_code == 422
    assert "in your reach" in answer.text
    assert world.one(Network, id=mine).name == "Mine"


def test_two_places_of_one_name_are_told_apart_by_nobody(
    browser: MakeCaller, district: District, world: World
) -> None:
    with world.database.unit() as db:
        for _ in range(2):
            db.add(Site(kind=SiteKind.ROOM, name="Twin", parent_id=district.north_building))
    twin = {
        "place_target": ["10.20.0.1"], "place_site": ["North School / Main Building / Twin"]
    }  # fmt: skip
    answer = browser("coordinator").post("/networks/new", data=typed(**twin))
    assert answer.status_code == 422
    assert "the name of several places" in answer.text


def count_of(caller: Caller, **more: Any) -> str:
    answer = caller.post("/networks/check", data=typed(**more), headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text
    return words(answer.text)


def test_addresses_are_counted_while_one_types(browser: MakeCaller, district: District) -> None:
    boss = browser("coordinator")
    assert count_of(boss) == "255 addresses"
    assert count_of(boss, exclusions="10.20.0.0/25") == "128 addresses"
    assert count_of(boss, targets="printer.example") == "1 address"
    assert count_of(boss, targets="") == ""
    assert "must be between" in count_of(boss, max_hosts="99999999999") or "less than" in count_of(
        boss, max_hosts="99999999999"
    )
    assert "may cover at most 4,096" in count_of(boss, targets="10.0.0.0/8")
    assert "<script>" not in boss.post("/networks/check", data=typed(targets=HOSTILE)).text
    assert count_of(boss, name="", site_id="x", port="-1") == "255 addresses", "only these count"
    assert browser("technician").post("/networks/check", data=typed()).status_code == 403


def test_the_form_takes_few_statements(
    browser: MakeCaller, district: District, world: World
) -> None:
    network = world.network(district.north, credentials=[world.credential()])
    boss = browser("coordinator")
    boss.get(f"/networks/{network}/edit")
    with counted(world.database) as count:
        boss.get(f"/networks/{network}/edit")
        assert count() <= 7
