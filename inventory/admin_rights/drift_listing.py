"""The drift report, within the reader's places: the list, its numbers, how the computers stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.admin_rights.drift_models import AdminDevice, AdminDrift, DriftKind, DriftState
from inventory.admin_rights.drift_refresh import OUT_OF_USE
from inventory.admin_rights.drift_rules import Limits, Standing
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.db import UtcDateTime

COMPUTERS = frozenset({Category.LAPTOP, Category.WORKSTATION, Category.SERVER})
"""What has local administrators at all."""

After = tuple[datetime, int]
"""Since when it is there, and the id: the order of the list, oldest first."""


@dataclass(frozen=True, slots=True)
class DriftFilter:
    """None: all. `sites`: these places and nothing below them; `older_days`: there for so long."""

    kind: DriftKind | None = None
    state: DriftState | None = None
    source: str | None = None
    sites: frozenset[int] | None = None
    asset_id: int | None = None
    older_days: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A drift with its device."""

    drift: AdminDrift
    tag: str
    name: str
    category: Category
    site_id: int | None
    told_at: datetime | None


def listed(
    db: Session,
    actor: Actor,
    wanted: DriftFilter,
    *,
    after: After | None = None,
    limit: int,
    now: datetime,
) -> list[Shown]:
    """Current drifts within the actor's reach, those that are there longest first."""
    actor.require_anywhere(Permission.ADMIN_RIGHT_READ)
    order = col(AdminDrift.first_at), col(AdminDrift.id)
    query = (
        sa.select(
            AdminDrift, col(Asset.tag), col(Asset.name), col(Asset.category), col(Asset.site_id),
            col(AdminDevice.told_at),
        )
        .join(Asset, col(Asset.id) == col(AdminDrift.asset_id))
        .outerjoin(AdminDevice, col(AdminDevice.asset_id) == col(AdminDrift.asset_id))
        .where(*clauses(actor, wanted, now))
        .order_by(*order)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        moment, number = after
        query = query.where(
            sa.tuple_(*order) > sa.tuple_(sa.literal(moment, UtcDateTime()), sa.literal(number))
        )
    return [Shown(*row) for row in db.execute(query).all()]


def clauses(actor: Actor, wanted: DriftFilter, now: datetime) -> list[Any]:
    """WHERE clauses over `AdminDrift` joined with `Asset`: current, wanted, within reach."""
    found: list[Any] = [
        col(AdminDrift.closed_at).is_(None), *within(actor, Permission.ADMIN_RIGHT_READ)
    ]  # fmt: skip
    for column, value in (
        (AdminDrift.kind, wanted.kind),
        (AdminDrift.state, wanted.state),
        (AdminDrift.asset_id, wanted.asset_id),
    ):
        if value is not None:
            found.append(col(column) == value)
    if wanted.source is not None:
        told = sa.literal(", ") + col(AdminDrift.sources) + sa.literal(",")
        found.append(told.contains(f", {wanted.source},", autoescape=True))
    if wanted.sites is not None:
        found.append(col(Asset.site_id).in_(wanted.sites))
    if wanted.older_days is not None:
        found.append(col(AdminDrift.first_at) <= now - timedelta(days=wanted.older_days))
    return found


def counted(db: Session, actor: Actor, wanted: DriftFilter, *, now: datetime) -> int:
    """How many `listed` there are."""
    actor.require_anywhere(Permission.ADMIN_RIGHT_READ)
    query = sa.select(sa.func.count()).select_from(AdminDrift)
    query = query.join(Asset, col(Asset.id) == col(AdminDrift.asset_id))
    return int(db.execute(query.where(*clauses(actor, wanted, now))).scalar_one())


def waiting(actor: Actor) -> Any:
    """A subquery with `at` for each open drift within the actor's reach, for the first page."""
    query: Any = sa.select(col(AdminDrift.first_at).label("at"))
    query = query.join(Asset, col(Asset.id) == col(AdminDrift.asset_id))
    return query.where(
        col(AdminDrift.closed_at).is_(None), col(AdminDrift.state) == DriftState.OPEN,
        *within(actor, Permission.ADMIN_RIGHT_READ),
    ).subquery()  # fmt: skip


def standings(
    db: Session,
    actor: Actor,
    limits: Limits,
    *,
    sites: frozenset[int] | None = None,
    now: datetime,
) -> Mapping[Standing, int]:
    """How many computers in use stand how, each counted once (see `drift_rules.standing_of`)."""
    actor.require_anywhere(Permission.ADMIN_RIGHT_READ)
    d, days = AdminDevice, limits.told_days
    silent = sa.or_(col(d.told_at).is_(None), col(d.told_at) < now - timedelta(days=days))
    standing = sa.case(
        (col(d.open_count) > 0, sa.literal(Standing.DRIFT.value)),
        (silent, sa.literal(Standing.UNKNOWN.value)),
        (col(d.accepted_count) > 0, sa.literal(Standing.ACCEPTED.value)),
        else_=sa.literal(Standing.CLEAN.value),
    ).label("standing")
    query = (
        sa.select(standing, sa.func.count())
        .select_from(Asset)
        .outerjoin(d, col(d.asset_id) == col(Asset.id))
        .where(
            col(Asset.status).not_in(OUT_OF_USE),
            sa.or_(col(Asset.category).in_(COMPUTERS), col(d.asset_id).is_not(None)),
            *within(actor, Permission.ADMIN_RIGHT_READ),
        )
        .group_by("standing")
    )
    if sites is not None:
        query = query.where(col(Asset.site_id).in_(sites))
    found = {Standing(word): int(number) for word, number in db.execute(query)}
    return {one: found.get(one, 0) for one in Standing}
