"""The first account of an empty installation: one link, one time, one winner."""

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from inventory.access import Role
from inventory.accounts import setup
from inventory.accounts.bearer import hash_of
from inventory.accounts.models import Account, SetupLink
from inventory.db import Database
from inventory.errors import Conflict
from inventory.http.unit import EXTENSION, Runtime
from tests.conftest import Clock
from tests.inventory.conftest import District

GOOD = {"user_name": "first", "display_name": "First", "password": "violet heron at dusk"}


def link(database: Database, clock: Clock) -> str:
    with database.unit() as db:
        return setup.new_setup_link(db, now=clock())


def test_the_link_makes_the_coordinator(
    client: FlaskClient, database: Database, clock: Clock, events: Any
) -> None:
    secret = link(database, clock)
    answer = client.post("/api/v1/setup", json={**GOOD, "secret": secret})
    assert answer.status_code == 201, answer.json
    assert answer.json["must_change_password"] is False
    me = client.get("/api/v1/session").json
    assert me["reach"][0]["site_ids"] is None
    assert "account:write" in me["permissions"]
    tree = client.get("/api/v1/sites").json["items"]
    assert [(s["kind"], s["name"]) for s in tree] == [("district", "Maple Valley Public Schools")]
    assert [e.actor_name for e in events("account.created")] == ["set-up"]
    again = client.post("/api/v1/setup", json={**GOOD, "user_name": "x", "secret": secret})
    assert again.status_code == 401
    with pytest.raises(Conflict):
        link(database, clock)


def test_only_a_hash_of_the_link_is_stored(database: Database, clock: Clock) -> None:
    secret = link(database, clock)
    with database.unit(write=False) as db:
        row = db.exec(select(SetupLink)).one()
        assert (row.secret_hash, secret in str(row.model_dump())) == (hash_of(secret), False)


def test_a_new_link_ends_the_one_before(
    client: FlaskClient, database: Database, clock: Clock
) -> None:
    first, second = link(database, clock), link(database, clock)
    assert client.post("/api/v1/setup", json={**GOOD, "secret": first}).status_code == 401
    assert client.post("/api/v1/setup", json={**GOOD, "secret": second}).status_code == 201


def test_after_a_day_it_is_too_late(client: FlaskClient, database: Database, clock: Clock) -> None:
    secret = link(database, clock)
    clock.forward(hours=24)
    assert client.post("/api/v1/setup", json={**GOOD, "secret": secret}).status_code == 401


def test_a_refused_password_does_not_use_up_the_link(
    client: FlaskClient, database: Database, clock: Clock
) -> None:
    secret = link(database, clock)
    for wrong in ({"password": "short"}, {"user_name": "a b"}, {"password": "password12345678"}):
        answer = client.post("/api/v1/setup", json={**GOOD, **wrong, "secret": secret})
        assert answer.status_code == 422
    assert client.post("/api/v1/setup", json={**GOOD, "secret": secret}).status_code == 201


def test_made_up_links(client: FlaskClient, database: Database, clock: Clock) -> None:
    link(database, clock)
    for secret in ("", "x", "A" * 43, "' OR 1=1", "\x00" * 43):
        answer = client.post("/api/v1/setup", json={**GOOD, "secret": secret})
        assert answer.status_code == 401, secret


def test_guessing_links_is_slowed_down(client: FlaskClient, database: Database) -> None:
    body = {**GOOD, "password": "short"}
    codes = {
        client.post("/api/v1/setup", json={**body, "secret": "x"}).status_code for _ in range(30)
    }
    assert codes == {422}
    assert client.post("/api/v1/setup", json={**body, "secret": "x"}).status_code == 429


def test_not_where_there_is_an_account(
    client: FlaskClient, database: Database, district: District, clock: Clock
) -> None:
    assert district.accounts[Role.STAFF]
    with database.unit() as db:
        db.add(
            SetupLink(
                secret_hash=hash_of("B" * 43), created_at=clock(), expires_at=clock.forward(hours=1)
            )
        )
    clock.forward(minutes=-30)
    answer = client.post("/api/v1/setup", json={**GOOD, "secret": "B" * 43})
    assert answer.status_code == 409
    assert client.get("/api/v1/session").status_code == 401


def test_of_two_who_hold_the_link_one_gets_in(app: Flask, database: Database, clock: Clock) -> None:
    secret = link(database, clock)
    ready = threading.Barrier(2)
    codes: list[int] = []
    runtime = app.extensions[EXTENSION]
    assert isinstance(runtime, Runtime)

    def try_it(name: str) -> None:
        ready.wait(5)
        body = {**GOOD, "user_name": name, "secret": secret}
        codes.append(app.test_client().post("/api/v1/setup", json=body).status_code)

    threads = [threading.Thread(target=try_it, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(codes) in ([201, 401], [201, 409])
    with database.unit(write=False) as db:
        assert len(db.exec(select(Account)).all()) == 1
