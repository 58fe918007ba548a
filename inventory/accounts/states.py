"""The one state in which an account is, for lists; the same by Python and by SQL."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from inventory.accounts.models import Account
from inventory.accounts.policy import FAILURES_MOST


class AccountState(StrEnum):
    """The first that holds.

    disabled  ended by somebody
    program   nobody can sign in as it: it has tokens only
    locked    too many wrong passwords, for a while or until somebody helps
    one_time  has a one-time password that was not changed yet
    """

    DISABLED = "disabled"
    PROGRAM = "program"
    LOCKED = "locked"
    ONE_TIME = "one_time"
    ACTIVE = "active"


def state_of(account: Account, now: datetime) -> AccountState:
    if account.disabled_at is not None:
        return AccountState.DISABLED
    if account.password_hash is None:
        return AccountState.PROGRAM
    if account.failed_logins >= FAILURES_MOST:
        return AccountState.LOCKED
    if account.locked_until is not None and now < account.locked_until:
        return AccountState.LOCKED
    return AccountState.ONE_TIME if account.must_change_password else AccountState.ACTIVE


def state_column(now: datetime) -> Any:
    """The same as a column of a query, by value."""
    return sa.case(
        (col(Account.disabled_at).is_not(None), AccountState.DISABLED.value),
        (col(Account.password_hash).is_(None), AccountState.PROGRAM.value),
        (col(Account.failed_logins) >= FAILURES_MOST, AccountState.LOCKED.value),
        (col(Account.locked_until) > now, AccountState.LOCKED.value),
        (col(Account.must_change_password).is_(True), AccountState.ONE_TIME.value),
        else_=AccountState.ACTIVE.value,
    )
