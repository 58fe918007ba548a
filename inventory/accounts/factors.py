"""Second factors of an account: what it has, set up by its owner, taken away by an administrator.

Whoever changes their own factors gives the password again, and a code where there is a factor
already: an open browser that somebody left must not be enough to move the account to another phone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.accounts import hashing, key_ceremonies, recovery, security_keys, sessions, totp
from inventory.accounts.attempts import (
    WRONG_FACTOR,
    WRONG_PASSWORD,
    Door,
    give_back,
    note_failure,
    require_open,
    take_turn,
)  # fmt: skip
from inventory.accounts.factor_models import (
    Ceremony,
    Method,
    StepUp,
    TotpFactor,
    WebAuthnCredential,
)
from inventory.accounts.factor_rules import is_asked
from inventory.accounts.key_ceremonies import Answer
from inventory.accounts.models import Account
from inventory.accounts.reach import changed, for_change, locked, places_of
from inventory.accounts.security_keys import Signed
from inventory.accounts.sessions import Origin
from inventory.accounts.totp import Enrolment
from inventory.audit import service as audit
from inventory.errors import Conflict, Forbidden, InvalidInput

ADDED, REMOVED, RESET = "account.factor_added", "account.factor_removed", "account.factors_reset"
CODES_MADE, CHANGE_FAILED = "account.recovery_codes_made", "account.factor_change_failed"
BAD_CODE = "is not right, or was used already: wait for the next one"
BAD_KEY = "the security key was not accepted; try again"

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has besides its password.

    app    the authenticator app, once it was confirmed
    keys   security keys, oldest first
    codes  how many recovery codes are left
    asked  whether its roles ask for a second factor
    """

    app: TotpFactor | None
    keys: tuple[WebAuthnCredential, ...]
    codes: int
    asked: bool

    @property
    def held(self) -> bool:
        return self.app is not None or bool(self.keys)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the owner gave to change their factors: the password, and where there is a factor a
    code or the answer of a security key to a challenge for `Ceremony.CONFIRM`."""

    password: str
    code: str
    origin: Origin
    key: Answer | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """By what somebody wants to be recognised: what a security key signed, else a code."""

    code: str = ""
    signed: Signed | None = None

    @property
    def wrong(self) -> dict[str, object]:
        """What to say where it is not right."""
        return {"key": [BAD_KEY]} if self.signed is not None else {"code": [BAD_CODE]}


def factors_of(db: Session, account_id: int) -> Factors:
    """The caller has checked that the account may be seen."""
    asked = is_asked(place.role for place in places_of(db, account_id))
    return Factors(
        totp.of_account(db, account_id), tuple(security_keys.of_account(db, account_id)),
        recovery.left(db, account_id), asked,
    )  # fmt: skip


def own(db: Session, actor: Actor) -> Factors:
    """One's own. Raises `Forbidden` for who is not a person that signed in."""
    return factors_of(db, require_person(actor))


def begin_app(door: Door, actor: Actor, proof: Proof, *, now: datetime) -> Enrolment:
    """A new key for an authenticator app, which counts once a code of it is given.

    Raises `InvalidInput` (password, code), `Conflict` (locked), `TooManyRequests`.
    """

    def begin(db: Session, account: Account) -> Enrolment:
        return totp.begin(db, account, actor.session_id, door.settings.district, now=now)

    return proven(door, actor, proof, begin, now=now)


def begun_app(db: Session, actor: Actor, district: str, *, now: datetime) -> Enrolment:
    """The key again that this session began with. Raises `Conflict` where there is none."""
    account = db.get_one(Account, require_person(actor))
    return totp.unfinished(db, account, actor.session_id, district, now=now)


def confirm_app(db: Session, actor: Actor, code: str, *, now: datetime) -> list[str]:
    """The app works: it counts from now on. The new recovery codes, shown this once; none where the
    account has a security key, and so has codes.

    Every other session ends, since it was begun without the app. Raises `Conflict` (nothing was
    begun here), `InvalidInput`.
    """
    account_id = require_person(actor)
    totp.confirm(db, account_id, actor.session_id, code, now=now)
    settle_new(db, actor, account_id, now=now)
    _tell(db, actor, ADDED, account_id, now)
    return (
        [] if security_keys.of_account(db, account_id) else recovery.make(db, account_id, now=now)
    )


def new_codes(door: Door, actor: Actor, proof: Proof, *, now: datetime) -> list[str]:
    """Ten new recovery codes; the ones before end. Raises as `begin_app`."""

    def make(db: Session, account: Account) -> list[str]:
        if not factors_of(db, account.id).held:
            raise Conflict("recovery codes stand for a second factor; set one up first")
        _tell(db, actor, CODES_MADE, account.id, now)
        return recovery.make(db, account.id, now=now)

    return proven(door, actor, proof, make, now=now)


