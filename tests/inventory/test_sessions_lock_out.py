"""Guessing passwords: locks with back-off, and bounds for addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inventory.accounts.models import Account
from inventory.accounts.remembered import remembered
from inventory.accounts.service import reset_password
from inventory.accounts.throttle import Buckets
from inventory.db import Database
from inventory.errors import DatabaseBusy
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR
from tests.inventory.signing_in import login

Events = Callable[[str], list[Any]]


def test_lock_out_with_back_off(
    app: Flask, database: Database, jane: int, clock: Clock, events: Events
) -> None:
    client = app.test_client()
    for _ in range(5):
        assert login(client, "wrong").status_code == 401
    assert login(client).status_code == 401, "locked: the right password does not help"
    clock.forward(seconds=29)
    assert login(client).status_code == 401
    clock.forward(seconds=1)
    assert login(client, "wrong").status_code == 401
    clock.forward(seconds=59)
    assert login(client).status_code == 401, "the next lock lasts twice as long"
    clock.forward(seconds=1)
    assert login(client).status_code == 201
    with database.unit(write=False) as db:
        assert db.get_one(Account, jane).failed_logins == 0
    assert any('"locked"' in e.after for e in events("login.failed"))


def test_attempts_while_locked_do_not_prolong_the_lock(
    client: FlaskClient, jane: int, clock: Clock
) -> None:
    for _ in range(12):
        login(client, "wrong")
    clock.forward(seconds=30)
    assert login(client).status_code == 201


def test_after_a_hundred_failures_only_an_administrator_helps(
    client: FlaskClient, database: Database, jane: int, clock: Clock
) -> None:
    with database.unit() as db:
        account = db.get_one(Account, jane)
        account.failed_logins = 100
        db.add(account)
    clock.forward(days=30)
    assert login(client).status_code == 401
    with database.unit() as db:
        secret = reset_password(db, OPERATOR, jane, now=clock())
    assert login(client, secret).status_code == 201


@pytest.fixture
def three_failures(database: Database, settings: Settings) -> None:
    """The bound of one address, lowered from 30 for the sake of time."""
    remembered(database, settings).login_rate = Buckets(burst=3, per_minute=20)


def test_an_address_that_fails_too_often_must_wait(
    three_failures: None, client: FlaskClient, jane: int, clock: Clock
) -> None:
    body = {"user_name": "x", "password": "y"}
    codes = [client.post("/api/v1/session", json=body).status_code for _ in range(4)]
    assert codes == [401] * 3 + [429]
    refused = login(client)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 4
    elsewhere = {"REMOTE_ADDR": "10.9.9.9"}
    assert login(client, environ_base=elsewhere).status_code == 201
    clock.forward(seconds=3)
    assert login(client).status_code == 201


def test_good_sign_ins_do_not_use_up_the_address(
    three_failures: None, client: FlaskClient, jane: int
) -> None:
    assert {login(client).status_code for _ in range(5)} == {201}


def test_a_database_that_cannot_count_stops_the_guessing(
    app: Flask, database: Database, jane: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer is really taken: another connection holds the lock until the wait is over."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL has no single writer to hold; its waits end by deadlock detection")
    holder = database.engine.execution_options(homeroom_write=True).connect()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    holder.exec_driver_sql("SELECT 1")
    try:
        answer = login(app.test_client(), "wrong")
    finally:
        holder.rollback()
        holder.close()
    assert answer.status_code == 503
    assert answer.json["title"] == DatabaseBusy.title
