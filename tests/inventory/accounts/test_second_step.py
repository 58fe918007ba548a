"""Signing in with a second factor, and losing it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.accounts import recovery, sign_in
from inventory.accounts.models import Account
from inventory.commands import trust
from inventory.commands.policy import Policy
from inventory.commands.step_up import NotTrusted
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.commands.world import OPERATOR
from tests.inventory.confirming import with_app
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.signing_in import PASSWORD, cookie_of, login

Events = Callable[[str], list[Any]]


@pytest.fixture
def phone(database: Database, jane: int, clock: Clock) -> pyotp.TOTP:
    """Jane's authenticator app."""
    return with_app(database, jane, since=clock() - timedelta(days=1))


def send(client: FlaskClient, code: str, path: str = "/sign-in/code?next=/me") -> TestResponse:
    return client.post(path, data={"code": code}, buffered=True)


def enter(client: FlaskClient, password: str = PASSWORD) -> TestResponse:
    form = {"user_name": "jane", "password": password}
    return client.post("/sign-in?next=/me", data=form, buffered=True)


def test_the_password_alone_opens_nothing(
    client: FlaskClient, phone: pyotp.TOTP, clock: Clock, events: Events
) -> None:
    first = enter(client)
    assert (first.status_code, first.location) == (303, "/sign-in/code?next=/me")
    half = cookie_of(first)
    assert client.get("/me").location == "/sign-in?next=/me"
    assert client.get("/api/v1/session").status_code == 401
    assert "Second step" in client.get("/sign-in/code").text
    wrong = send(client, "000000")
    assert wrong.status_code == 401
    assert "Second step" in wrong.text
    second = send(client, phone.at(clock()))
    assert (second.status_code, second.location) == (303, "/me")
    assert cookie_of(second) != half, "the session's id is new"
    assert client.get("/me").status_code == 200
    client.set_cookie("homeroom", half)
    assert client.get("/me").status_code == 303
    assert send(client, phone.at(clock())).location == "/sign-in?next=/me", "the half one is over"
    assert len(events("login.waiting")) == len(events("login.succeeded")) == 1
    assert '"second_factor"' in events("login.succeeded")[0].after


def test_a_recovery_code_lets_in_once(
    client: FlaskClient, phone: pyotp.TOTP, jane: int, database: Database, clock: Clock
) -> None:
    with database.unit() as db:
        code = recovery.make(db, jane, now=clock())[0]
    enter(client)
    assert send(client, code).status_code == 303
    assert client.get("/me").status_code == 200
    listed = client.get("/api/v1/sessions").json["items"]
    assert [each["assurance"] for each in listed] == ["recovery"]
    enter(client)
    assert send(client, code).status_code == 401


def test_the_half_way_ends(client: FlaskClient, phone: pyotp.TOTP, clock: Clock) -> None:
    assert send(client, "000000").location == "/sign-in?next=/me"
    enter(client)
    clock.forward(minutes=10)
    assert send(client, phone.at(clock())).location == "/sign-in?next=/me"
    assert client.get("/sign-in/code?next=//evil.example").location == "/sign-in?next=/"


def test_the_password_does_not_forgive_wrong_codes(
    client: FlaskClient, phone: pyotp.TOTP, jane: int, database: Database, clock: Clock
) -> None:
    for _ in range(5):
        assert enter(client).status_code == 303
        assert send(client, "000000").status_code == 401
    assert enter(client).status_code == 401, "locked"
    assert send(client, phone.at(clock())).status_code == 401, "not even the right one"
    clock.forward(minutes=1)
    enter(client)
    assert send(client, phone.at(clock())).status_code == 303
    with database.unit(write=False) as db:
        assert db.get_one(Account, jane).failed_logins == 0


def test_the_api_signs_in_in_two_steps(
    client: FlaskClient, phone: pyotp.TOTP, clock: Clock
) -> None:
    first = login(client)
    assert (first.status_code, first.json["second_factor_needed"]) == (201, True)
    csrf = {"X-CSRF-Token": first.json["csrf_token"]}
    assert client.get("/api/v1/session").status_code == 401
    assert client.delete("/api/v1/session", headers=csrf).status_code == 401
    bad = client.post("/api/v1/session/code", json={"code": "000000"})
    assert (bad.status_code, sign_in.WRONG_CODE in bad.text) == (401, True)
    done = client.post("/api/v1/session/code", json={"code": phone.at(clock())})
    assert (done.status_code, done.json["second_factor_needed"]) == (201, False)
    assert client.get("/api/v1/session").status_code == 200


def test_an_administrator_takes_a_lost_factor_away(
    client: FlaskClient, phone: pyotp.TOTP, jane: int, browser: MakeCaller, database: Database,
    clock: Clock, events: Events,
) -> None:  # fmt: skip
    boss, hers = browser("coordinator"), browser(account=jane)
    assert "Authenticator app" in boss.get(f"/accounts/{jane}").text
    where = f"/accounts/{jane}/reset-factors"
    assert boss.post(where, data={"reason": ""}).status_code == 422
    assert hers.get("/me").status_code == 200
    assert boss.post(where, data={"reason": "phone lost, met her"}).status_code == 303
    assert hers.get("/me").status_code == 303, "her sessions ended"
    event = events("account.factors_reset")[0]
    assert (event.reason, event.subject_id) == ("phone lost, met her", str(jane))
    assert boss.post(where, data={"reason": "again"}).status_code == 409
    _nobody_believes_her(database, jane, clock)
    assert enter(client).location == "/me"


def _nobody_believes_her(database: Database, jane: int, clock: Clock) -> None:
    later = clock() + timedelta(days=6)
    with database.unit() as db:
        account = db.get_one(Account, jane)
        account.created_at = clock() - timedelta(days=99)
        db.add(account)
    actor = OPERATOR.__class__("account", jane, "Jane", session_id=1)
    with database.unit() as db, pytest.raises(NotTrusted, match="second factor within"):
        trust.require_trusted(db, actor, policy=Policy(), step_up=None, now=later)


def test_nobody_resets_their_own_or_that_of_who_may_more(
    browser: MakeCaller, database: Database, clock: Clock, api: MakeCaller
) -> None:
    boss: Caller = browser("coordinator")
    with_app(database, boss.account_id, since=clock())
    own = f"/accounts/{boss.account_id}/reset-factors"
    assert boss.post(own, data={"reason": "x"}).status_code == 409
    assert f'{own}"' not in boss.get(f"/accounts/{boss.account_id}").text
    path = f"/api/v1{own}"
    school = browser("school_administrator")
    assert school.post(path, json={"reason": "x"}).status_code in {403, 404}
    assert api("coordinator").post(path, json={"reason": "x"}).status_code == 403
