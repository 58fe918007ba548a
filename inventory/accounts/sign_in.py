"""The three ways in for a person: signing in, the set-up link, and changing the password.

Each takes the database rather than a session: a password is hashed between two short units of work,
never inside one. The answer to a failed sign-in is one and the same, and takes the same time, for
an unknown name, a wrong password, a disabled and a locked account.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.accounts import hashing, passwords, sessions, setup
from inventory.accounts.models import Account, LoginSession
from inventory.accounts.passwords import PasswordRules
from inventory.accounts.policy import (
    DISPLAY_LENGTH,
    FAILURES_MOST,
    clean_line,
    clean_user_name,
    lock_time,
)
from inventory.accounts.reach import locked
from inventory.accounts.remembered import Remembered
from inventory.accounts.service import set_password
from inventory.accounts.sessions import Origin
from inventory.accounts.throttle import neighbourhood
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict, InvalidInput, TooManyRequests, Unauthenticated
from inventory.settings import Settings

WRONG = "the user name or the password is wrong, or there were too many attempts: wait a while"


@dataclass(frozen=True, slots=True)
class Door:
    """What a sign-in needs of this process."""

    database: Database
    settings: Settings
    memory: Remembered

    @property
    def rules(self) -> PasswordRules:
        return PasswordRules(self.settings.password_min_length, (self.settings.district,))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun; `secret` goes into the cookie and nowhere else."""

    account: Account
    session: LoginSession
    secret: str


def sign_in(
    door: Door, user_name: str, password: str, origin: Origin, *, old: str = "", now: datetime
) -> SignedIn:
    """Check a password and begin a session; `old`, the session the browser still had, ends.

    Raises `Unauthenticated`, and `TooManyRequests` where this address failed too often.
    """
    _take_turn(door, origin, now)
    with door.database.unit(write=False) as db:
        account = _find(db, user_name)
    refusal = _refusal(account, now)
    stored = account.password_hash if account and not refusal else None
    right = hashing.verify(stored, password)
    if account is None or refusal or not right:
        _note_failure(door, account, user_name, refusal or "wrong password", origin, now)
        raise Unauthenticated(WRONG)
    door.memory.login_rate.give_back(neighbourhood(origin.address))
    fresh_hash = hashing.hash_password(password) if hashing.outdated(stored or "") else None
    with door.database.unit() as db:
        account = locked(db, account.id)
        if _refusal(account, now) or account.password_hash != stored:
            raise Unauthenticated(WRONG)
        account.failed_logins, account.locked_until = 0, None
        account.last_login_at = now
        account.password_hash = fresh_hash or stored
        db.add(account)
        return _begin(db, door, account, origin, old=old, now=now)


def set_up(
    door: Door,
    secret: str,
    *,
    user_name: str,
    display_name: str,
    password: str,
    origin: Origin,
    now: datetime,
) -> SignedIn:
    """Use the set-up link: make the first account, coordinator of the district, and sign it in.

    Raises `Unauthenticated` (no such link), `Conflict`, `InvalidInput`, `TooManyRequests`.
    """
    _take_turn(door, origin, now)
    name, key = clean_user_name(user_name)
    display_name = clean_line(display_name, "display_name", DISPLAY_LENGTH)
    passwords.check(password, door.rules, (name, display_name))
    account = Account(user_name=name, user_key=key, display_name=display_name, created_at=now)
    set_password(account, password, one_time=False, now=now)
    account.last_login_at = now
    with door.database.unit() as db:
        setup.redeem(db, secret, account, door.settings.district, now=now)
        signed_in = _begin(db, door, account, origin, now=now)
    door.memory.login_rate.give_back(neighbourhood(origin.address))
    return signed_in


