"""Links that open one text for one person without an account: once, for a while, unguessable."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, system_actor
from inventory.accounts.bearer import hash_of, looks_like_secret, new_secret
from inventory.accounts.throttle import Buckets, neighbourhood
from inventory.agreements import due, signing
from inventory.agreements.due import Due
from inventory.agreements.models import Acceptance, AgreementVersion, SignedHow, SignLink
from inventory.agreements.rules import LINK_LIFE, Signature
from inventory.agreements.signing import Desk
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict, NotFound, TooManyRequests

UNKNOWN = "this link is unknown, used, or has ended; ask for a new one"


def make(
    db: Session, actor: Actor, custody_id: int, agreement_id: int, *, now: datetime
) -> tuple[str, SignLink]:
    """A new link's secret, which is told this once; earlier links for the same end.

    Raises `NotFound`, `Forbidden`, `Conflict` where nothing is to be signed.
    """
    asked = signing.wanted(db, actor, custody_id, agreement_id, now=now)
    texts = sa.select(col(AgreementVersion.id)).where(
        col(AgreementVersion.agreement_id) == agreement_id
    )
    db.execute(
        sa.delete(SignLink).where(
            col(SignLink.custody_id) == custody_id, col(SignLink.used_at).is_(None),
            col(SignLink.version_id).in_(texts),
        )
    )  # fmt: skip
    secret = new_secret()
    link = SignLink(
        secret_hash=hash_of(secret), version_id=asked.version.id, custody_id=custody_id,
        made_at=now, made_by=actor.name[:200], made_by_id=actor.id, expires_at=now + LINK_LIFE,
    )  # fmt: skip
    db.add(link)
    db.flush()
    audit.record(
        db, actor, "agreement.link_made", now=now, subject_type="person",
        subject_id=asked.person.id, site_id=asked.asset.site_id,
        after={"agreement_id": agreement_id, "custody_id": custody_id, "link_id": link.id},
    )  # fmt: skip
    return secret, link


def opened(db: Session, secret: str, *, now: datetime) -> Due:
    """What a link is for. Raises `NotFound` for one that opens nothing, `Conflict` where there is
    nothing to sign any more."""
    query = select(SignLink).where(
        SignLink.secret_hash == hash_of(secret), col(SignLink.used_at).is_(None),
        col(SignLink.expires_at) > now,
    )  # fmt: skip
    link = db.exec(query).first() if looks_like_secret(secret) else None
    if link is None:
        raise NotFound(UNKNOWN)
    return _asked(db, link, now)


def sign(
    db: Session, secret: str, signature: Signature | None, desk: Desk, *, now: datetime
) -> Acceptance:
    """Answer through a link, which ends with it: one UPDATE takes it, so that of two answers at
    once one counts. `signature` None: the person says no. Raises as `opened`, `InvalidInput`."""
    taken = (
        looks_like_secret(secret)
        and db.execute(
            sa.update(SignLink)
            .where(
                col(SignLink.secret_hash) == hash_of(secret),
                col(SignLink.used_at).is_(None),
                col(SignLink.expires_at) > now,
            )
            .values(used_at=now)
            .returning(col(SignLink.id))
        ).first()
    )
    if not taken:
        raise NotFound(UNKNOWN)
    link = db.get_one(SignLink, taken[0])
    asked = _asked(db, link, now, lock=True)
    return signing.answer(
        db, link_actor(desk.origin), asked, signature, SignedHow.LINK, desk, now=now
    )


def link_actor(origin: str) -> Actor:
    """Who signs through a link: somebody without an account, who may do nothing else."""
    return system_actor("agreement link", (), origin=origin)


def take_turn(database: Database, address: str, now: datetime) -> None:
    """Raises `TooManyRequests` where an address tried too many links that open nothing."""
    wait = _rate(database).take(neighbourhood(address), now)
    if wait:
        raise TooManyRequests("too many links were tried from this address", int(wait) + 1)


def give_back(database: Database, address: str) -> None:
    """The link was good: only guesses use up an address."""
    _rate(database).give_back(neighbourhood(address))


def _rate(database: Database) -> Buckets:
    kept = database.info.setdefault("agreement_links", Buckets(burst=30, per_minute=20))
    assert isinstance(kept, Buckets)
    return kept


def _asked(db: Session, link: SignLink, now: datetime, *, lock: bool = False) -> Due:
    version = db.get_one(AgreementVersion, link.version_id)
    if lock:
        signing.lock(db, link.custody_id)
    asked = due.one(db, link.custody_id, version.agreement_id, now=now)
    if asked is None:
        raise Conflict("nothing is to be signed any more: it is signed, or handed in")
    if asked.version.id != version.id:
        raise Conflict("the text was replaced by a new one; ask for a new link")
    return asked
