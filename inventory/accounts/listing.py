"""Lists of accounts, in the reach of whoever asks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, Role
from inventory.accounts.models import Account, RoleGrant
from inventory.accounts.policy import user_key
from inventory.accounts.states import AccountState, state_column


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """None and "" leave a filter out.

    q     the beginning of a user name
    text  a part of a user name or a display name
    """

    q: str = ""
    role: Role | None = None
    disabled: bool | None = None
    text: str = ""
    state: AccountState | None = None


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """How many accounts there would be if only this value were chosen, and the rest stayed."""

    by_state: Mapping[AccountState, int]
    by_role: Mapping[Role, int]
    total: int


def search(
    db: Session,
    actor: Actor,
    wanted: AccountFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int,
    now: datetime,
) -> list[Account]:
    """Accounts by user name, from the one after the key `after`; with `before`, the last ones
    before that key."""
    query = select(Account).where(*_clauses(actor, wanted, now)).limit(limit)
    if before is not None:
        query = query.where(col(Account.user_key) < before)
        return list(db.exec(query.order_by(col(Account.user_key).desc())).all())[::-1]
    if after is not None:
        query = query.where(col(Account.user_key) > after)
    return list(db.exec(query.order_by(col(Account.user_key))).all())


def count(db: Session, actor: Actor, wanted: AccountFilter, *, now: datetime) -> AccountCounts:
    """The numbers beside the list; two queries."""
    state = state_column(now).label("state")
    any_state = _clauses(actor, replace(wanted, state=None), now)
    by_state = db.execute(sa.select(state, sa.func.count()).where(*any_state).group_by(state))
    states = {AccountState(value): int(number) for value, number in by_state}
    by_role = db.execute(
        sa.select(col(RoleGrant.role), sa.func.count(sa.distinct(col(Account.id))))
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(*_clauses(actor, replace(wanted, role=None), now), *_reached(actor))
        .group_by(col(RoleGrant.role))
    )
    roles = {Role(role): int(number) for role, number in by_role}
    total = states.get(wanted.state, 0) if wanted.state is not None else sum(states.values())
    return AccountCounts(states, roles, total)


def grants_by_account(db: Session, account_ids: Sequence[int]) -> dict[int, list[RoleGrant]]:
    """The grants of several accounts, in one query."""
    found: dict[int, list[RoleGrant]] = {id_: [] for id_ in account_ids}
    query = select(RoleGrant).where(col(RoleGrant.account_id).in_(account_ids))
    for grant in db.exec(query.order_by(col(RoleGrant.id))).all():
        found[grant.account_id].append(grant)
    return found


def names_by_id(db: Session, actor: Actor, account_ids: Collection[int]) -> dict[int, str]:
    """The user names of those of these accounts that the actor may see."""
    if not account_ids or not actor.holds(Permission.ACCOUNT_READ):
        return {}
    query = sa.select(col(Account.id), col(Account.user_name))
    query = query.where(col(Account.id).in_(set(account_ids)))
    if _reached(actor):
        query = query.where(_with_grant(*_reached(actor)))
    return {int(id_): str(name) for id_, name in db.execute(query)}


def _clauses(actor: Actor, wanted: AccountFilter, now: datetime) -> list[Any]:
    """What an account must fulfil to be in the list."""
    actor.require_anywhere(Permission.ACCOUNT_READ)
    found = [_with_grant(*_reached(actor))] if _reached(actor) else []
    if wanted.role is not None:
        found.append(_with_grant(col(RoleGrant.role) == wanted.role, *_reached(actor)))
    if wanted.disabled is not None:
        ended = col(Account.disabled_at).is_not(None)
        found.append(ended if wanted.disabled else ~ended)
    if wanted.state is not None:
        found.append(state_column(now) == wanted.state.value)
    if wanted.q:
        found.append(col(Account.user_key).startswith(user_key(wanted.q), autoescape=True))
    if wanted.text:
        key = user_key(wanted.text)
        found.append(
            col(Account.user_key).contains(key, autoescape=True)
            | col(Account.display_name).icontains(wanted.text, autoescape=True)
        )
    return found


def _reached(actor: Actor) -> list[Any]:
    """Grants within the actor's reach; nothing where that is the whole district."""
    reached = actor.scope(Permission.ACCOUNT_READ)
    return [] if reached is None else [col(RoleGrant.site_id).in_(reached)]


def _with_grant(*conditions: Any) -> Any:
    granted = sa.select(col(RoleGrant.account_id)).where(*conditions)
    return col(Account.id).in_(granted)
