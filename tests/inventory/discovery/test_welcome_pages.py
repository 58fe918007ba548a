"""The guided first run: from an empty district to the first sweep, in any order, remembered by
nothing but what is there."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from inventory.access import Role
from inventory.accounts import service as accounts
from inventory.db import Database
from inventory.discovery.models import Network, SnmpCredential, Sweep
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import Site, SiteKind
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, Caller, District, MakeCaller
from tests.inventory.discovery.conftest import House
from tests.inventory.discovery.page_world import World, words
from tests.simnet import Simnet

CREDENTIAL = {"label": "public", "community": "public"}
NETWORK = {"name": "Lincoln", "targets": "127.30.1.11\n127.30.1.12", "accept": "true"}


@pytest.fixture
def boss(database: Database, clock: Clock, browser: MakeCaller) -> Caller:
    """The first account of an installation that has nothing but its district."""
    with database.unit() as db:
        sites.ensure_district(db, OPERATOR, "Maple Valley", now=clock())
        account, _ = accounts.create_account(
            db, OPERATOR, user_name="first", grants=[(Role.COORDINATOR, None)], now=clock()
        )
    return browser(account=account.id)


def step(page: str) -> str:
    """The step whose form is shown."""
    (found,) = re.findall(r'href="/welcome\?step=(\w+)" aria-current="step"', page)
    return str(found)


def done_steps(page: str) -> list[str]:
    return re.findall(r'<li class="is-done"><a href="/welcome\?step=(\w+)"', page)


def test_the_walk_from_nothing_to_a_sweep(
    boss: Caller, world: World, printers: Simnet, settings: Settings
) -> None:
    page = boss.get("/welcome").text
    assert (step(page), done_steps(page)) == ("school", [])
    assert settings.district in page
    made = boss.post("/welcome/school", data={"name": "Lincoln Elementary", "code": "LES"})
    assert made.headers["Location"] == "/welcome"
    page = boss.get("/welcome").text
    assert (step(page), done_steps(page)) == ("credential", ["school"])
    boss.post("/welcome/credential/v2c", data=CREDENTIAL)
    page = boss.get("/welcome").text
    assert (step(page), done_steps(page)) == ("network", ["school", "credential"])
    (school,) = world.all(Site, kind=SiteKind.SCHOOL)
    assert school.code == "LES"
    assert 'value="Lincoln Elementary"' in page, "the network is called like the school"
    assert f'<option value="{school.id}" selected>' in page
    boss.post("/welcome/network", data={**NETWORK, "site_id": str(school.id)})
    page = boss.get("/welcome").text
    assert (step(page), len(done_steps(page))) == ("sweep", 3)
    (network,) = world.all(Network)
    assert (network.site_id, network.auto_accept) == (school.id, ["multifunction", "printer"])
    asked = boss.post("/welcome/sweep", data={"network_id": str(network.id)})
    (sweep,) = world.all(Sweep)
    assert asked.headers["Location"] == f"/sweeps/{sweep.id}"
    page = boss.get("/welcome").text
    assert len(done_steps(page)) == 4
    assert "All steps are done." in page
    House(world.database, settings, school.id, school.id).run(sweep.id)
    assert "Finished" in boss.get(f"/sweeps/{sweep.id}").text


def test_every_step_can_be_left_out(boss: Caller, world: World) -> None:
    page = boss.get("/welcome").text
    assert 'href="/welcome?step=credential">Skip this step' in page
    page = boss.get("/welcome?step=credential").text
    assert 'href="/welcome?step=network">I have none yet' in page
    boss.post("/welcome/network", data={"name": "Core", "targets": "10.1.0.0/24"})
    page = boss.get("/welcome?step=sweep").text
    assert "No network has a credential yet" in page
    (network,) = world.all(Network)
    assert f"/networks/{network.id}/edit#credentials" in page
    assert step(boss.get("/welcome").text) == "school", "what was left out comes again"
    refused = boss.post("/welcome/sweep", data={"network_id": str(network.id)})
    assert refused.status_code == 409
    assert world.all(Sweep) == []


def test_the_safest_credential_is_tried_first(boss: Caller, world: World) -> None:
    boss.post("/welcome/credential/v1", data={**CREDENTIAL, "label": "old"})
    boss.post("/welcome/credential/v2c", data=CREDENTIAL)
    v3 = {
        "label": "safe", "username": "u", "auth_protocol": "SHA256", "auth_key": "long enough",
        "priv_protocol": "AES128", "priv_key": "long enough",
    }  # fmt: skip
    boss.post("/welcome/credential/v3", data=v3)
    boss.post("/welcome/network", data=NETWORK)
    (network,) = world.all(Network)
    page = boss.get(f"/networks/{network.id}").text
    assert page.index(">safe</bdi>") < page.index(">public</bdi>") < page.index(">old</bdi>")


MISTAKES: list[tuple[str, dict[str, str], str]] = [
    ("school", {"name": "", "code": ""}, "Missing data"),
    ("school", {"name": "Lincoln", "code": "not a code"}, "letters, digits"),
    ("credential/v2c", {"label": "x", "community": ""}, "is required"),
    ("credential/v3", {"label": "x", "username": "u", "auth_protocol": "SHA256"}, "is required"),
    ("network", {"name": "Lincoln", "targets": "1.1.1.1"}, "public address"),
    ("network", {"name": "Lincoln", "targets": ""}, "Missing data"),
    ("network", {"name": "Lincoln", "targets": "10.0.0.1", "site_id": "777"}, "there is no 777"),
]


@pytest.mark.parametrize(("path", "form", "told"), MISTAKES)
def test_a_mistake_stays_on_its_step(
    boss: Caller, world: World, path: str, form: dict[str, str], told: str
) -> None:
    answer = boss.post(f"/welcome/{path}", data=form)
    assert answer.status_code == 422, answer.text
    assert told in answer.text
    assert step(answer.text) == path.partition("/")[0]
    assert not world.all(Network) + world.all(SnmpCredential)


def test_each_step_asks_for_its_own_permission(
    browser: MakeCaller, district: District, world: World
) -> None:
    for role in ("technician", "helpdesk", "auditor"):
        assert browser(role).get("/welcome").status_code == 403
    local = browser("coordinator", site=district.north)
    page = local.get("/welcome?step=school")
    assert page.status_code == 200
    assert "This step is for who looks after the whole district." in page.text
    assert local.post("/welcome/school", data={"name": "East"}).status_code == 403
    assert local.post("/welcome/credential/v2c", data=CREDENTIAL).status_code == 403
    assert local.post("/welcome/network", data={**NETWORK, "site_id": ""}).status_code == 403
    foreign = {**NETWORK, "site_id": str(district.south)}
    assert local.post("/welcome/network", data=foreign).status_code == 403
    mine = {**NETWORK, "site_id": str(district.north)}
    assert local.post("/welcome/network", data=mine).status_code == 303
    south = world.network(district.south, "South net", credentials=[world.credential()])
    page = local.get("/welcome?step=sweep").text
    assert "South" not in words(page)
    refused = local.post("/welcome/sweep", data={"network_id": str(south)})
    assert refused.status_code == 404
    assert world.all(Sweep) == []


def test_odd_questions(boss: Caller, events: Callable[..., Any]) -> None:
    for query in ("step=x", "kind=v9", "stauts=1"):
        assert boss.get(f"/welcome?{query}").status_code == 422
    assert boss.post("/welcome/credential/zzz", data=CREDENTIAL).status_code == 404
    assert events("credential.created") == []
