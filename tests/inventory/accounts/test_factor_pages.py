"""The second factor in the browser: set up, used to confirm, removed; and who may not."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlmodel import select

from inventory.access import Role
from inventory.accounts.factor_models import StepUp
from inventory.accounts.models import Account
from inventory.accounts.service import create_account
from inventory.db import Database
from inventory.sites import service as sites
from tests.conftest import Clock
from tests.inventory.confirming import with_app
from tests.inventory.conftest import OPERATOR, Caller, MakeCaller
from tests.inventory.signing_in import PASSWORD

BINDING = "ab" * 32
CONFIRM = f"/confirm?binding={BINDING}&next=/commands%3Fwhich%3Dmine"
Events = Callable[[str], list[Any]]


@pytest.fixture
def me(browser: MakeCaller, database: Database, clock: Clock) -> Caller:
    """Somebody at the help desk, whose role asks for no second factor."""
    grants = [(Role.HELPDESK, None)]
    with database.unit() as db:
        sites.ensure_district(db, OPERATOR, "Maple Valley", now=clock())
        account, _ = create_account(
            db, OPERATOR, user_name="me", password=PASSWORD, grants=grants, now=clock()
        )
    return browser(account=account.id)


@pytest.fixture
def chief(browser: MakeCaller, database: Database, clock: Clock) -> Caller:
    """A coordinator with an app of long ago."""
    caller = browser("coordinator")
    caller.app = with_app(database, caller.account_id, since=clock() - timedelta(days=90))  # type: ignore[attr-defined]
    return caller


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def code(caller: Caller, clock: Clock) -> str:
    app: pyotp.TOTP = caller.app  # type: ignore[attr-defined]
    return app.at(clock())


def add_app(me: Caller, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    shown = me.post("/me/security/app", data={"password": PASSWORD})
    assert shown.status_code == 200, plain(shown.text)
    found = re.search(r"secret=([A-Z2-7]+)", shown.text)
    assert found
    app = pyotp.TOTP(found[1])
    assert " ".join(re.findall("....", found[1].lower())) in shown.text
    wrong = me.post("/me/security/app/confirm", data={"code": "000000"})
    assert wrong.status_code == 422
    assert found[1] in wrong.text, "the key stays on the page"
    right = me.post("/me/security/app/confirm", data={"code": app.at(clock())})
    assert right.status_code == 200, plain(right.text)
    return app, re.findall(r"<li>((?:\w{4}-){3}\w{4})</li>", right.text)


def step_ups(database: Database) -> list[StepUp]:
    with database.unit(write=False) as db:
        return list(db.exec(select(StepUp)).all())


def test_an_app_is_added_used_and_removed(
    me: Caller, browser: MakeCaller, database: Database, clock: Clock, events: Events
) -> None:
    other = browser(account=me.account_id)
    app, codes = add_app(me, clock)
    assert len(codes) == 10
    assert other.get("/me").status_code == 303, "the other session ended"
    page = me.get("/me/security").text
    assert "10 codes are left" in plain(page)
    assert app.secret not in page
    assert not any(each in page for each in codes)
    clock.forward(seconds=30)
    assert me.post(CONFIRM, data={"code": app.at(clock())}).status_code == 303
    kept = step_ups(database)[0]
    assert (kept.method.value, kept.at - kept.factor_since) == ("totp", timedelta(seconds=30))
    proof = {"password": PASSWORD, "code": codes[0]}
    assert me.post("/me/security/remove", data=proof).status_code == 303
    assert step_ups(database) == []
    assert "None." in plain(me.get("/me/security").text)
    for action in ("account.factor_added", "step_up.given", "account.factor_removed"):
        assert [e.actor_id for e in events(action)] == [me.account_id], action
    told = "".join(e.after for e in events("step_up.given"))
    assert app.secret not in told


def test_changing_a_factor_takes_the_password_and_a_code(chief: Caller, clock: Clock) -> None:
    for where in ("app", "recovery", "remove"):
        path = f"/me/security/{where}"
        lacking = chief.post(path, data={"password": PASSWORD})
        assert lacking.status_code == 422, path
        assert "is not right, or was used already" in lacking.text
    wrong = chief.post("/me/security/remove", data={"password": "x", "code": code(chief, clock)})
    assert wrong.status_code == 422
    assert 'value="x"' not in wrong.text
    clock.forward(minutes=1)
    fresh = {"password": PASSWORD, "code": code(chief, clock)}
    shown = chief.post("/me/security/recovery", data=fresh)
    assert len(re.findall(r"<li>(?:\w{4}-){3}\w{4}</li>", shown.text)) == 10
    assert chief.post("/me/security/recovery", data=fresh).status_code == 422, "a code counts once"


def test_a_recovery_code_does_not_confirm(me: Caller, database: Database, clock: Clock) -> None:
    _, codes = add_app(me, clock)
    assert me.post(CONFIRM, data={"code": codes[0]}).status_code == 422
    assert me.post(CONFIRM, data={"password": PASSWORD}).status_code == 422
    assert step_ups(database) == []


def test_the_password_confirms_where_no_factor_is_asked(
    me: Caller, database: Database, browser: MakeCaller
) -> None:
    assert "Your password" in plain(me.get(CONFIRM).text)
    assert me.post(CONFIRM, data={"password": "wrong"}).status_code == 422
    answer = me.post(CONFIRM, data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/commands?which=mine")
    assert [row.method.value for row in step_ups(database)] == ["password"]
    # A coordinator is asked for a factor: the password is not even looked at.
    asked = browser("coordinator").get(CONFIRM)
    assert (asked.status_code, asked.headers["Location"]) == (303, "/me/security")


def test_who_must_have_a_factor_cannot_confirm_by_password(
    browser: MakeCaller, database: Database, clock: Clock
) -> None:
    caller = browser("coordinator")
    with_app(database, caller.account_id, since=clock())
    with database.unit() as db:
        db.connection().exec_driver_sql("DELETE FROM totp_factor")
    body = {"binding": BINDING, "password": PASSWORD}
    assert caller.post("/api/v1/me/step-up", json=body).status_code == 409
    assert step_ups(database) == []


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", ""]
)
def test_the_way_back_stays_here(chief: Caller, clock: Clock, elsewhere: str) -> None:
    asked = {"binding": BINDING, "next": elsewhere}
    answer = chief.post("/confirm", query_string=asked, data={"code": code(chief, clock)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_confirmation_is_for_one_thing_in_one_session(
    chief: Caller, browser: MakeCaller, database: Database, clock: Clock
) -> None:
    assert chief.get("/confirm").status_code == 422
    assert chief.get("/confirm?binding=%07").status_code == 422
    assert chief.get(f"/confirm?binding={'x' * 201}").status_code == 422
    assert chief.post(CONFIRM, data={"code": code(chief, clock)}).status_code == 303
    assert chief.post(CONFIRM, data={"code": code(chief, clock)}).status_code == 422
    assert len(step_ups(database)) == 1


def test_wrong_codes_lock_the_account_for_a_while(
    chief: Caller, database: Database, clock: Clock, events: Events
) -> None:
    for _ in range(5):
        assert chief.post(CONFIRM, data={"code": "000000"}).status_code == 422
    right = chief.post(CONFIRM, data={"code": code(chief, clock)})
    assert right.status_code == 409
    assert "too many wrong attempts" in right.text
    clock.forward(minutes=1)
    assert chief.post(CONFIRM, data={"code": code(chief, clock)}).status_code == 303
    failures = events("step_up.failed")
    assert len(failures) == 5
    assert failures[0].actor_id == chief.account_id
    with database.unit(write=False) as db:
        assert db.get_one(Account, chief.account_id).failed_logins == 0


def test_a_key_that_was_never_begun_or_is_too_old(me: Caller, clock: Clock) -> None:
    never = me.post("/me/security/app/confirm", data={"code": "123456"})
    assert (never.status_code, never.headers["Location"]) == (303, "/me/security/app")
    me.post("/me/security/app", data={"password": PASSWORD})
    clock.forward(minutes=11)
    late = me.post("/me/security/app/confirm", data={"code": "123456"})
    assert late.headers["Location"] == "/me/security/app"


def test_the_api_does_the_same(me: Caller, clock: Clock, api: MakeCaller) -> None:
    empty = {
        "app": False, "app_since": None, "keys": [], "recovery_codes_left": 0, "asked": False,
    }  # fmt: skip
    assert me.get("/api/v1/me/factors").json == empty
    begun = me.post("/api/v1/me/factors/app", json={"password": PASSWORD})
    assert begun.status_code == 201, begun.json
    app = pyotp.TOTP(begun.json["seed"])
    made = me.post("/api/v1/me/factors/app/confirm", json={"code": app.at(clock())})
    assert len(made.json["recovery_codes"]) == 10
    clock.forward(seconds=30)
    given = me.post("/api/v1/me/step-up", json={"binding": BINDING, "code": app.at(clock())})
    assert (given.status_code, given.json) == (201, {"method": "totp"})
    clock.forward(seconds=30)
    proof = {"password": PASSWORD, "code": app.at(clock())}
    assert me.post("/api/v1/me/factors/app/remove", json=proof).status_code == 204
    assert me.get("/api/v1/me/factors").json == empty
    assert api("coordinator").get("/api/v1/me/factors").status_code == 403
