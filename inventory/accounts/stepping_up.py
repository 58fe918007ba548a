"""Step-up: who is signed in confirms who they are once more, for exactly one act.

What is confirmed is a text that names the act and all that it depends on (its binding); the row
keeps its hash. A recovery code does not count: it is written down somewhere, and opens the account
to set up a new factor, nothing more.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.accounts import hashing, key_ceremonies
from inventory.accounts.attempts import (
    WRONG_FACTOR,
    WRONG_PASSWORD,
    Door,
    give_back,
    note_failure,
    require_open,
    take_turn,
)  # fmt: skip
from inventory.accounts.factor_models import Ceremony, Method, StepUp
from inventory.accounts.factors import Shown, factors_of, method_of, require_person
from inventory.accounts.key_ceremonies import Answer
from inventory.accounts.models import Account
from inventory.accounts.reach import locked
from inventory.accounts.sessions import Origin
from inventory.audit import service as audit
from inventory.errors import Conflict, InvalidInput
from inventory.settings import Settings

GIVEN, FAILED = "step_up.given", "step_up.failed"
BINDING_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody gave to confirm; the password counts only where no factor is asked."""

    code: str = ""
    password: str = ""
    key: Answer | None = None


def hash_of_binding(binding: str) -> str:
    """SHA-256, hex. Raises `InvalidInput` for what no page makes."""
    if not 0 < len(binding) <= BINDING_LENGTH or not binding.isprintable():
        raise InvalidInput("nothing to confirm", {"binding": [f"1 to {BINDING_LENGTH} characters"]})
    return hashlib.sha256(binding.encode("utf-8", "backslashreplace")).hexdigest()


def ask_key(
    db: Session, actor: Actor, binding: str, settings: Settings, *, now: datetime
) -> dict[str, Any]:
    """What the browser asks a security key, for this binding alone. Raises as `key_ceremonies.ask`,
    and `InvalidInput` for what no page makes."""
    return key_ceremonies.ask(
        db, require_person(actor), actor.session_id or 0, Ceremony.STEP_UP, settings,
        purpose_hash=hash_of_binding(binding), now=now,
    )  # fmt: skip


def give(
    door: Door, actor: Actor, binding: str, typed: Typed, origin: Origin, *, now: datetime
) -> Method:
    """Confirm, by a code of the authenticator app or a security key; by the password where the
    account has no factor and its roles ask for none.

    Raises `Conflict` (a factor must be set up first; locked), `InvalidInput`, `TooManyRequests`,
    and `Forbidden` for who is not a person at a browser.
    """
    account_id, bound = require_person(actor), hash_of_binding(binding)
    with door.database.unit(write=False) as db:
        account, factors = db.get_one(Account, account_id), factors_of(db, account_id)
    if factors.asked and not factors.held:
        raise Conflict("set up a second factor first")
    require_open(account, now)
    take_turn(door, origin.address, now)
    shown = Shown(typed.code, key_ceremonies.spend(
        door, actor, actor.session_id, Ceremony.STEP_UP, typed.key, purpose_hash=bound, now=now
    ))  # fmt: skip
    # Slow on purpose, and so never inside a unit of work.
    known = not factors.held and hashing.verify(account.password_hash, typed.password)
    with door.database.unit() as db:
        fresh = locked(db, account_id)
        require_open(fresh, now)
        found = _method(db, fresh, shown, known and fresh.password_hash == account.password_hash,
                        now)  # fmt: skip
        if found is not None:
            method, since = found
            give_back(door, origin.address)
            fresh.failed_logins, fresh.locked_until = 0, None
            db.add(fresh)
            _keep(db, actor, StepUp(
                session_id=actor.session_id or 0, account_id=account_id, purpose_hash=bound,
                method=method, factor_since=since, at=now,
            ), now)  # fmt: skip
            return method
    note_failure(
        door, account, account.user_name, WRONG_FACTOR if factors.held else WRONG_PASSWORD, origin,
        action=FAILED, actor=actor, now=now,
    )  # fmt: skip
    wrong = shown.wrong if factors.held else {"password": ["is wrong"]}
    raise InvalidInput("that is not right", wrong)


def newest(db: Session, actor: Actor, binding: str) -> StepUp | None:
    """The last confirmation of this actor, in this session, for this; None for a token."""
    if actor.session_id is None:
        return None
    query = select(StepUp).where(
        StepUp.session_id == actor.session_id,
        StepUp.account_id == actor.id,
        StepUp.purpose_hash == hash_of_binding(binding),
    )
    return db.exec(query.order_by(col(StepUp.at).desc(), col(StepUp.id).desc())).first()


def _method(
    db: Session, account: Account, shown: Shown, known: bool, now: datetime
) -> tuple[Method, datetime] | None:
    """Decided anew under the lock: a factor may have come meanwhile, and then it is asked for."""
    factors = factors_of(db, account.id)
    if factors.held:
        return method_of(db, account.id, shown, spare=False, now=now)
    return (Method.PASSWORD, account.created_at) if known and not factors.asked else None


def _keep(db: Session, actor: Actor, step_up: StepUp, now: datetime) -> None:
    db.add(step_up)
    audit.record(
        db, actor, GIVEN, now=now, subject_type="account", subject_id=step_up.account_id,
        after={"method": step_up.method.value, "purpose": step_up.purpose_hash},
    )  # fmt: skip
