"""Security keys over HTTP: enrolled, used for each thing they are for, taken away."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from inventory.accounts.factor_models import WebAuthnCredential
from inventory.accounts.factor_rules import KEYS_EACH
from inventory.accounts.guard import cookie_name
from inventory.db import Database
from inventory.http.unit import EXTENSION, Runtime
from tests.conftest import Clock
from tests.inventory.accounts.test_factor_pages import add_app, plain
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.key_steps import (
    ask_act,
    begin,
    confirm_act,
    confirm_by,
    enrol,
    kept,
    options_in,
    step_ups,
)
from tests.inventory.signing_in import PASSWORD
from tests.inventory.soft_key import SoftKey

Events = Callable[[str], list[Any]]


@pytest.fixture
def me(browser: MakeCaller, database: Database, jane: int) -> Caller:
    """Jane, who has a password."""
    return browser(account=jane)


def test_a_key_is_added_used_and_removed(
    me: Caller, browser: MakeCaller, database: Database, clock: Clock, events: Events
) -> None:
    other, key = browser(account=me.account_id), SoftKey()
    codes = enrol(me, key, "blue <key>")
    assert len(codes) == 10, "the first factor brings the recovery codes"
    assert other.get("/me").status_code == 303, "the other session ended"
    page = me.get("/me/security").text
    assert "blue &lt;key&gt;" in page
    assert "10 codes are left" in plain(page)
    row = kept(database)[0]
    assert (row.transports, row.sign_count, row.backed_up) == (["usb"], 1, False)
    clock.forward(minutes=3)
    assert confirm_act(me, key.sign(ask_act(me))) == 303
    given = step_ups(database)[0]
    assert (given.method.value, given.at - given.factor_since) == ("webauthn", timedelta(minutes=3))
    form = {"password": PASSWORD, "key": confirm_by(key, me)}
    gone = me.post(f"/me/security/keys/{row.id}/remove", data=form)
    assert gone.status_code == 303, plain(gone.text)
    assert (kept(database), step_ups(database)) == ([], [])
    assert me.get("/api/v1/me/factors").json["recovery_codes_left"] == 0
    for action in ("account.key_added", "step_up.given", "account.key_removed"):
        assert [e.actor_id for e in events(action)] == [me.account_id], action
    assert "blue <key>" in events("account.key_removed")[0].before


def test_what_the_browser_is_asked(me: Caller) -> None:
    key = SoftKey()
    made = begin(me)
    assert made["rp"]["id"] == "localhost"
    assert made["attestation"] == "none"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["excludeCredentials"] == []
    enrol(me, key)
    again = begin(me, "second", key=confirm_by(key, me))
    assert [each["id"] for each in again["excludeCredentials"]] == [key.name]
    asked = ask_act(me)
    assert asked["userVerification"] == "required"
    assert [each["id"] for each in asked["allowCredentials"]] == [key.name]
    assert len(asked["challenge"]) == 43


def test_adding_a_key_takes_the_password_and_the_factor_there_is(me: Caller, clock: Clock) -> None:
    form = {"label": "x", "password": "wrong"}
    assert me.post("/me/security/keys/new", data=form).status_code == 422
    app, _ = add_app(me, clock)
    bare = me.post("/me/security/keys/new", data={"label": "x", "password": PASSWORD})
    assert bare.status_code == 422
    assert "data-key-make" not in bare.text
    clock.forward(seconds=30)
    assert enrol(me, SoftKey(), code=app.at(clock())) == [], "there are codes already"
    told = me.get("/api/v1/me/factors").json
    assert (told["app"], len(told["keys"]), told["recovery_codes_left"]) == (True, 1, 10)


def test_without_its_last_factor_an_account_has_no_codes(
    me: Caller, clock: Clock, database: Database
) -> None:
    key = SoftKey()
    codes = enrol(me, key)
    shown = me.post("/me/security/app", data={"password": PASSWORD, "key": confirm_by(key, me)})
    assert shown.status_code == 200, plain(shown.text)
    assert 'src="data:image/svg+xml' in shown.text
    found = re.search(r"secret=([A-Z2-7]+)", shown.text)
    assert found
    app = pyotp.TOTP(found[1])
    done = me.post("/me/security/app/confirm", data={"code": app.at(clock())})
    assert done.status_code == 303, "no new codes: those of the key hold"
    gone = me.post("/me/security/remove", data={"password": PASSWORD, "code": codes[0]})
    assert gone.status_code == 303
    told = me.get("/api/v1/me/factors").json
    assert (told["app"], len(told["keys"]), told["recovery_codes_left"]) == (False, 1, 9)
    assert me.post("/me/security/remove", data={"password": PASSWORD, "code": codes[1]}
                   ).status_code == 409  # fmt: skip


def test_nobody_removes_the_key_of_somebody_else(
    me: Caller, browser: MakeCaller, database: Database
) -> None:
    enrol(me, SoftKey())
    other = browser("helpdesk")
    path = f"/me/security/keys/{kept(database)[0].id}/remove"
    assert other.get(path).status_code == 404
    assert other.post(path, data={"password": PASSWORD}).status_code == 404
    assert len(kept(database)) == 1


def test_there_is_an_end_to_keys_and_each_comes_once(
    me: Caller, database: Database, clock: Clock
) -> None:
    first = SoftKey()
    enrol(me, first)
    same = {"label": "again", "key": first.make(begin(me, key=confirm_by(first, me)))}
    assert me.post("/me/security/keys/confirm", data=same).status_code == 303
    assert len(kept(database)) == 1
    for number in range(KEYS_EACH - 2):
        enrol(me, SoftKey(), f"key {number}", key=confirm_by(first, me))
    late = {"label": "late", "key": SoftKey().make(begin(me, key=confirm_by(first, me)))}
    with database.unit() as db:
        db.add(WebAuthnCredential(
            account_id=me.account_id, credential_id="AAAA", public_key=b"x", label="x",
            created_at=clock(),
        ))  # fmt: skip
    assert me.post("/me/security/keys/confirm", data=late).status_code == 303
    assert len(kept(database)) == KEYS_EACH
    form = {"label": "one more", "password": PASSWORD, "key": confirm_by(first, me)}
    assert me.post("/me/security/keys/new", data=form).status_code == 409
    assert "Add a key" not in me.get("/me/security").text


@pytest.mark.parametrize(
    ("public_url", "works"),
    [("https://homeroom.example.org", True), ("https://10.1.2.3", False), ("", True),
     ("http://homeroom.example.org", False)],
)  # fmt: skip
def test_keys_need_a_host_name(
    me: Caller, database: Database, clock: Clock, public_url: str, works: bool
) -> None:
    extensions = me.client.application.extensions
    settings = replace(extensions[EXTENSION].settings, public_url=public_url)
    extensions[EXTENSION] = Runtime(settings, database, clock)
    cookie = f"{cookie_name(settings)}={me.secret}"
    me.client = me.client.application.test_client(use_cookies=False)
    me.headers |= {"Cookie": cookie, "Host": "evil.example"}
    shown = me.get("/me/security")
    assert ("Add a key" in shown.text) is works
    form = {"label": "x", "password": PASSWORD}
    answer = me.post("/me/security/keys/new", data=form)
    assert answer.status_code == (200 if works else 409)
    if works:
        wanted = "homeroom.example.org" if public_url else "localhost"
        assert options_in(answer.text)["rp"]["id"] == wanted, "never from the Host header"
    else:
        assert "public_url" in answer.text
