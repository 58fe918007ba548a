"""Lists of accounts, in the reach of whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, Role
from inventory.accounts.models import Account, RoleGrant
from inventory.accounts.policy import user_key


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """None and "" leave a filter out. `q` is the beginning of a user name."""

    q: str = ""
    role: Role | None = None
    disabled: bool | None = None


def search(
    db: Session, actor: Actor, wanted: AccountFilter, *, after: str | None, limit: int
) -> list[Account]:
    """Accounts by user name, from the one after the key `after`."""
    actor.require_anywhere(Permission.ACCOUNT_READ)
    reached = actor.scope(Permission.ACCOUNT_READ)
    query = select(Account).order_by(col(Account.user_key)).limit(limit)
    if reached is not None:
        query = query.where(col(Account.id).in_(_with_grant(col(RoleGrant.site_id).in_(reached))))
    if wanted.role is not None:
        query = query.where(col(Account.id).in_(_with_grant(RoleGrant.role == wanted.role)))
    if wanted.disabled is not None:
        ended = col(Account.disabled_at).is_not(None)
        query = query.where(ended if wanted.disabled else ~ended)
    if wanted.q:
        key = user_key(wanted.q)
        query = query.where(col(Account.user_key).startswith(key, autoescape=True))
    if after is not None:
        query = query.where(col(Account.user_key) > after)
    return list(db.exec(query).all())


def grants_by_account(db: Session, account_ids: Sequence[int]) -> dict[int, list[RoleGrant]]:
    """The grants of several accounts, in one query."""
    found: dict[int, list[RoleGrant]] = {id_: [] for id_ in account_ids}
    query = select(RoleGrant).where(col(RoleGrant.account_id).in_(account_ids))
    for grant in db.exec(query.order_by(col(RoleGrant.id))).all():
        found[grant.account_id].append(grant)
    return found


def _with_grant(condition: Any) -> Any:
    return sa.select(col(RoleGrant.account_id)).where(condition)
