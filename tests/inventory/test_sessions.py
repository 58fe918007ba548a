"""Signing in and out: one answer to every failure, rotation, time-outs, CSRF."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from inventory.access import Role
from inventory.accounts import hashing, sessions
from inventory.accounts.bearer import hash_of
from inventory.accounts.models import Account, LoginSession
from inventory.accounts.service import create_account, disable
from inventory.app import create_app
from inventory.db import Database
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller
from tests.inventory.signing_in import PASSWORD, cookie_of, login

Events = Callable[[str], list[Any]]


def test_sign_in_who_am_i_sign_out(client: FlaskClient, jane: int, events: Events) -> None:
    answer = login(client)
    assert answer.status_code == 201, answer.json
    assert answer.json["account_id"] == jane
    me = client.get("/api/v1/session").json
    assert (me["kind"], me["name"], me["csrf_token"]) == (
        "account", "Jane", answer.json["csrf_token"],
    )  # fmt: skip
    assert "asset:write" in me["permissions"]
    assert "account:read" not in me["permissions"]
    assert len(me["reach"][0]["site_ids"]) == 4
    csrf = {"X-CSRF-Token": answer.json["csrf_token"]}
    assert client.delete("/api/v1/session", headers=csrf).status_code == 204
    assert client.get("/api/v1/session").status_code == 401
    assert [e.actor_name for e in events("login.succeeded")] == ["Jane"]
    assert [e.actor_id for e in events("session.ended")] == [jane]


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient, jane: int) -> None:
    cookie = login(client).headers["Set-Cookie"]
    assert cookie.startswith("homeroom=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_bound_to_the_host(
    settings: Settings, database: Database, clock: Clock, jane: int
) -> None:
    app = create_app(replace(settings, public_url="https://it.example.org"), database, clock=clock)
    cookie = login(app.test_client()).headers["Set-Cookie"]
    assert cookie.startswith("__Host-homeroom=")
    assert "Secure" in cookie
    # A cookie of the weaker name, which another host could have set, opens nothing.
    client = app.test_client()
    client.set_cookie("homeroom", cookie_of(login(app.test_client())))
    assert client.get("/api/v1/session").status_code == 401


def test_only_a_hash_of_the_session_is_stored(
    client: FlaskClient, database: Database, jane: int
) -> None:
    secret = cookie_of(login(client))
    assert len(secret) == 43
    with database.unit(write=False) as db:
        row = db.get(LoginSession, 1)
        assert row is not None
        assert row.secret_hash == hash_of(secret)
        assert secret not in str(row.model_dump())
    client.set_cookie("homeroom", row.secret_hash)
    assert client.get("/api/v1/session").status_code == 401


def test_every_failure_has_one_answer(
    app: Flask, client: FlaskClient, database: Database, jane: int, clock: Clock
) -> None:
    with database.unit() as db:
        create_account(db, OPERATOR, user_name="program", now=clock())
        gone, _ = create_account(db, OPERATOR, user_name="gone", password=PASSWORD, now=clock())
        disable(db, OPERATOR, gone.id, now=clock())
    bodies = [
        {"user_name": name, "password": password}
        for name, password in (
            ("jane", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("program", PASSWORD),
            ("ja ne", PASSWORD), ("\u202e", PASSWORD), ("", ""), ("jane", "\ud800"),
            ("jane\0", PASSWORD), ("\ud800\0", PASSWORD), ("' OR 1=1 --", "x"),
        )
    ]  # fmt: skip
    answers = [
        client.post("/api/v1/session", data=json.dumps(body), content_type="application/json")
        for body in bodies
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    client: FlaskClient, jane: int, clock: Clock
) -> None:
    """CPU time of the whole request; without the stand-in it would be some thirtieth."""

    def cost(name: str) -> float:
        began = time.process_time()
        client.post("/api/v1/session", json={"user_name": name, "password": "wrong"})
        return time.process_time() - began

    cost("warm-up")
    known = sorted(cost("jane") for _ in range(3))[1]
    unknown = sorted(cost("nobody") for _ in range(3))[1]
    assert unknown > known * 0.4


def test_failures_are_recorded_without_what_was_typed(
    client: FlaskClient, jane: int, events: Events
) -> None:
    login(client, "my secret guess")
    client.post("/api/v1/session", json={"user_name": "hunter2hunter2", "password": "x"})
    known, unknown = events("login.failed")
    assert (known.subject_id, '"Jane"' in known.after) == (str(jane), True)
    assert '"hun..."' in unknown.after
    told = "".join(e.after + e.actor_name + e.reason for e in (known, unknown))
    assert "secret guess" not in told
    assert "hunter2" not in told


def test_the_session_id_is_new_at_every_sign_in(
    app: Flask, client: FlaskClient, database: Database, jane: int
) -> None:
    planted = "A" * 43
    client.set_cookie("homeroom", planted)
    first = cookie_of(login(client))
    assert first != planted
    second = cookie_of(login(client))
    assert second != first
    old = app.test_client()
    old.set_cookie("homeroom", first)
    assert old.get("/api/v1/session").status_code == 401, "the one before has ended"


def test_a_made_up_cookie_opens_nothing(client: FlaskClient, district: District) -> None:
    for cookie in ("", "x", "A" * 43, "é" * 43, "A" * 5000, "' OR 1=1"):
        answer = client.get("/api/v1/session", headers={"Cookie": f"homeroom={cookie}"})
        assert answer.status_code == 401, cookie


def test_idle_and_absolute_end(client: FlaskClient, jane: int, clock: Clock) -> None:
    login(client)

    def alive() -> bool:
        return client.get("/api/v1/session", buffered=True).status_code == 200

    for _ in range(3):
        clock.forward(minutes=29)
        assert alive()
    clock.forward(minutes=30)
    assert not alive()
    login(client)
    for _ in range(28):
        clock.forward(minutes=25)
        assert alive()
    clock.forward(minutes=19)
    assert alive()
    clock.forward(minutes=1)
    assert not alive(), "twelve hours are the end however busy it was"


def test_a_change_needs_the_sessions_own_csrf_token(
    app: Flask, client: FlaskClient, jane: int
) -> None:
    mine = login(client).json["csrf_token"]
    other = login(app.test_client()).json["csrf_token"]
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other}, {"X-CSRF-Token": "é"}):
        assert client.delete("/api/v1/session", headers=headers).status_code == 403
    assert client.delete("/api/v1/session", headers={"X-CSRF-Token": mine}).status_code == 204


def test_a_form_of_another_site_cannot_sign_in(client: FlaskClient, jane: int) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post("/api/v1/session", data='{"user_name": "jane"}', content_type=kind)
        assert answer.status_code in {415, 422}


def test_a_bad_token_is_not_made_good_by_a_cookie(client: FlaskClient, jane: int) -> None:
    login(client)
    for header in ("Bearer x", "Bearer", "Basic amFuZTp4", "Bearer hrm_aaaaaaaa_" + "A" * 43):
        answer = client.get("/api/v1/session", headers={"Authorization": header})
        assert answer.status_code == 401


def test_ones_sessions_are_listed_and_ended(app: Flask, jane: int, clock: Clock) -> None:
    laptop, phone = app.test_client(), app.test_client()
    csrf = {"X-CSRF-Token": login(laptop, headers={"User-Agent": "L" * 900}).json["csrf_token"]}
    clock.forward(minutes=1)
    login(phone, headers={"User-Agent": "Phone \x01\x1b[31m"})
    items = laptop.get("/api/v1/sessions").json["items"]
    assert [item["current"] for item in items] == [False, True]
    assert items[1]["user_agent"] == "L" * 200
    assert items[0]["user_agent"].isprintable()
    assert "secret" not in str(items)
    url = f"/api/v1/sessions/{items[0]['id']}"
    assert laptop.delete(url, headers=csrf).status_code == 204
    assert laptop.delete(url, headers=csrf).status_code == 404
    assert phone.get("/api/v1/session").status_code == 401
    assert laptop.get("/api/v1/session").status_code == 200


def test_twenty_sessions_are_enough(
    database: Database, settings: Settings, jane: int, clock: Clock
) -> None:
    with database.unit() as db:
        made = [
            sessions.start(db, jane, sessions.Origin("::1"), settings, now=clock.forward(seconds=1))
            for _ in range(23)
        ]
        left = sessions.list_of(db, OPERATOR, jane, settings, now=clock())
        assert [each.id for each in left] == [session.id for session, _ in made[:2:-1]]


def test_an_old_hash_is_renewed_at_sign_in(
    client: FlaskClient, database: Database, jane: int
) -> None:
    with database.unit() as db:
        account = db.get_one(Account, jane)
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(
            PASSWORD
        )
        db.add(account)
    assert login(client).status_code == 201
    with database.unit(write=False) as db:
        stored = db.get_one(Account, jane).password_hash
    assert stored is not None
    assert not hashing.outdated(stored)
    assert login(client).status_code == 201


def test_a_session_sees_withdrawn_roles_at_once(
    browser: MakeCaller, database: Database, district: District, clock: Clock
) -> None:
    boss = browser("coordinator")
    assert boss.get("/api/v1/accounts").status_code == 200
    with database.unit() as db:
        disable_other = create_account(
            db, OPERATOR, user_name="second", password=PASSWORD,
            grants=[(Role.COORDINATOR, None)], now=clock(),
        )[0]  # fmt: skip
        assert disable_other.id
        disable(db, OPERATOR, boss.account_id, now=clock())
    assert boss.get("/api/v1/accounts").status_code == 401
