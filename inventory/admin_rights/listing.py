"""Grants of admin rights for who may read them; by the clock, not by the job."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.admin_ledger.models import AdminGrant, GrantState
from inventory.admin_rights.service import site_of
from inventory.assets.models import Asset
from inventory.errors import NotFound

READ = Permission.ADMIN_RIGHT_READ
SOON = timedelta(days=14)
OPEN_STATES = (GrantState.REQUESTED, GrantState.ACTIVE)


@dataclass(frozen=True, slots=True)
class GrantFilter:
    """`state` by the clock; `ends_soon`: in force and over within `SOON`; `sites`: where the device
    or the group is, None for everywhere; `ended`: however it ended."""

    state: GrantState | None = None
    ends_soon: bool = False
    asset_id: int | None = None
    person_id: int | None = None
    sites: frozenset[int] | None = None
    ended: bool = False


def listed(
    db: Session, actor: Actor, wanted: GrantFilter, *, after: int | None, limit: int, now: datetime
) -> list[AdminGrant]:
    """Newest first, from the one before `after`."""
    actor.require_anywhere(READ)
    query = (
        select(AdminGrant)
        .outerjoin(Asset, col(Asset.id) == col(AdminGrant.asset_id))
        .where(*_clauses(wanted, now))
        .order_by(col(AdminGrant.id).desc())
        .limit(limit)
    )
    for sites in (actor.scope(READ), wanted.sites):
        if sites is not None:
            # Exactly one of the two is there: the device's place, or the group's.
            place = sa.func.coalesce(col(AdminGrant.site_id), col(Asset.site_id))
            query = query.where(place.in_(sites))
    if after is not None:
        query = query.where(col(AdminGrant.id) < after)
    return list(db.exec(query).all())


def get(db: Session, actor: Actor, grant_id: int) -> AdminGrant:
    """Raises `NotFound` for what is not there or at none of the actor's places."""
    actor.require_anywhere(READ)
    grant = db.get(AdminGrant, grant_id)
    if grant is None or not actor.may(READ, site_of(db, grant)):
        raise NotFound(f"there is no grant {grant_id}")
    return grant


def in_force_on(
    db: Session, asset_ids: Collection[int], *, now: datetime
) -> dict[int, list[AdminGrant]]:
    """What is in force on each of these devices alone, without groups; one query. For rules: it
    checks nobody's permission."""
    found: dict[int, list[AdminGrant]] = {}
    query = select(AdminGrant).where(
        col(AdminGrant.asset_id).in_(sorted(asset_ids)), *_in_force(now)
    )
    for grant in db.exec(query.order_by(col(AdminGrant.id))).all():
        if grant.asset_id is not None:
            found.setdefault(grant.asset_id, []).append(grant)
    return found


def standing(grant: AdminGrant, now: datetime) -> GrantState:
    """The state by the clock: what has run out is over, whether or not a job has written it."""
    if grant.state in OPEN_STATES and grant.ends_at <= now:
        return GrantState.EXPIRED
    return grant.state


def _in_force(now: datetime) -> list[Any]:
    return [
        col(AdminGrant.state) == GrantState.ACTIVE,
        col(AdminGrant.starts_at) <= now,
        col(AdminGrant.ends_at) > now,
    ]


def _clauses(wanted: GrantFilter, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.state in OPEN_STATES:
        found += [col(AdminGrant.state) == wanted.state, col(AdminGrant.ends_at) > now]
    elif wanted.state is GrantState.EXPIRED:
        ran_out = sa.and_(col(AdminGrant.state).in_(OPEN_STATES), col(AdminGrant.ends_at) <= now)
        found.append(sa.or_(col(AdminGrant.state) == GrantState.EXPIRED, ran_out))
    elif wanted.state is not None:
        found.append(col(AdminGrant.state) == wanted.state)
    if wanted.ends_soon:
        found += [*_in_force(now), col(AdminGrant.ends_at) <= now + SOON]
    if wanted.ended:
        still = sa.and_(col(AdminGrant.state).in_(OPEN_STATES), col(AdminGrant.ends_at) > now)
        found.append(sa.not_(still))
    if wanted.asset_id is not None:
        found.append(AdminGrant.asset_id == wanted.asset_id)
    if wanted.person_id is not None:
        found.append(AdminGrant.person_id == wanted.person_id)
    return found
