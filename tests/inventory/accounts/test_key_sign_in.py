"""Signing in with a password and a security key."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from inventory.accounts import stepping_up
from inventory.accounts.factor_models import StepUp, WebAuthnCredential
from inventory.accounts.models import Account
from inventory.commands import trust
from inventory.commands.confirming import confirmed
from inventory.commands.policy import Policy
from inventory.commands.step_up import NotTrusted, require_step_up
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.accounts.test_second_step import enter
from tests.inventory.commands.world import OPERATOR
from tests.inventory.confirming import with_app
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.key_steps import confirm_act, enrol
from tests.inventory.soft_key import PRESENT, SoftKey

Events = Callable[[str], list[Any]]
QUESTION = "/sign-in/code/key-question"


@pytest.fixture
def hers(browser: MakeCaller, jane: int) -> SoftKey:
    """Jane's key; her session of before has ended."""
    key, me = SoftKey(), browser(account=jane)
    enrol(me, key)
    me.post("/sign-out")
    return key


def ask(client: FlaskClient) -> dict[str, Any]:
    asked = client.post(QUESTION, buffered=True)
    assert asked.status_code == 200, asked.text
    options: dict[str, Any] = asked.json
    return options


def send(client: FlaskClient, answer: str) -> TestResponse:
    return client.post("/sign-in/code?next=/me", data={"key": answer}, buffered=True)


def test_a_key_is_the_second_step(client: FlaskClient, hers: SoftKey, events: Events) -> None:
    first = enter(client)
    assert (first.status_code, first.location) == (303, "/sign-in/code?next=/me")
    page = client.get("/sign-in/code").text
    assert f'data-key-question="{QUESTION}"' in page
    assert "keys." in page
    assert "recovery codes" in page
    answer = hers.sign(ask(client))
    assert client.get("/me").status_code == 303, "nothing is open yet"
    done = send(client, answer)
    assert (done.status_code, done.location) == (303, "/me")
    assert client.get("/me").status_code == 200
    assert '"second_factor"' in events("login.succeeded")[-1].after
    listed = client.get("/api/v1/sessions").json["items"]
    assert [each["assurance"] for each in listed] == ["second_factor"]


def test_nobody_is_asked_before_the_password(client: FlaskClient, hers: SoftKey) -> None:
    assert client.post(QUESTION, buffered=True).status_code in {303, 401}
    assert send(client, hers.sign({"challenge": "A" * 43})).location == "/sign-in?next=/me"
    enter(client)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(QUESTION, headers=elsewhere, buffered=True).status_code == 403


def test_an_account_without_keys_is_not_asked_for_one(
    client: FlaskClient, database: Database, jane: int, clock: Clock
) -> None:
    with_app(database, jane, since=clock())
    enter(client)
    page = client.get("/sign-in/code").text
    assert "data-key-question" not in page
    assert "keys." not in page
    assert client.post(QUESTION, buffered=True).status_code == 409


def test_an_answer_is_for_one_sign_in(client: FlaskClient, hers: SoftKey, app: Any) -> None:
    other = app.test_client()
    enter(client)
    enter(other)
    answer = hers.sign(ask(client))
    assert send(other, answer).status_code == 401, "another sign-in's challenge"
    assert send(client, hers.sign(ask(client), flags=PRESENT)).status_code == 401
    assert send(client, answer).status_code == 401, "a newer question ended it"
    assert send(client, hers.sign(ask(client))).status_code == 303
    enter(client)
    assert send(client, answer).status_code == 401


def test_wrong_keys_count_as_wrong_codes_do(
    client: FlaskClient, hers: SoftKey, jane: int, database: Database, clock: Clock, events: Events
) -> None:
    enter(client)
    for _ in range(5):
        refused = send(client, hers.sign(ask(client), rp_id="evil.example"))
        assert (refused.status_code, "was not accepted" in refused.text) == (401, True)
    assert send(client, hers.sign(ask(client))).status_code == 401, "locked"
    assert [json.loads(e.after)["why"] for e in events("login.failed")][:5] == [
        "wrong second factor"
    ] * 5
    clock.forward(minutes=1)
    enter(client)
    assert send(client, hers.sign(ask(client))).status_code == 303
    with database.unit(write=False) as db:
        assert db.get_one(Account, jane).failed_logins == 0


def test_a_copy_of_a_key_does_not_sign_in(
    client: FlaskClient, hers: SoftKey, jane: int, events: Events
) -> None:
    enter(client)
    assert send(client, hers.sign(ask(client), count=1)).status_code == 401
    told = events("account.key_refused")[0]
    assert (told.subject_id, told.actor_name) == (str(jane), "anonymous")


def test_half_a_form_is_not_a_wrong_code(client: FlaskClient, hers: SoftKey, jane: int) -> None:
    enter(client)
    assert client.post("/sign-in/code", data={"key": ""}, buffered=True).status_code == 422
    assert client.post("/sign-in/code", data={"key": "{"}, buffered=True).status_code == 422


def test_an_administrator_takes_lost_keys_away(
    client: FlaskClient, hers: SoftKey, jane: int, browser: MakeCaller, database: Database
) -> None:
    boss = browser("coordinator")
    assert "1 security key" in boss.get(f"/accounts/{jane}").text
    where = f"/accounts/{jane}/reset-factors"
    assert boss.post(where, data={"reason": "lost, met her"}).status_code == 303
    with database.unit(write=False) as db:
        assert db.exec(select(WebAuthnCredential)).all() == []
    assert enter(client).location == "/me"


def test_a_key_is_believed_for_grave_commands_once_it_is_old(
    browser: MakeCaller, jane: int, database: Database, clock: Clock
) -> None:
    me, key, act = browser(account=jane), SoftKey(), "a command's binding"
    with database.unit() as db:
        account = db.get_one(Account, jane)
        account.created_at = clock() - timedelta(days=99)
        db.add(account)
    enrol(me, key)
    _confirm(me, key, act)
    with pytest.raises(NotTrusted, match="second factor is younger"):
        _require(database, jane, act, clock)
    with database.unit() as db:
        row = db.exec(select(WebAuthnCredential)).one()
        row.created_at = clock() - timedelta(days=60)
        db.add(row)
    clock.forward(days=3)
    me = browser(account=jane)
    _confirm(me, key, act)
    assert _require(database, jane, act, clock) == "webauthn"


def _confirm(me: Caller, key: SoftKey, act: str) -> None:
    question = me.post("/confirm/key-question", query_string={"binding": act})
    assert confirm_act(me, key.sign(question.json), act) == 303


def _require(database: Database, account_id: int, act: str, clock: Clock) -> str:
    """By what the newest confirmation was given, if it is believed."""
    with database.unit() as db:
        row = db.exec(select(StepUp).order_by(StepUp.id.desc())).first()  # type: ignore[attr-defined]
        assert row is not None
        assert row.purpose_hash == stepping_up.hash_of_binding(act)
        actor = OPERATOR.__class__("account", account_id, "Jane", session_id=row.session_id)
        policy = Policy()
        given = require_step_up(confirmed(db, actor, act), act, policy, now=clock())
        trust.require_trusted(db, actor, policy=policy, step_up=given, now=clock())
        return given.method
