"""The first account: no default password exists, but a link that works once."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, Role, system_actor
from inventory.accounts.bearer import hash_of, looks_like_secret, new_secret
from inventory.accounts.grants import add_grant
from inventory.accounts.models import Account, SetupLink
from inventory.accounts.policy import SETUP_LIFETIME
from inventory.audit import service as audit
from inventory.errors import Conflict, Unauthenticated
from inventory.sites import service as sites


def is_empty(db: Session) -> bool:
    """Whether the installation has no account yet."""
    return db.exec(select(Account.id).limit(1)).first() is None


def new_setup_link(db: Session, *, now: datetime) -> str:
    """The secret of a new set-up link, good for 24 hours; earlier ones end.

    Whoever starts the server prints it. Raises `Conflict` once there is an account.
    """
    if not is_empty(db):
        raise Conflict("this installation has an account already; there is no set-up link")
    db.execute(sa.delete(SetupLink).where(col(SetupLink.used_at).is_(None)))
    secret = new_secret()
    db.add(SetupLink(secret_hash=hash_of(secret), created_at=now, expires_at=now + SETUP_LIFETIME))
    db.flush()
    audit.record(db, setup_actor(), "setup.link_made", now=now)
    return secret


def redeem(db: Session, secret: str, account: Account, district: str, *, now: datetime) -> Account:
    """Use the link: store `account` as the coordinator of the whole district.

    `account` is complete but for its id (see `sign_in.set_up`). The link is taken by one UPDATE, so
    that of two people who hold it one gets in. Raises `Unauthenticated`, and `Conflict` where an
    account exists already.
    """
    taken = (
        looks_like_secret(secret)
        and db.execute(
            sa.update(SetupLink)
            .where(
                col(SetupLink.secret_hash) == hash_of(secret),
                col(SetupLink.used_at).is_(None),
                col(SetupLink.expires_at) > now,
            )
            .values(used_at=now)
            .returning(col(SetupLink.id))
        ).first()
    )
    if not taken:
        raise Unauthenticated("the set-up link is unknown, expired or used; restart the server")
    if not is_empty(db):
        raise Conflict("this installation has an account already")
    actor = setup_actor()
    sites.ensure_district(db, actor, district, now=now)
    db.add(account)
    db.flush()
    audit.record(
        db, actor, "account.created", now=now, subject_type="account", subject_id=account.id,
        after={"user_name": account.user_name, "display_name": account.display_name},
    )  # fmt: skip
    add_grant(db, actor, account, Role.COORDINATOR, None, held=(), now=now)
    return account


def setup_actor() -> Actor:
    """Who makes the first account: nobody is there yet who could."""
    return system_actor("set-up", Permission)
