"""The two halves of asking a security key: the question, and its challenge used up by the answer.

The challenge ends in a unit of work of its own, before anything else is looked at: whatever becomes
of the answer, it is never taken a second time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts import key_challenges, security_keys
from inventory.accounts.attempts import Door
from inventory.accounts.factor_models import Ceremony
from inventory.accounts.factor_rules import relying_party
from inventory.accounts.security_keys import Signed
from inventory.errors import Conflict
from inventory.settings import Settings

Answer = Mapping[str, Any]
"""What a browser gave for a security key, as JSON."""


def ask(
    db: Session,
    account_id: int,
    session_id: int,
    ceremony: Ceremony,
    settings: Settings,
    *,
    purpose_hash: str = "",
    now: datetime,
) -> dict[str, Any]:
    """What `navigator.credentials.get` is given. Raises `Conflict` without any key."""
    party = security_keys.required(relying_party(settings))
    held = security_keys.of_account(db, account_id)
    if not held:
        raise Conflict("this account has no security key")
    challenge = key_challenges.make(db, session_id, ceremony, purpose_hash=purpose_hash, now=now)
    return security_keys.request_options(held, party, challenge)


def spend(
    door: Door,
    actor: Actor,
    session_id: int | None,
    ceremony: Ceremony,
    answer: Answer | None,
    *,
    purpose_hash: str = "",
    now: datetime,
) -> Signed | None:
    """The answer with the challenge that it used up; None where no key was used.

    Raises `Conflict` where no security key can work here.
    """
    if answer is None or session_id is None:
        return None
    party = security_keys.required(relying_party(door.settings))
    with door.database.unit() as db:
        challenge = key_challenges.take(
            db, session_id, ceremony, purpose_hash=purpose_hash, now=now
        )
    return Signed(actor, party, challenge, answer)