def change_password(
    door: Door, actor: Actor, current: str, new: str, origin: Origin, *, now: datetime
) -> SignedIn:
    """Change one's own password, knowing the current one; the session gets a new id.

    Every other session and every token of the account ends: whoever changes a password may do so
    because somebody else knew it. Wrong guesses count as failed sign-ins do.

    Raises `InvalidInput` (either password), `Conflict` (locked), `TooManyRequests`.
    """
    _take_turn(door, origin, now)
    with door.database.unit(write=False) as db:
        account = db.get_one(Account, actor.id)
    if refusal := _refusal(account, now):
        raise Conflict(f"the password cannot be changed now: {refusal}")
    stored = account.password_hash
    if not hashing.verify(stored, current):
        _note_failure(door, account, account.user_name, "wrong password", origin, now)
        raise InvalidInput("that is not the current password", {"current": ["is wrong"]})
    door.memory.login_rate.give_back(neighbourhood(origin.address))
    if hashing.verify(stored, new):
        raise InvalidInput("that is the password you have", {"password": ["choose another one"]})
    passwords.check(new, door.rules, (account.user_name, account.display_name))
    hashed = hashing.hash_password(new)
    with door.database.unit() as db:
        account = locked(db, account.id)
        if account.password_hash != stored or account.disabled_at is not None:
            raise Unauthenticated("the account was changed meanwhile; sign in again")
        set_password(account, new, one_time=False, now=now, hashed=hashed)
        account.version += 1
        db.add(account)
        ended = sessions.end_all(db, account.id, now=now)
        audit.record(
            db, actor, "account.password_changed", now=now, subject_type="account",
            subject_id=account.id, after=ended,
        )  # fmt: skip
        return _begin(db, door, account, origin, now=now, told=False)


def _take_turn(door: Door, origin: Origin, now: datetime) -> None:
    wait = door.memory.login_rate.take(neighbourhood(origin.address), now)
    if wait:
        raise TooManyRequests("too many failed sign-ins from this address", int(wait) + 1)


def _find(db: Session, user_name: str) -> Account | None:
    try:
        _, key = clean_user_name(user_name)
    except InvalidInput:
        return None
    return db.exec(select(Account).where(Account.user_key == key)).first()


def _refusal(account: Account | None, now: datetime) -> str | None:
    """Why this account's password is not even looked at."""
    if account is None:
        return "unknown user"
    if account.disabled_at is not None:
        return "disabled"
    if account.password_hash is None:
        return "no password"
    if account.failed_logins >= FAILURES_MOST:
        return "locked until an administrator gives a one-time password"
    if account.locked_until is not None and now < account.locked_until:
        return "locked"
    if account.password_expires_at is not None and now >= account.password_expires_at:
        return "one-time password expired"
    return None


def _note_failure(
    door: Door,
    account: Account | None,
    user_name: str,
    why: str,
    origin: Origin,
    now: datetime,
) -> None:
    """Count and record it. A database that cannot take it stops the sign-in, and so the guessing.

    Attempts on a locked account do not lengthen its lock: nobody is to be kept out for ever by
    somebody else's guesses.
    """
    # People type their password into the wrong field: an unknown name is not kept whole.
    cut = user_name[:3].encode("ascii", "backslashreplace").decode() + "..."
    shown = account.user_name if account else cut
    actor = Actor("anonymous", None, "anonymous", origin=origin.address)
    with door.database.unit() as db:
        if account is not None:
            account = locked(db, account.id)
            if why == "wrong password":
                account.failed_logins += 1
                rest = lock_time(account.failed_logins)
                account.locked_until = now + rest if rest else None
                db.add(account)
        audit.record(
            db, actor, "login.failed", now=now, subject_type="account",
            subject_id=account.id if account else "", after={"user_name": shown, "why": why,
            "failures": account.failed_logins if account else None},
        )  # fmt: skip


def _begin(
    db: Session,
    door: Door,
    account: Account,
    origin: Origin,
    *,
    old: str = "",
    now: datetime,
    told: bool = True,
) -> SignedIn:
    if old:
        sessions.end_by_secret(db, old)
    session, secret = sessions.start(db, account.id, origin, door.settings, now=now)
    if told:
        actor = Actor("account", account.id, account.user_name, origin=origin.address)
        audit.record(
            db, actor, "login.succeeded", now=now, subject_type="account", subject_id=account.id,
            after={"session_id": session.id, "user_agent": session.user_agent},
        )  # fmt: skip
    return SignedIn(account, session, secret)
