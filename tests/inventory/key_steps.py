"""The steps of a person with a security key, over HTTP, for tests of what needs one."""

import html
import json
import re
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from inventory.accounts.factor_models import StepUp, WebAuthnCredential
from inventory.accounts.models import Account
from inventory.db import Database
from tests.inventory.confirming import hashed_password
from tests.inventory.conftest import Caller
from tests.inventory.signing_in import PASSWORD
from tests.inventory.soft_key import SoftKey

ACT, OTHER_ACT = "ab" * 32, "cd" * 32


def options_in(page: str) -> dict[str, Any]:
    found = re.search(r'data-key-make="([^"]+)"', page)
    assert found, page
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def begin(me: Caller, label: str = "blue key", **proof: str) -> dict[str, Any]:
    form = {"label": label, "password": PASSWORD, **proof}
    shown = me.post("/me/security/keys/new", data=form)
    assert shown.status_code == 200, shown.text
    return options_in(shown.text)


def confirm_by(key: SoftKey, me: Caller) -> str:
    """The answer to what is asked before one's factors are changed."""
    asked = me.post("/me/security/key-question")
    assert asked.status_code == 200, asked.text
    return key.sign(asked.json)


def enrol(me: Caller, soft: SoftKey, label: str = "blue key", **proof: str) -> list[str]:
    """The recovery codes that were shown, if any."""
    made = me.post(
        "/me/security/keys/confirm",
        data={"label": label, "key": soft.make(begin(me, label, **proof))},
    )
    assert made.status_code in {200, 303}, made.text
    return re.findall(r"<li>((?:\w{4}-){3}\w{4})</li>", made.text)


def ask_act(me: Caller, act: str = ACT) -> dict[str, Any]:
    asked = me.post(f"/confirm/key-question?binding={act}")
    assert asked.status_code == 200, asked.text
    options: dict[str, Any] = asked.json
    return options


def confirm_act(me: Caller, answer: str, act: str = ACT) -> int:
    return me.post(f"/confirm?binding={act}&next=/commands", data={"key": answer}).status_code


def kept(database: Database) -> list[WebAuthnCredential]:
    """Oldest first."""
    with database.unit(write=False) as db:
        return list(db.exec(select(WebAuthnCredential).order_by(col(WebAuthnCredential.id))).all())


def step_ups(database: Database) -> list[StepUp]:
    with database.unit(write=False) as db:
        return list(db.exec(select(StepUp)).all())


def with_key(database: Database, account_id: int, soft: SoftKey, *, since: datetime) -> None:
    """The account has this key since then, and `PASSWORD` if it had none."""
    with database.unit() as db:
        account = db.get_one(Account, account_id)
        account.password_hash = account.password_hash or hashed_password()
        db.add(account)
        db.add(WebAuthnCredential(
            account_id=account_id, credential_id=soft.name, public_key=soft.public(),
            sign_count=soft.count, label="of long ago", created_at=since,
        ))  # fmt: skip
