"""Authenticator apps: RFC 6238 with the values that every app knows (SHA-1, 30 s, six digits)."""

from dataclasses import dataclass
from datetime import datetime

import pyotp
import sqlalchemy as sa
from pyotp.exceptions import OTPVerificationError
from sqlmodel import Session, col, select

from inventory.accounts.factor_models import TotpFactor
from inventory.accounts.factor_rules import ENROL_LIFETIME, in_fours, looks_like_totp, plain_code
from inventory.accounts.models import Account
from inventory.db import new_uid
from inventory.errors import Conflict, InvalidInput
from inventory.vault import binding_of, vault_of

WINDOW = 1
"""Time steps before and after the present one: RFC 6238 §5.2 recommends at most one."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is told, once.

    seed  base32 without padding
    uri   `otpauth://` with the seed in it, for apps on the same device
    """

    seed: str
    uri: str

    @property
    def in_fours(self) -> str:
        """The seed as it is typed by hand."""
        return in_fours(self.seed.lower())


def begin(
    db: Session, account: Account, session_id: int | None, issuer: str, *, now: datetime
) -> Enrolment:
    """A new seed that waits for its first code; an unfinished one before it is forgotten."""
    forget_unfinished(db, account.id)
    uid, seed = new_uid(), pyotp.random_base32()
    sealed = vault_of(db).seal(seed.encode(), binding=_bound(uid))
    factor = TotpFactor(
        uid=uid, account_id=account.id, sealed_seed=sealed, session_id=session_id, created_at=now,
    )  # fmt: skip
    db.add(factor)
    db.flush()
    return _told(seed, account, issuer)


def unfinished(
    db: Session, account: Account, session_id: int | None, issuer: str, *, now: datetime
) -> Enrolment:
    """The seed that this session has begun with, to be shown again beside a mistyped code.

    Raises `Conflict` where there is none any more.
    """
    return _told(_seed(db, _waiting(db, account.id, session_id, now)), account, issuer)


def confirm(
    db: Session, account_id: int, session_id: int | None, code: str, *, now: datetime
) -> TotpFactor:
    """The app works: it replaces the one before. Raises `Conflict`, `InvalidInput`."""
    factor = _waiting(db, account_id, session_id, now)
    counter = _counter(_seed(db, factor), code, now)
    if counter is None:
        raise InvalidInput(
            "that code is not the app's",
            {"code": ["is not the code of now: check the key and the clock of the device"]},
        )
    db.execute(
        sa.delete(TotpFactor).where(
            col(TotpFactor.account_id) == account_id, col(TotpFactor.id) != factor.id
        )
    )
    factor.confirmed_at, factor.last_counter, factor.session_id = now, counter, None
    db.add(factor)
    db.flush()
    return factor


def of_account(db: Session, account_id: int) -> TotpFactor | None:
    """The confirmed one."""
    return db.exec(
        select(TotpFactor).where(
            TotpFactor.account_id == account_id, col(TotpFactor.confirmed_at).is_not(None)
        )
    ).first()


def check(db: Session, factor: TotpFactor, code: str, *, now: datetime) -> bool:
    """Whether it is a code of now that was not used before; it is used by this.

    The step is taken by one UPDATE, so that of two requests with one code one gets in.
    """
    counter = _counter(_seed(db, factor), code, now)
    if counter is None:
        return False
    taken = db.execute(
        sa.update(TotpFactor)
        .where(col(TotpFactor.id) == factor.id, col(TotpFactor.last_counter) < counter)
        .values(last_counter=counter, last_used_at=now)
        .returning(col(TotpFactor.id))
    ).first()
    return taken is not None


def forget_unfinished(db: Session, account_id: int) -> None:
    db.execute(
        sa.delete(TotpFactor).where(
            col(TotpFactor.account_id) == account_id, col(TotpFactor.confirmed_at).is_(None)
        )
    )


def _waiting(db: Session, account_id: int, session_id: int | None, now: datetime) -> TotpFactor:
    found = db.exec(
        select(TotpFactor).where(
            TotpFactor.account_id == account_id,
            col(TotpFactor.confirmed_at).is_(None),
            TotpFactor.session_id == session_id,
            TotpFactor.created_at > now - ENROL_LIFETIME,
        )
    ).first()
    if found is None:
        raise Conflict("no authenticator app is being set up here; begin again")
    return found


def _counter(seed: str, code: str, now: datetime) -> int | None:
    plain = plain_code(code)
    if not looks_like_totp(plain):
        return None
    try:
        return pyotp.TOTP(seed).verify_and_get_timecode(plain, for_time=now, valid_window=WINDOW)
    except OTPVerificationError:
        return None


def _seed(db: Session, factor: TotpFactor) -> str:
    return vault_of(db).open(factor.sealed_seed, binding=_bound(factor.uid)).decode()


def _bound(uid: str) -> str:
    return binding_of("totp_factor", uid, "sealed_seed")


def _told(seed: str, account: Account, issuer: str) -> Enrolment:
    # A colon would end the issuer within the label (Key URI Format).
    name = " ".join(issuer.replace(":", " ").split())
    uri = pyotp.TOTP(seed).provisioning_uri(name=account.user_name, issuer_name=f"Homeroom {name}")
    return Enrolment(seed, uri)
