"""Pages of drift and of the allow-list: what is shown, decided and refused."""

from datetime import timedelta
from typing import Any

from inventory.db import Database
from tests.conftest import Clock
from tests.house.routes import Side
from tests.house.routes.admin_drift import admin_drift

LIST, ALLOW = "/admin-rights/drift", "/admin-rights/allow-list"


def made(database: Database, district: Any, clock: Clock, account: str = "eve") -> int:
    """A drift of an account at North School."""
    with database.unit() as db:
        side = Side(db, clock(), district.north, district.north_room, 0)
        return admin_drift(side, account)


def test_a_task_is_shown_and_decided(
    browser: Any, database: Database, district: Any, clock: Clock
) -> None:
    hostile = "<script>x</script>\u202e"
    number = made(database, district, clock, hostile)
    boss, tech = browser("coordinator"), browser("technician", site=district.north)
    told = tech.get(LIST).text
    assert "&lt;script&gt;x" in told and "<script>x" not in told
    assert "1 task" in told
    assert "1 task" not in tech.get(f"{LIST}?kind=not_observed").text
    assert 'name="note"' not in tech.get(f"{LIST}/{number}").text
    form = {"state": "accepted", "note": "", "version": "1"}
    assert tech.post(f"{LIST}/{number}", data=form).status_code == 403
    assert boss.post(f"{LIST}/{number}", data=form).status_code == 422
    form["note"] = "leaves in June"
    assert boss.post(f"{LIST}/{number}", data=form).status_code == 303
    assert "leaves in June" in boss.get(f"{LIST}/{number}").text
    again = boss.post(f"{LIST}/{number}", data={**form, "state": "resolved"})
    assert again.status_code == 409, "somebody was quicker"


def test_another_schools_tasks_are_not_shown(
    browser: Any, database: Database, district: Any, clock: Clock
) -> None:
    number = made(database, district, clock)
    south = browser("technician", site=district.south)
    assert "eve" not in south.get(LIST).text
    assert south.get(f"{LIST}/{number}").status_code == 404


def test_an_account_is_allowed_after_a_look_at_what_it_covers(
    browser: Any, district: Any, clock: Clock
) -> None:
    boss = browser("coordinator")
    form = {"pattern": "svc-*", "until": (clock() + timedelta(days=9)).date().isoformat()}
    looked = boss.post(f"{ALLOW}/new", data={**form, "check": "true"})
    assert looked.status_code == 200
    assert "0 accounts on 0 devices" in looked.text
    assert boss.post(f"{ALLOW}/new", data=form).status_code == 422, "no reason"
    wide = boss.post(f"{ALLOW}/new", data={**form, "pattern": "*", "reason": "x"})
    assert (wide.status_code, 'value="*"' in wide.text) == (422, True)
    assert boss.post(f"{ALLOW}/new", data={**form, "reason": "backup"}).status_code == 303
    listed = boss.get(ALLOW).text
    assert "svc-*" in listed and "backup" in listed
    path = listed.split(f'href="{ALLOW}/')[-1].split('"')[0]
    assert boss.post(f"{ALLOW}/{path}", data={"reason": "over"}).status_code == 303
    assert "svc-*" not in boss.get(ALLOW).text


def test_the_list_as_csv_runs_nothing_in_a_spreadsheet(
    browser: Any, database: Database, district: Any, clock: Clock, events: Any
) -> None:
    made(database, district, clock, "=HYPERLINK(1)")
    told = browser("technician", site=district.north).get(f"{LIST}/export")
    assert told.mimetype == "text/csv"
    assert ",'=HYPERLINK(1),unverified,open," in told.text
    assert "HYPERLINK" not in browser("technician", site=district.south).get(f"{LIST}/export").text
    assert len(events("drift.exported")) == 2


def test_the_first_page_tells_how_many_wait(
    browser: Any, database: Database, district: Any, clock: Clock
) -> None:
    made(database, district, clock)
    assert (
        "/admin-rights/drift?state=open" in browser("technician", site=district.north).get("/").text
    )
    assert (
        "Administrators to look at" not in browser("technician", site=district.south).get("/").text
    )
