"""One's own account: who I am in plain words, sessions, preferences that pages follow."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.access import Role
from inventory.accounts import preferences, sessions
from inventory.accounts.sessions import Origin
from inventory.db import Database
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import Caller, District, MakeCaller

CHOSEN = {"language": "es", "timezone": "Asia/Tokyo", "theme": "dark", "density": "comfortable",
          "scan_gap_ms": "80"}  # fmt: skip


def html_tag(answer: TestResponse) -> str:
    found = re.search(r"<html[^>]*>", answer.text)
    assert found
    return found.group(0)


def test_my_role_and_its_reach_in_plain_words(browser: MakeCaller, district: District) -> None:
    text = browser("technician", site=district.north).get("/me").text
    assert "<strong>Technician</strong> at North School and everything in it" in text
    assert "Add and change devices" in text
    assert "Make and change accounts" not in text
    assert "in Room 12, Main Building, North School" in (
        browser("helpdesk", site=district.north_room).get("/me").text
    )
    assert "in the whole district" in browser("auditor").get("/me").text
    assert "You have no role yet" in browser(None).get("/me").text


def test_staff_is_told_its_school_too(browser: MakeCaller, district: District) -> None:
    # The role does not let its holder see places; where it is held is no secret from them.
    text = browser("staff", site=district.north).get("/me").text
    assert "at North School and everything in it" in text


def test_tokens_are_for_those_who_may_make_some(browser: MakeCaller, district: District) -> None:
    assert "/me/tokens" in browser("technician", site=district.north).get("/me").text
    assert "/me/tokens" not in browser("auditor").get("/me").text
    assert browser("auditor").get("/me/tokens").status_code == 403


@pytest.fixture
def me(browser: MakeCaller, district: District) -> Caller:
    return browser("technician", site=district.north)


def another_session(database: Database, me: Caller, settings: Settings, clock: Clock) -> int:
    with database.unit() as db:
        agent = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/150.0"
        origin = Origin("10.9.8.7", f"{agent} <script>")
        return sessions.start(db, me.account_id, origin, settings, now=clock())[0].id


def test_my_sessions_are_listed_and_ended(
    me: Caller, database: Database, settings: Settings, clock: Clock
) -> None:
    other = another_session(database, me, settings, clock)
    text = me.get("/me/sessions").text
    assert "You are signed in at 2 browsers." in text
    assert "Firefox on Windows" in text
    assert "10.9.8.7" in text
    assert "<script>" not in text
    assert text.count("this browser") == 1
    asked = me.get(f"/me/sessions/{other}/end")
    assert "End this session?" in asked.text
    assert me.post(f"/me/sessions/{other}/end").status_code == 303
    assert "You are signed in at 1 browser." in me.get("/me/sessions").text
    assert me.post(f"/me/sessions/{other}/end").status_code == 404


def test_all_others_end_at_once_and_mine_stays(
    me: Caller, database: Database, settings: Settings, clock: Clock, events: object
) -> None:
    for _ in range(2):
        another_session(database, me, settings, clock)
    answer = me.post("/me/sessions/end-others")
    assert (answer.status_code, answer.location) == (303, "/me/sessions")
    shown = me.get("/me/sessions").text
    assert "2 sessions ended." in shown
    assert "You are signed in at 1 browser." in shown
    told = events("session.revoked")  # type: ignore[operator]
    assert [event.after for event in told] == ['{"sessions_ended": 2}']


def test_somebody_elses_session_is_none_of_mine(
    me: Caller, browser: MakeCaller, database: Database, settings: Settings, clock: Clock
) -> None:
    theirs = another_session(database, browser("auditor"), settings, clock)
    assert me.get(f"/me/sessions/{theirs}/end").status_code == 404
    assert me.post(f"/me/sessions/{theirs}/end").status_code == 404


def test_pages_follow_what_i_choose(me: Caller, clock: Clock) -> None:
    before = html_tag(me.get("/me"))
    assert 'lang="en"' in before
    assert 'data-theme="auto"' in before
    answer = me.post("/me/preferences", data=CHOSEN)
    assert (answer.status_code, answer.location) == (303, "/me/preferences")
    page = me.get("/me/preferences")
    assert 'lang="es"' in html_tag(page)
    assert 'data-theme="dark"' in html_tag(page)
    assert 'data-bs-theme="dark"' in html_tag(page)
    assert '<body class="comfortable" data-scan-gap="80"' in page.text
    assert '<option value="Asia/Tokyo" selected>' in page.text
    assert re.search(r'value="comfortable"\s+checked', page.text)


def test_times_follow_the_zone(me: Caller, clock: Clock) -> None:
    at = clock()  # 12:00 UTC
    assert at.hour == 12
    assert "8:00:00" in me.get("/me/sessions").text  # the district's zone, in summer
    me.post("/me/preferences", data={"timezone": "Asia/Tokyo"})
    text = me.get("/me/sessions").text
    assert "9:00:00" in text
    assert "JST" in text


def test_going_back_to_the_usual(me: Caller, database: Database) -> None:
    me.post("/me/preferences", data=CHOSEN)
    me.post("/me/preferences", data={"language": "", "timezone": "", "theme": "auto",
                                     "density": "compact", "scan_gap_ms": ""})  # fmt: skip
    with database.unit(write=False) as db:
        assert preferences.of_account(db, me.account_id) == preferences.Preferences()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "../../etc/passwd"), ("timezone", "Mars/Base"), ("language", "xx"),
        ("theme", "pink"), ("scan_gap_ms", "9"), ("scan_gap_ms", "501"), ("scan_gap_ms", "x"),
        ("density", "<script>"),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_told_beside_the_field(
    me: Caller, database: Database, name: str, value: str
) -> None:
    answer = me.post("/me/preferences", data={**CHOSEN, name: value})
    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert 'aria-invalid="true"' in answer.text
    with database.unit(write=False) as db:
        assert preferences.of_account(db, me.account_id) == preferences.Preferences()


def test_an_old_zone_that_is_not_listed_stays_chosen(me: Caller) -> None:
    assert me.post("/me/preferences", data={"timezone": "US/Eastern"}).status_code == 303
    assert '<option value="US/Eastern" selected>' in me.get("/me/preferences").text


def test_the_theme_button_comes_back_to_its_page(me: Caller) -> None:
    def chosen(referer: str) -> str:
        answer = me.post("/me/theme", data={"theme": "dark"}, headers={"Referer": referer})
        assert answer.status_code == 303
        return str(answer.location)

    assert chosen("http://localhost/accounts?q=a&state=active") == "/accounts?q=a&state=active"
    assert 'data-theme="dark"' in html_tag(me.get("/me"))
    for elsewhere in (
        "", "https://evil.example/me", "http://localhost//evil.example", "javascript:alert(1)",
        "http://localhost/no/such/page", "http://localhost/me/theme", "http://localhost.evil/me",
        "http://[", "/me",
    ):  # fmt: skip
        assert chosen(elsewhere) == "/", elsewhere
    assert me.post("/me/theme", data={"theme": "pink"}).status_code == 422
    assert me.post("/me/theme", data={}).status_code == 422


def test_a_refusal_knows_the_viewer_and_their_theme(me: Caller, client: FlaskClient) -> None:
    me.post("/me/preferences", data={"theme": "dark"})
    hidden = me.get("/me/sessions/999999/end")
    assert hidden.status_code == 404
    assert 'data-theme="dark"' in html_tag(hidden)
    # Refused before the unit of work opens: the shell is there, the theme is not known yet.
    refused = me.get("/accounts")
    assert refused.status_code == 403
    assert 'action="/sign-out"' in refused.text


def test_preferences_cost_one_statement(me: Caller, database: Database) -> None:
    statements: list[str] = []

    def keep(*given: object) -> None:
        statements.append(str(given[2]))

    sa.event.listen(database.engine, "before_cursor_execute", keep)
    me.get("/components")
    assert sum("FROM preference" in each for each in statements) == 1
    statements.clear()
    me.get("/api/v1/session")
    assert not [each for each in statements if "FROM preference" in each]


def test_a_role_that_is_withdrawn_is_gone_from_the_page(
    browser: MakeCaller, district: District
) -> None:
    me = browser(account=district.accounts[Role.HELPDESK])
    assert "Helpdesk" in me.get("/me").text
    page = browser("coordinator").get(f"/accounts/{me.account_id}").text
    found = re.search(rf"/accounts/{me.account_id}/roles/(\d+)/withdraw", page)
    assert found
    assert browser("coordinator").post(found.group(0)).status_code == 303
    assert "You have no role yet" in me.get("/me").text


@pytest.mark.parametrize("odd", ["//[", "http://[", "/\\evil", "//evil.example"])
def test_an_address_that_is_none_does_not_break_the_door(client: FlaskClient, odd: str) -> None:
    form = {"user_name": "nobody", "password": "x"}
    answer = client.post("/sign-in", query_string={"next": odd}, data=form)
    assert answer.status_code == 401
    answer = client.post("/sign-in", data=form, headers={"Origin": odd})
    assert answer.status_code == 403
