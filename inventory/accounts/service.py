"""Accounts and their roles: make, change, disable, grant, withdraw."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from inventory.access import Actor, Permission, Role
from inventory.accounts import hashing, passwords, sessions
from inventory.accounts.grants import (
    add_grant,
    grant_role,
    one_at_a_time,
    require_coordinator,
    withdraw_role,
)
from inventory.accounts.models import Account
from inventory.accounts.passwords import PasswordRules
from inventory.accounts.policy import (
    DISPLAY_LENGTH,
    ONE_TIME_LIFETIME,
    clean_email,
    clean_line,
    clean_user_name,
)
from inventory.accounts.reach import by_user_name, changed, for_change, get, places_of
from inventory.accounts.setup import new_setup_link, redeem
from inventory.accounts.tokens import create_token
from inventory.audit import service as audit
from inventory.errors import Conflict, Duplicate, InvalidInput

__all__ = [
    "by_user_name", "change", "create_account", "create_token", "disable", "enable", "get",
    "grant_role", "new_setup_link", "places_of", "purge_expired", "redeem", "reset_password",
    "withdraw_role",
]  # fmt: skip

Granted = tuple[Role, int | None]
"""A role and a site's id; None is the whole district."""


def create_account(
    db: Session,
    actor: Actor,
    *,
    user_name: str,
    display_name: str = "",
    email: str | None = None,
    password: str | None = None,
    one_time: bool = False,
    grants: Sequence[Granted] = (),
    rules: PasswordRules = PasswordRules(),  # noqa: B008  # immutable
    now: datetime,
) -> tuple[Account, str | None]:
    """A new account, and its one-time password if one was asked for.

    With neither `password` nor `one_time` nobody can sign in: an account for a program, which gets
    tokens. A one-time password holds for seven days and must be changed at the first sign-in.

    Raises `Forbidden` (also for a grant beyond the actor's own), `InvalidInput`, `Duplicate`.
    """
    actor.require_anywhere(Permission.ACCOUNT_WRITE)
    if not grants:
        actor.require_everywhere(Permission.ACCOUNT_WRITE)
    name, key = clean_user_name(user_name)
    account = Account(
        user_name=name,
        user_key=key,
        display_name=clean_line(display_name, "display_name", DISPLAY_LENGTH),
        email=clean_email(email),
        created_at=now,
    )
    secret = passwords.one_time() if one_time else password
    if secret is not None:
        passwords.check(secret, rules, (*rules.context, name, account.display_name))
        # Before the first statement: hashing takes long, and must not hold the database's lock.
        set_password(account, secret, one_time=one_time, now=now)
    if db.exec(select(Account.id).where(Account.user_key == key)).first() is not None:
        raise Duplicate(f"the user name {name} is taken")
    db.add(account)
    db.flush()
    audit.record(
        db, actor, "account.created", now=now, subject_type="account", subject_id=account.id,
        after={**_told(account), "one_time": one_time, "can_sign_in": secret is not None},
    )  # fmt: skip
    for role, site_id in grants:
        add_grant(db, actor, account, role, site_id, held=places_of(db, account.id), now=now)
    return account, secret if one_time else None


def change(
    db: Session, actor: Actor, account_id: int, changes: Mapping[str, Any], *, now: datetime
) -> Account:
    """Change `display_name`, `email` or `user_name`.

    Raises `NotFound`, `Forbidden`, `InvalidInput`, `Duplicate`.
    """
    account = for_change(db, actor, account_id)
    if unknown := set(changes) - {"display_name", "email", "user_name"}:
        raise InvalidInput("unknown field", {name: ["unknown field"] for name in unknown})
    before = _told(account)
    if "display_name" in changes:
        account.display_name = clean_line(changes["display_name"], "display_name", DISPLAY_LENGTH)
    if "email" in changes:
        account.email = clean_email(changes["email"])
    if "user_name" in changes:
        name, key = clean_user_name(changes["user_name"])
        taken = db.exec(select(Account.id).where(Account.user_key == key)).first()
        if taken is not None and taken != account.id:
            raise Duplicate(f"the user name {name} is taken")
        account.user_name, account.user_key = name, key
    after = _told(account)
    old, new = audit.changed(before, after)
    if new:
        changed(db, actor, account, "account.changed", old, new, now=now)
    return account


def _told(account: Account) -> dict[str, object]:
    return {
        "user_name": account.user_name, "display_name": account.display_name,
        "email": account.email,
    }  # fmt: skip


def disable(
    db: Session, actor: Actor, account_id: int, *, reason: str = "", now: datetime
) -> Account:
    """End an account: its sessions and tokens die with it and do not come back.

    Raises `Conflict` for the last coordinator of the district.
    """
    one_at_a_time(db)
    account = for_change(db, actor, account_id)
    if account.disabled_at is not None:
        return account
    account.disabled_at = now
    db.add(account)
    if any(place.role is Role.COORDINATOR for place in places_of(db, account.id)):
        require_coordinator(db)
    ended = sessions.end_all(db, account.id, now=now)
    changed(db, actor, account, "account.disabled", {}, ended, now=now, reason=reason)
    return account


def enable(db: Session, actor: Actor, account_id: int, *, now: datetime) -> Account:
    """Let a disabled account sign in again; also ends a lock-out."""
    account = for_change(db, actor, account_id)
    account.disabled_at = account.locked_until = None
    account.failed_logins = 0
    changed(db, actor, account, "account.enabled", {}, {}, now=now)
    return account


def reset_password(db: Session, actor: Actor, account_id: int, *, now: datetime) -> str:
    """A one-time password for somebody who lost theirs; ends their sessions and tokens.

    Raises `Conflict` for one's own account (change the password instead: that asks for the old one)
    and for a token, which must not be able to turn into a person.
    """
    if actor.kind == "token" or actor.id == account_id:
        raise Conflict("somebody else who is signed in must do this")
    secret = passwords.one_time()
    hashed = hashing.hash_password(secret)
    account = for_change(db, actor, account_id)
    set_password(account, secret, one_time=True, now=now, hashed=hashed)
    ended = sessions.end_all(db, account.id, now=now)
    changed(db, actor, account, "account.password_reset", {}, ended, now=now)
    return secret


def set_password(
    account: Account, secret: str, *, one_time: bool, now: datetime, hashed: str | None = None
) -> None:
    """Put a password that has been checked on the account; ends a lock-out."""
    account.password_hash = hashed or hashing.hash_password(secret)
    account.password_changed_at = now
    account.must_change_password = one_time
    account.password_expires_at = now + ONE_TIME_LIFETIME if one_time else None
    account.failed_logins, account.locked_until = 0, None


def purge_expired(db: Session, now: datetime) -> int:
    """Delete sessions, tokens and set-up links that ended long ago; how many.

    Ended tokens stay listed for 90 days, so that their owner can see what happened to them.
    """
    return sessions.purge(db, now)
