"""Attempts to prove who one is: their limits by address and by account, and their failures.

A password, a code and a security key count alike: five wrong ones in a row lock the account for a
while, a hundred for good. The failures of an account are forgotten when its sign-in is complete,
second factor included: who knows the password must not be able to guess codes for ever.
"""

from dataclasses import dataclass
from datetime import datetime

from inventory.access import Actor
from inventory.accounts.models import Account
from inventory.accounts.passwords import PasswordRules
from inventory.accounts.policy import FAILURES_MOST, lock_time
from inventory.accounts.reach import locked
from inventory.accounts.remembered import Remembered
from inventory.accounts.sessions import Origin
from inventory.accounts.throttle import neighbourhood
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict, TooManyRequests
from inventory.settings import Settings

WRONG_PASSWORD, WRONG_FACTOR = "wrong password", "wrong second factor"
COUNTED = frozenset({WRONG_PASSWORD, WRONG_FACTOR})


@dataclass(frozen=True, slots=True)
class Door:
    """What a sign-in needs of this process."""

    database: Database
    settings: Settings
    memory: Remembered

    @property
    def rules(self) -> PasswordRules:
        return PasswordRules(self.settings.password_min_length, (self.settings.district,))


def take_turn(door: Door, address: str, now: datetime) -> None:
    """Raises `TooManyRequests` where this address failed too often."""
    wait = door.memory.login_rate.take(neighbourhood(address), now)
    if wait:
        raise TooManyRequests("too many failed sign-ins from this address", int(wait) + 1)


def give_back(door: Door, address: str) -> None:
    """It was right: only failures use up an address."""
    door.memory.login_rate.give_back(neighbourhood(address))


def refusal(account: Account | None, now: datetime) -> str | None:
    """Why nothing that this account offers is even looked at."""
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


def require_open(account: Account | None, now: datetime) -> None:
    """For somebody who is signed in already, and may be told. Raises `Conflict`."""
    why = refusal(account, now)
    if why == "locked" and account is not None and account.locked_until is not None:
        seconds = int((account.locked_until - now).total_seconds()) + 1
        raise Conflict(f"too many wrong attempts: try again in {seconds} seconds")
    if why is not None:
        raise Conflict(f"this account cannot be used now: {why}")


def note_failure(
    door: Door,
    account: Account | None,
    user_name: str,
    why: str,
    origin: Origin,
    *,
    action: str = "login.failed",
    actor: Actor | None = None,
    now: datetime,
) -> None:
    """Count and record it. A database that cannot take it stops the sign-in, and so the guessing.

    Attempts on a locked account do not lengthen its lock: nobody is to be kept out for ever by
    somebody else's guesses.
    """
    # People type their password into the wrong field: an unknown name is not kept whole.
    cut = user_name[:3].encode("ascii", "backslashreplace").decode() + "..."
    shown = account.user_name if account else cut
    actor = actor or Actor("anonymous", None, "anonymous", origin=origin.address)
    with door.database.unit() as db:
        if account is not None:
            account = locked(db, account.id)
            if why in COUNTED:
                account.failed_logins += 1
                rest = lock_time(account.failed_logins)
                account.locked_until = now + rest if rest else None
                db.add(account)
        audit.record(
            db, actor, action, now=now, subject_type="account",
            subject_id=account.id if account else "", after={"user_name": shown, "why": why,
            "failures": account.failed_logins if account else None},
        )  # fmt: skip
