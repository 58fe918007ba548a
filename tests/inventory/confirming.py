"""People with an authenticator app, and their confirmations, for tests of what needs them."""

import functools
from datetime import datetime, timedelta

import pyotp

from inventory.accounts import hashing, totp
from inventory.accounts.models import Account
from inventory.db import Database
from tests.inventory.conftest import Caller
from tests.inventory.signing_in import PASSWORD

LONG_AGO = timedelta(days=300)


@functools.cache
def hashed_password() -> str:
    """Hashing is slow on purpose: once is enough."""
    return hashing.hash_password(PASSWORD)


def with_app(database: Database, account_id: int, *, since: datetime) -> pyotp.TOTP:
    """The account has an authenticator app since then, and `PASSWORD` if it had none."""
    with database.unit() as db:
        account = db.get_one(Account, account_id)
        account.password_hash = account.password_hash or hashed_password()
        db.add(account)
        seed = totp.begin(db, account, None, "Maple Valley", now=since).seed
        app = pyotp.TOTP(seed)
        totp.confirm(db, account_id, None, app.at(since), now=since)
    return app


def confirm(
    database: Database, caller: Caller, binding: str, *, now: datetime, age: timedelta = LONG_AGO
) -> None:
    """Confirm on the page, as somebody whose app is so old; at most once in 30 seconds."""
    app = with_app(database, caller.account_id, since=now - age)
    answer = caller.post(
        "/confirm", query_string={"binding": binding, "next": "/commands"},
        data={"code": app.at(now)},
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/commands"
