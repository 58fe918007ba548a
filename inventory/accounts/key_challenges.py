"""Challenges to security keys: random, kept here, each good once, in one session, for one thing."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from inventory.accounts.factor_models import Ceremony, FactorChallenge
from inventory.accounts.factor_rules import CHALLENGE_LIFETIME


def make(
    db: Session, session_id: int, ceremony: Ceremony, *, purpose_hash: str = "", now: datetime
) -> bytes:
    """32 random bytes; the challenge that this session had for the same ceremony ends."""
    mine = (
        col(FactorChallenge.session_id) == session_id,
        col(FactorChallenge.ceremony) == ceremony,
    )
    db.execute(sa.delete(FactorChallenge).where(*mine))
    raw = secrets.token_bytes(32)
    db.add(
        FactorChallenge(
            session_id=session_id, ceremony=ceremony, purpose_hash=purpose_hash,
            challenge=bytes_to_base64url(raw), expires_at=now + CHALLENGE_LIFETIME,
        )
    )  # fmt: skip
    db.flush()
    return raw


def take(
    db: Session, session_id: int, ceremony: Ceremony, *, purpose_hash: str = "", now: datetime
) -> bytes | None:
    """The challenge that was made for exactly this; None where there is none. It is gone then."""
    found = db.execute(
        sa.delete(FactorChallenge)
        .where(
            col(FactorChallenge.session_id) == session_id,
            col(FactorChallenge.ceremony) == ceremony,
        )
        .returning(
            col(FactorChallenge.challenge),
            col(FactorChallenge.purpose_hash),
            col(FactorChallenge.expires_at),
        )
    ).first()
    if found is None or found.purpose_hash != purpose_hash or found.expires_at <= now:
        return None
    return base64url_to_bytes(found.challenge)
