"""Home's queues of managed devices: commands that wait for a person, vendors that need one.

A district without a connection has none of them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.commands.reading import Filter, conditions
from inventory.desk.queues import Queue, Severity, queue_of
from inventory.fleet.models import MdmAlarm, MdmConnection, MdmDevice

MOST = 1000
"""More is not counted exactly."""


def managed_queues(db: Session, actor: Actor) -> list[Queue]:
    """What waits, within the actor's reach; one statement."""
    if not actor.holds(Permission.MDM_READ):
        return []
    reach = Reach(actor.scope(Permission.MDM_READ))
    parts = [
        sa.union_all(_commands(actor, reach), _batches(reach)).subquery(),
        _alarms(reach).subquery(),
        _unknown(reach).subquery(),
    ]
    columns = [
        column
        for part in parts
        for column in (
            sa.select(sa.func.count()).select_from(part).scalar_subquery(),
            sa.select(sa.func.min(part.c.at)).scalar_subquery(),
        )
    ]
    c = MdmConnection
    there = sa.select(col(c.id)).where(reach.within(col(c.site_id))).exists()
    commands, commands_at, sick, sick_at, new, new_at, any_ = db.execute(
        sa.select(*columns, there)
    ).one()
    found = [
        queue_of("commands", "commands", {}, (commands, False), commands_at, Severity.URGENT),
        queue_of("connections", "connections", {}, (sick, False), sick_at, Severity.URGENT),
        queue_of("unmatched", "managed", {"outcome": "new"}, (new, new >= MOST), new_at,
                 Severity.NOTICE),
    ]  # fmt: skip
    return found if any_ or commands else []


@dataclass(frozen=True, slots=True)
class Reach:
    """Sites; None: the whole district."""

    sites: Collection[int] | None

    def within(self, column: Any) -> Any:
        return sa.true() if self.sites is None else column.in_(self.sites)


def _commands(actor: Actor, reach: Reach) -> sa.Select[Any]:
    c, a = DeviceCommand, Asset
    query: sa.Select[Any] = sa.select(col(c.requested_at).label("at")).join(
        a, col(a.id) == col(c.asset_id)
    )
    return query.where(*conditions(actor, Filter(waiting=True)), reach.within(col(a.site_id)))


def _batches(reach: Reach) -> sa.Select[Any]:
    seen = sa.true() if reach.sites is None else sa.false()
    query: sa.Select[Any] = sa.select(col(CommandBatch.requested_at).label("at"))
    return query.where(col(CommandBatch.state) == "requested", seen)


def _alarms(reach: Reach) -> sa.Select[Any]:
    c, a = MdmConnection, MdmAlarm
    query: sa.Select[Any] = sa.select(col(a.raised_at).label("at")).join(
        c, col(c.id) == col(a.connection_id)
    )
    return query.where(col(a.closed_at).is_(None), reach.within(col(c.site_id)))


def _unknown(reach: Reach) -> sa.Select[Any]:
    """As the list that the number leads to: new ones at the vendor, present."""
    c, d = MdmConnection, MdmDevice
    query: sa.Select[Any] = sa.select(col(d.first_seen_at).label("at")).join(
        c, col(c.id) == col(d.connection_id)
    )
    return query.where(
        col(d.outcome) == Outcome.NEW, col(d.gone_at).is_(None), reach.within(col(c.site_id))
    ).limit(MOST)
