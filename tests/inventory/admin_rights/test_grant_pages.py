"""Pages of admin rights: asked for by a technician, authorised by a Coordinator who confirmed."""

import re
from datetime import timedelta
from typing import Any

from inventory.access import Role
from inventory.admin_ledger.models import GrantState
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.admin_rights.office import Office
from tests.inventory.confirming import confirm

PATH = "/admin-rights"


def test_asked_confirmed_authorised_revoked(
    office: Office, browser: Any, database: Database, clock: Clock
) -> None:
    teacher, _ = office.teacher("Ames"), office.laptop("L-1")
    tech = browser("technician", site=office.district.north)
    boss = browser("coordinator")
    assert 'value="L-1"' in tech.get(f"{PATH}/new?tag=L-1").text
    found = tech.post(f"{PATH}/new", data={"q": "Am", "find": "true", "tag": "L-1"}).text
    assert f'value="{teacher}"' in found and "Rosa Ames" in found
    form = {"person_id": str(teacher), "tag": "L-1", "reason": "Robotics <b>", "until": ""}
    refused = tech.post(f"{PATH}/new", data=form)
    assert refused.status_code == 422 and "Robotics &lt;b&gt;" in refused.text
    day = (clock() + timedelta(days=30)).date().isoformat()
    made = tech.post(f"{PATH}/new", data={**form, "until": day})
    assert made.status_code == 303, made.text
    here = made.headers["Location"]
    assert "authorise" not in tech.get(here).text

    shown = boss.get(here).text
    assert "Robotics &lt;b&gt;" in shown and f"{here}/authorise" not in shown
    assert boss.post(f"{here}/authorise", data={"seen": "1"}).status_code == 409
    binding = re.search(r"/confirm\?binding=([0-9a-f]{64})", shown)
    assert binding is not None
    confirm(database, boss, binding[1], now=clock())
    assert f"{here}/authorise" in boss.get(here).text
    assert boss.post(f"{here}/authorise", data={"seen": "2"}).status_code == 412
    assert boss.post(f"{here}/authorise", data={"seen": "1"}).status_code == 303
    assert "Rosa Ames" in tech.get(f"{PATH}?show=in_force").text
    assert "Rosa Ames" not in tech.get(f"{PATH}?show=waiting").text
    assert tech.post(f"{here}/revoke", data={"seen": "2", "reason": ""}).status_code == 422
    assert tech.post(f"{here}/revoke", data={"seen": "2", "reason": "Done"}).status_code == 303
    assert office.grant(int(here.rpartition("/")[2])).state is GrantState.REVOKED
    assert "Rosa Ames" in tech.get(f"{PATH}?show=ended").text


def test_names_and_places_are_for_who_may_see_them(office: Office, browser: Any) -> None:
    tess = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    grant = office.request(tess, office.teacher("Ames"), office.laptop("L-1"))
    south = browser("technician", site=office.district.south)
    assert south.get(f"{PATH}/{grant}").status_code == 404
    assert "L-1" not in south.get(PATH).text
    auditor = browser("auditor").get(PATH).text
    assert "L-1" in auditor and "Ames" not in auditor


def test_a_list_costs_the_same_for_many(office: Office, browser: Any, clock: Clock) -> None:
    tess = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    for number in range(51):
        office.request(tess, office.teacher(f"t{number}"), office.laptop(f"L-{number}"))
    first = browser("coordinator").get(PATH).text
    assert first.count("Rosa t") == 50
    older = re.search(r'href="(/admin-rights\?[^"]*after=\d+)"', first)
    assert older is not None
    assert browser("coordinator").get(older[1]).text.count("Rosa t") == 1
