"""The three ways in for a person: signing in, the set-up link, and changing the password.

Each takes the database rather than a session: a password is hashed between two short units of work,
never inside one. The answer to a failed sign-in is one and the same, and takes the same time, for
an unknown name, a wrong password, a disabled and a locked account.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.accounts import hashing, key_ceremonies, passwords, sessions, setup
from inventory.accounts.attempts import (
    WRONG_FACTOR,
    WRONG_PASSWORD,
    Door,
    give_back,
    note_failure,
    refusal,
    take_turn,
)  # fmt: skip
from inventory.accounts.factor_models import Ceremony, Method
from inventory.accounts.factors import Factors, Shown, factors_of, method_of
from inventory.accounts.key_ceremonies import Answer
from inventory.accounts.models import Account, Assurance, LoginSession
from inventory.accounts.policy import DISPLAY_LENGTH, clean_line, clean_user_name
from inventory.accounts.reach import locked
from inventory.accounts.service import set_password
from inventory.accounts.sessions import Origin
from inventory.audit import service as audit
from inventory.errors import Conflict, InvalidInput, Unauthenticated

WRONG_CODE = "the code is not right, or was used already, or there were too many attempts"
WRONG_KEY = "the security key was not accepted, or there were too many attempts"
_SECOND = Assurance.SECOND_FACTOR
BEGIN_AGAIN = "begin with the password again"
WRONG = "the user name or the password is wrong, or there were too many attempts: wait a while"


class NotWaiting(Unauthenticated):
    """Nobody here has given the password and is about to give the code."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun; `secret` goes into the cookie and nowhere else.

    Where the account has a second factor it is a waiting one, which opens nothing yet.
    """

    account: Account
    session: LoginSession
    secret: str

    @property
    def waits(self) -> bool:
        return self.session.assurance is Assurance.WAITING


def sign_in(
    door: Door, user_name: str, password: str, origin: Origin, *, old: str = "", now: datetime
) -> SignedIn:
    """Check a password and begin a session; `old`, the session the browser still had, ends.

    Raises `Unauthenticated`, and `TooManyRequests` where this address failed too often.
    """
    take_turn(door, origin.address, now)
    with door.database.unit(write=False) as db:
        account = _find(db, user_name)
    refused = refusal(account, now)
    stored = account.password_hash if account and not refused else None
    right = hashing.verify(stored, password)
    if account is None or refused or not right:
        note_failure(door, account, user_name, refused or WRONG_PASSWORD, origin, now=now)
        raise Unauthenticated(WRONG)
    give_back(door, origin.address)
    fresh_hash = hashing.hash_password(password) if hashing.outdated(stored or "") else None
    with door.database.unit() as db:
        account = locked(db, account.id)
        if refusal(account, now) or account.password_hash != stored:
            raise Unauthenticated(WRONG)
        account.password_hash = fresh_hash or stored
        db.add(account)
        if factors_of(db, account.id).held:
            # The failures stay: who knows the password must not guess codes for ever.
            return _begin(db, door, account, origin, old=old, assurance=Assurance.WAITING, now=now)
        account.failed_logins, account.locked_until = 0, None
        account.last_login_at = now
        return _begin(db, door, account, origin, old=old, now=now)


def waiting_for(door: Door, secret: str, *, now: datetime) -> Factors | None:
    """What the second step may be done with; None where nobody here has given the password."""
    with door.database.unit(write=False) as db:
        half = sessions.waiting(db, secret, now=now)
        return factors_of(db, half.account_id) if half is not None else None


def ask_key(door: Door, secret: str, *, now: datetime) -> dict[str, Any]:
    """What the browser asks a security key as the second step.

    Raises `NotWaiting`, and as `key_ceremonies.ask`.
    """
    with door.database.unit() as db:
        half = sessions.waiting(db, secret, now=now)
        if half is None:
            raise NotWaiting(BEGIN_AGAIN)
        return key_ceremonies.ask(
            db, half.account_id, half.id, Ceremony.SIGN_IN, door.settings, now=now
        )


def second_step(
    door: Door, secret: str, code: str, origin: Origin, *, key: Answer | None = None, now: datetime
) -> SignedIn:
    """The code after the password, a recovery code, or the answer of a security key; the waiting
    session gives way to a new one.

    Raises `Unauthenticated`, and `TooManyRequests` where this address failed too often.
    """
    with door.database.unit(write=False) as db:
        half = sessions.waiting(db, secret, now=now)
        account = db.get(Account, half.account_id) if half is not None else None
    if half is None or account is None:
        raise NotWaiting(BEGIN_AGAIN)
    take_turn(door, origin.address, now)
    refused = refusal(account, now)
    stranger = Actor("anonymous", None, "anonymous", origin=origin.address)
    shown = Shown(code, key_ceremonies.spend(
        door, stranger, half.id, Ceremony.SIGN_IN, key, now=now
    ))  # fmt: skip
    if not refused:
        with door.database.unit() as db:
            account = locked(db, account.id)
            open_still = sessions.waiting(db, secret, now=now) and not refusal(account, now)
            found = open_still and method_of(db, account.id, shown, spare=True, now=now)
            if found:
                give_back(door, origin.address)
                account.failed_logins, account.locked_until = 0, None
                account.last_login_at = now
                db.add(account)
                known = Assurance.RECOVERY if found[0] is Method.RECOVERY else _SECOND
                return _begin(db, door, account, origin, old=secret, assurance=known, now=now)
    note_failure(door, account, account.user_name, refused or WRONG_FACTOR, origin, now=now)
    raise Unauthenticated(WRONG_CODE if key is None else WRONG_KEY)


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
    take_turn(door, origin.address, now)
    name, key = clean_user_name(user_name)
    display_name = clean_line(display_name, "display_name", DISPLAY_LENGTH)
    passwords.check(password, door.rules, (name, display_name))
    account = Account(user_name=name, user_key=key, display_name=display_name, created_at=now)
    set_password(account, password, one_time=False, now=now)
    account.last_login_at = now
    with door.database.unit() as db:
        setup.redeem(db, secret, account, door.settings.district, now=now)
        signed_in = _begin(db, door, account, origin, now=now)
    give_back(door, origin.address)
    return signed_in


def change_password(
    door: Door, actor: Actor, current: str, new: str, origin: Origin, *, now: datetime
) -> SignedIn:
    """Change one's own password, knowing the current one; the session gets a new id.

    Every other session and every token of the account ends: whoever changes a password may do so
    because somebody else knew it. Wrong guesses count as failed sign-ins do.

    Raises `InvalidInput` (either password), `Conflict` (locked), `TooManyRequests`.
    """
    take_turn(door, origin.address, now)
    with door.database.unit(write=False) as db:
        account = db.get_one(Account, actor.id)
    if refused := refusal(account, now):
        raise Conflict(f"the password cannot be changed now: {refused}")
    stored = account.password_hash
    if not hashing.verify(stored, current):
        note_failure(door, account, account.user_name, WRONG_PASSWORD, origin, now=now)
        raise InvalidInput("that is not the current password", {"current": ["is wrong"]})
    give_back(door, origin.address)
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
        mine = db.get(LoginSession, actor.session_id) if actor.session_id else None
        known = mine.assurance if mine is not None else Assurance.PASSWORD
        ended = sessions.end_all(db, account.id, now=now)
        audit.record(
            db, actor, "account.password_changed", now=now, subject_type="account",
            subject_id=account.id, after=ended,
        )  # fmt: skip
        return _begin(db, door, account, origin, assurance=known, now=now, told=False)


def _find(db: Session, user_name: str) -> Account | None:
    try:
        _, key = clean_user_name(user_name)
    except InvalidInput:
        return None
    return db.exec(select(Account).where(Account.user_key == key)).first()


def _begin(
    db: Session,
    door: Door,
    account: Account,
    origin: Origin,
    *,
    old: str = "",
    assurance: Assurance = Assurance.PASSWORD,
    now: datetime,
    told: bool = True,
) -> SignedIn:
    if old:
        sessions.end_by_secret(db, old)
    session, secret = sessions.start(
        db, account.id, origin, door.settings, assurance=assurance, now=now
    )
    if told:
        actor = Actor("account", account.id, account.user_name, origin=origin.address)
        action = "login.waiting" if assurance is Assurance.WAITING else "login.succeeded"
        audit.record(
            db, actor, action, now=now, subject_type="account", subject_id=account.id,
            after={"session_id": session.id, "user_agent": session.user_agent,
                   "assurance": session.assurance.value},
        )  # fmt: skip
    return SignedIn(account, session, secret)
