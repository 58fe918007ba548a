"""The pages of directories and of schools: what goes in, what is shown, and what never is."""

import pytest

from inventory.db import Database
from inventory.people.models import RosterSource
from inventory.people.sources.models import OrgKind, RosterOrg
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import Caller, District, MakeCaller

SOURCES, SCHOOLS = "/people/sources", "/people/schools"
FORM = {"source": "Entra", "set_tenant": "maple.example", "set_client_id": "app",
        "set_client_secret": "s3cret/canary", "rest_role": "staff"}  # fmt: skip


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


def test_a_directory_from_the_form_to_its_end(boss: Caller, settings: Settings) -> None:
    assert "kind=ldap" in boss.get(SOURCES).text
    wrong = boss.post(f"{SOURCES}/new?kind=graph", data={**FORM, "set_tenant": "a b"})
    assert wrong.status_code == 422
    assert "canary" not in wrong.text, "a secret is not even shown again in its own form"
    made = boss.post(f"{SOURCES}/new?kind=graph", data=FORM)
    assert made.status_code == 303, made.text
    place = made.headers["Location"]
    shown = boss.get(place).text
    assert "Microsoft Entra ID" in shown
    assert "canary" not in shown + boss.get(f"{place}/edit").text
    saved = boss.post(f"{place}/edit", data={"version": 1, "daily_at": "04:00"})
    assert saved.status_code == 303, saved.text
    stale = boss.post(f"{place}/edit", data={"version": 1, "daily_at": "05:00"})
    assert stale.status_code == 412
    moved = boss.post(f"{place}/edit", data={"version": 2, "set_tenant": "evil.example"})
    assert moved.status_code == 422
    assert boss.post(f"{place}/delete", data={"version": 2}).status_code == 303
    assert boss.get(place).status_code == 404


def test_a_school_is_chosen_or_made(
    boss: Caller, database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        source = RosterSource(name="SIS", created_at=clock())
        db.add(source)
        db.flush()
        org = RosterOrg(
            source_id=source.id, kind=OrgKind.ORG, key="o-9", name="<b>West</b>", people=7,
            last_at=clock(),
        )  # fmt: skip
        db.add(org)
        db.flush()
        one = f"{SCHOOLS}/{org.id}"
    listed = boss.get(SCHOOLS).text
    assert "&lt;b&gt;West" in listed
    assert "North School" in boss.get(one).text
    chosen = boss.post(one, data={"version": 1, "site_id": district.north})
    assert chosen.status_code == 303, chosen.text
    assert "o-9" not in boss.get(f"{SCHOOLS}?open=true").text
    room = boss.post(one, data={"version": 2, "site_id": district.north_room})
    assert room.status_code == 422
    made = boss.post(one, data={"version": 2, "new_school": "West School"})
    assert made.status_code == 303, made.text
    assert "West School" in boss.get(SCHOOLS).text
    assert boss.post(one, data={"version": 2, "role": "staff"}).status_code == 412


def test_they_are_for_the_whole_district_only(browser: MakeCaller, district: District) -> None:
    technician = browser("technician", site=district.north)
    for path in (SOURCES, SCHOOLS, f"{SOURCES}/new"):
        assert technician.get(path).status_code == 403
