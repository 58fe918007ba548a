"""Every lie that a security key, or whoever has its answer, may tell; none opens anything."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from inventory.accounts.factor_models import WebAuthnCredential
from inventory.accounts.models import Account
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.key_steps import (
    OTHER_ACT,
    ask_act,
    begin,
    confirm_act,
    confirm_by,
    enrol,
    kept,
    step_ups,
)
from tests.inventory.signing_in import PASSWORD
from tests.inventory.soft_key import PRESENT, VERIFIED, SoftKey

Events = Callable[[str], list[Any]]


@pytest.fixture
def me(browser: MakeCaller, database: Database, jane: int) -> Caller:
    """Jane, who has a password."""
    return browser(account=jane)


def _lies() -> dict[str, dict[str, Any]]:
    return {
        "another origin": {"origin": "https://homeroom.example"},
        "another port": {"origin": "http://localhost:8001"},
        "another domain": {"rp_id": "example.org"},
        "nobody there": {"flags": VERIFIED},
        "person not verified": {"flags": PRESENT},
        "another challenge": {"challenge": "A" * 43},
    }


@pytest.mark.parametrize("lie", _lies())
def test_a_new_key_that_lies_is_not_kept(me: Caller, database: Database, lie: str) -> None:
    options, key = begin(me), SoftKey()
    form = {"label": "x", "key": key.make(options, **_lies()[lie])}
    assert me.post("/me/security/keys/confirm", data=form).status_code == 303
    assert kept(database) == []
    form["key"] = key.make(options)
    me.post("/me/security/keys/confirm", data=form)
    assert kept(database) == [], "the challenge was used up by the lie"
    assert me.get("/api/v1/me/factors").json["recovery_codes_left"] == 0


@pytest.mark.parametrize("lie", _lies())
def test_a_key_that_lies_confirms_nothing(me: Caller, database: Database, lie: str) -> None:
    key = SoftKey()
    enrol(me, key)
    options = ask_act(me)
    assert confirm_act(me, key.sign(options, **_lies()[lie])) == 422
    assert confirm_act(me, key.sign(options)) == 422, "the challenge was used up by the lie"
    assert step_ups(database) == []
    assert confirm_act(me, key.sign(ask_act(me))) == 303


def test_an_answer_counts_once_here_for_this_and_not_for_long(
    me: Caller, browser: MakeCaller, database: Database, clock: Clock
) -> None:
    key = SoftKey()
    enrol(me, key)
    other = browser(account=me.account_id)
    answer = key.sign(ask_act(me))
    assert confirm_act(other, answer) == 422, "another session's challenge"
    assert confirm_act(me, answer) == 303
    assert confirm_act(me, answer) == 422, "a second time"
    assert confirm_act(me, key.sign(ask_act(me)), OTHER_ACT) == 422, "another act's"
    change = confirm_by(key, me)
    assert confirm_act(me, change) == 422, "asked for a change of factors"
    late = key.sign(ask_act(me))
    clock.forward(minutes=5)
    assert confirm_act(me, late) == 422, "too late"
    assert len(step_ups(database)) == 1


def test_a_key_of_somebody_else_or_a_removed_one_opens_nothing(
    me: Caller, browser: MakeCaller, database: Database, clock: Clock
) -> None:
    mine, theirs = SoftKey(), SoftKey()
    enrol(me, mine)
    assert confirm_act(me, theirs.sign(ask_act(me))) == 422
    stolen = replace(theirs, id=mine.id)
    assert confirm_act(me, stolen.sign(ask_act(me))) == 422, "its name alone is not enough"
    enrol(me, theirs, "theirs", key=confirm_by(mine, me))
    other = browser("helpdesk").account_id
    with database.unit() as db:
        row = db.exec(select(WebAuthnCredential).where(WebAuthnCredential.label == "theirs")).one()
        row.account_id = other
        db.add(row)
    assert confirm_act(me, theirs.sign(ask_act(me))) == 422, "registered, and another's"
    second = SoftKey()
    enrol(me, second, "second", key=confirm_by(mine, me))
    question = ask_act(me)
    form = {"password": PASSWORD, "key": confirm_by(second, me)}
    first = kept(database)[0].id
    assert me.post(f"/me/security/keys/{first}/remove", data=form).status_code == 303
    assert confirm_act(me, mine.sign(question)) == 422
    assert confirm_act(me, second.sign(ask_act(me))) == 303


def test_a_counter_that_goes_backwards_is_refused_and_told(
    me: Caller, database: Database, events: Events
) -> None:
    key = SoftKey()
    enrol(me, key)
    assert confirm_act(me, key.sign(ask_act(me), count=9)) == 303
    for count in (9, 3, 0):
        assert confirm_act(me, key.sign(ask_act(me), count=count)) == 422, count
    told = events("account.key_refused")
    assert [json.loads(e.after)["sign_count"] for e in told] == [9, 3, 0]
    assert told[0].actor_id == me.account_id
    assert kept(database)[0].sign_count == 9
    assert confirm_act(me, key.sign(ask_act(me), count=10)) == 303


def test_a_key_that_does_not_count_is_taken(me: Caller) -> None:
    key = SoftKey(counts=False)
    enrol(me, key)
    assert [confirm_act(me, key.sign(ask_act(me))) for _ in range(2)] == [303, 303]


def test_wrong_answers_lock_the_account_as_wrong_codes_do(
    me: Caller, database: Database, clock: Clock, events: Events
) -> None:
    key = SoftKey()
    enrol(me, key)
    for _ in range(5):
        assert confirm_act(me, key.sign(ask_act(me), flags=PRESENT)) == 422
    assert confirm_act(me, key.sign(ask_act(me))) == 409
    assert len(events("step_up.failed")) == 5
    clock.forward(minutes=1)
    assert confirm_act(me, key.sign(ask_act(me))) == 303
    with database.unit(write=False) as db:
        assert db.get_one(Account, me.account_id).failed_logins == 0


@pytest.mark.parametrize(
    "answer",
    ["{}", "[]", "no json", "[" * 9000, '{"id": 1}', '{"id": "AA", "rawId": "AA", "response": {}}',
     '{"id": "\\ud800", "rawId": null, "type": "public-key", "response": []}'],
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_words(me: Caller, database: Database, answer: str) -> None:
    key = SoftKey()
    options = begin(me)
    form = {"label": "x", "key": answer}
    assert me.post("/me/security/keys/confirm", data=form).status_code == 303
    deep = json.loads(key.make(options))
    deep["response"]["attestationObject"] = "gYGB" * 2000
    form["key"] = json.dumps(deep)
    begin(me)
    assert me.post("/me/security/keys/confirm", data=form).status_code == 303
    assert kept(database) == []
    enrol(me, key)
    ask_act(me)
    assert confirm_act(me, answer) == 422
    assert step_ups(database) == []