def remove_app(door: Door, actor: Actor, proof: Proof, *, now: datetime) -> None:
    """Back to the keys, or to the password alone where there are none.

    Raises as `begin_app`, and `Conflict` where there is no app.
    """

    def remove(db: Session, account: Account) -> None:
        app = totp.of_account(db, account.id)
        if app is None:
            raise Conflict("there is no authenticator app to remove")
        db.delete(app)
        settle_gone(db, account.id)
        _tell(db, actor, REMOVED, account.id, now)

    proven(door, actor, proof, remove, now=now)


def settle_new(db: Session, actor: Actor, account_id: int, *, now: datetime) -> None:
    """A factor came: whatever was begun or confirmed without it ends, but for this session."""
    sessions.end_others(db, actor, now=now)
    _forget_step_ups(db, account_id)


def settle_gone(db: Session, account_id: int) -> None:
    """A factor went: what was confirmed with it ends, and with the last one the recovery codes."""
    db.flush()
    if factors_of(db, account_id).held:
        _forget_step_ups(db, account_id)
    else:
        _forget_all(db, account_id)


def reset(db: Session, actor: Actor, account_id: int, *, reason: str, now: datetime) -> Account:
    """Take all factors from somebody who lost them; ends their sessions and tokens.

    The new factor that they set up then is young, and so is not believed for grave commands (see
    `commands.trust`). Raises `Conflict` for one's own account and for a token, and where there is
    nothing to take.
    """
    if actor.kind == "token" or actor.id == account_id:
        raise Conflict("somebody else who is signed in must do this")
    account = for_change(db, actor, account_id)
    if not factors_of(db, account.id).held:
        raise Conflict("this account has no second factor")
    _forget_all(db, account.id)
    ended = sessions.end_all(db, account.id, now=now)
    changed(db, actor, account, RESET, {}, ended, now=now, reason=reason)
    return account


def method_of(
    db: Session, account_id: int, shown: Shown, *, spare: bool, now: datetime
) -> tuple[Method, datetime] | None:
    """By what somebody is recognised, and since when the account has that; it is used by this.

    `spare`: whether a recovery code is taken too.
    """
    if shown.signed is not None:
        key = security_keys.check(db, account_id, shown.signed, now=now)
        return (Method.WEBAUTHN, key.created_at) if key is not None else None
    app = totp.of_account(db, account_id)
    if app is not None and totp.check(db, app, shown.code, now=now):
        return Method.TOTP, app.confirmed_at or now
    made = recovery.use(db, account_id, shown.code, now=now) if spare else None
    return (Method.RECOVERY, made) if made is not None else None


def require_person(actor: Actor) -> int:
    """The account's id. Raises `Forbidden` for a token, a job or the command line."""
    actor.require_anywhere(Permission.SELF)
    if actor.kind != "account" or actor.id is None or actor.session_id is None:
        raise Forbidden("this needs a person who is signed in")
    return actor.id


def proven(
    door: Door, actor: Actor, proof: Proof, act: Callable[[Session, Account], Done], *,
    now: datetime,
) -> Done:  # fmt: skip
    """Do `act` once password and factor are found right, in the unit that uses up the code.

    Raises `InvalidInput` (password, code, key), `Conflict` (locked), `TooManyRequests`.
    """
    account_id, address = require_person(actor), proof.origin.address
    with door.database.unit(write=False) as db:
        account = db.get_one(Account, account_id)
    require_open(account, now)
    take_turn(door, address, now)
    signed = key_ceremonies.spend(
        door, actor, actor.session_id, Ceremony.CONFIRM, proof.key, now=now
    )
    shown, stored = Shown(proof.code, signed), account.password_hash
    right = hashing.verify(stored, proof.password)
    if right:
        with door.database.unit() as db:
            account = locked(db, account_id)
            require_open(account, now)
            if account.password_hash != stored:
                raise Conflict("the password was changed meanwhile; try again")
            held = factors_of(db, account_id).held
            if not held or method_of(db, account_id, shown, spare=True, now=now):
                give_back(door, address)
                account.failed_logins, account.locked_until = 0, None
                db.add(account)
                return act(db, account)
    note_failure(
        door, account, account.user_name, WRONG_FACTOR if right else WRONG_PASSWORD, proof.origin,
        action=CHANGE_FAILED, actor=actor, now=now,
    )  # fmt: skip
    wrong = shown.wrong if right else {"password": ["is wrong"]}
    raise InvalidInput("that is not right", wrong)


def _forget_all(db: Session, account_id: int) -> None:
    for table in (TotpFactor, WebAuthnCredential):
        db.execute(sa.delete(table).where(col(table.account_id) == account_id))
    recovery.forget(db, account_id)
    _forget_step_ups(db, account_id)


def _forget_step_ups(db: Session, account_id: int) -> None:
    db.execute(sa.delete(StepUp).where(col(StepUp.account_id) == account_id))


def _tell(db: Session, actor: Actor, action: str, account_id: int, now: datetime) -> None:
    audit.record(db, actor, action, now=now, subject_type="account", subject_id=account_id)
