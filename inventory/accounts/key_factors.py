"""Security keys of one's own account: added, and taken away, as `factors` does with the app."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts import key_ceremonies, key_challenges, recovery, security_keys
from inventory.accounts.attempts import Door
from inventory.accounts.factor_models import Ceremony
from inventory.accounts.factor_rules import relying_party
from inventory.accounts.factors import (
    Proof,
    factors_of,
    proven,
    require_person,
    settle_gone,
    settle_new,
)
from inventory.accounts.key_ceremonies import Answer
from inventory.accounts.models import Account
from inventory.accounts.reach import locked
from inventory.audit import service as audit
from inventory.errors import InvalidInput
from inventory.settings import Settings

ADDED, REMOVED = "account.key_added", "account.key_removed"


def ask_own(db: Session, actor: Actor, settings: Settings, *, now: datetime) -> dict[str, Any]:
    """What the browser asks a security key before factors are changed. Raises `Conflict`."""
    return key_ceremonies.ask(
        db, require_person(actor), actor.session_id or 0, Ceremony.CONFIRM, settings, now=now
    )


def begin_key(
    door: Door, actor: Actor, proof: Proof, *, label: str, now: datetime
) -> dict[str, Any]:
    """What `navigator.credentials.create` is given for one more key.

    Raises as `factors.begin_app`, and `Conflict` (no host name; too many keys).
    """
    party, session_id = security_keys.required(relying_party(door.settings)), actor.session_id or 0
    security_keys.clean_label(label)

    def begin(db: Session, account: Account) -> dict[str, Any]:
        held = security_keys.of_account(db, account.id)
        security_keys.require_room(held)
        challenge = key_challenges.make(db, session_id, Ceremony.REGISTER, now=now)
        return security_keys.creation_options(
            account, held, party, door.settings.district, challenge
        )

    return proven(door, actor, proof, begin, now=now)


def finish_key(door: Door, actor: Actor, answer: Answer, *, label: str, now: datetime) -> list[str]:
    """The key made what it was asked: it counts from now on.

    The new recovery codes, shown this once, where it is the first factor of the account; else none.
    Every other session ends, since it was begun without the key. Raises `InvalidInput`, `Conflict`.
    """
    account_id, label = require_person(actor), security_keys.clean_label(label)
    signed = key_ceremonies.spend(door, actor, actor.session_id, Ceremony.REGISTER, answer, now=now)
    if signed is None:
        raise InvalidInput(security_keys.AGAIN, {"key": [security_keys.AGAIN]})
    with door.database.unit() as db:
        locked(db, account_id)
        first = not factors_of(db, account_id).held
        key = security_keys.register(db, account_id, signed, label=label, now=now)
        settle_new(db, actor, account_id, now=now)
        about = {"label": key.label, "backed_up": key.backed_up}
        _tell(db, actor, ADDED, account_id, now, after=about)
        return recovery.make(db, account_id, now=now) if first else []


def remove_key(door: Door, actor: Actor, key_id: int, proof: Proof, *, now: datetime) -> None:
    """Take one key away; with the last factor the recovery codes go too.

    Raises as `factors.begin_app`, and `NotFound` for a key of somebody else.
    """
    account_id = require_person(actor)
    with door.database.unit(write=False) as db:
        security_keys.one_of(db, account_id, key_id)

    def remove(db: Session, account: Account) -> None:
        key = security_keys.one_of(db, account.id, key_id)
        db.delete(key)
        settle_gone(db, account.id)
        _tell(db, actor, REMOVED, account.id, now, before={"label": key.label})

    proven(door, actor, proof, remove, now=now)


def _tell(
    db: Session, actor: Actor, action: str, account_id: int, now: datetime, *,
    before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    audit.record(
        db, actor, action, now=now, subject_type="account", subject_id=account_id, before=before,
        after=after,
    )  # fmt: skip
