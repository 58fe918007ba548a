"""Home's queues of managed devices: commands that wait for a person, vendors that need one.

A district without a connection has none of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset
from inventory.assets.recall import Recall
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.commands.reading import Filter, conditions
from inventory.desk.queues import Queue, Severity, queue_of
from inventory.fleet import listing
from inventory.fleet.models import MdmAlarm, MdmConnection, MdmDevice

MOST = 1000
"""More is not counted exactly."""


_DIFFERING: Recall[int] = Recall(most=24, fresh=timedelta(seconds=60))
"""Every device has to be compared with its asset, so the number may be a minute old."""


def managed_queues(db: Session, actor: Actor, *, now: datetime) -> list[Queue]:
    """What waits, within the actor's reach; two statements."""
    if not actor.holds(Permission.MDM_READ):
        return []
    reach = Reach(actor.scope(Permission.MDM_READ))
    parts = [
        sa.union_all(_commands(actor, reach), _batches(reach)).subquery(),
        _alarms(reach).subquery(),
        _doubtful(reach, Outcome.NEW).subquery(),
        _doubtful(reach, Outcome.CONFLICT).subquery(),
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
    *counted, any_ = db.execute(sa.select(*columns, there)).one()
    numbers, oldest = counted[::2], counted[1::2]
    waits = [(number, number >= MOST) for number in numbers]
    found = [
        queue_of("commands", "commands", {}, (numbers[0], False), oldest[0], Severity.URGENT),
        queue_of("connections", "connections", {}, (numbers[1], False), oldest[1],
                 Severity.URGENT),
        queue_of("unmatched", "managed", {"outcome": "new"}, waits[2], oldest[2],
                 Severity.NOTICE),
        queue_of("torn", "managed", {"outcome": "conflict"}, waits[3], oldest[3],
                 Severity.WARNING),
    ]  # fmt: skip
    if any_:
        differing = _DIFFERING.ask(db, reach.sites, now, lambda: _count_differing(db, reach))
        # How long one has differed is not kept.
        found.append(
            queue_of("differences", "managed/differences", {}, (differing, differing >= MOST),
                     None, Severity.NOTICE)
        )  # fmt: skip
    return found if any_ or numbers[0] else []


@dataclass(frozen=True, slots=True)
class Reach:
    """Sites; None: the whole district."""

    sites: frozenset[int] | None

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


def _doubtful(reach: Reach, outcome: Outcome) -> sa.Select[Any]:
    """As the list that the number leads to: those at the vendor, present."""
    c, d = MdmConnection, MdmDevice
    query: sa.Select[Any] = sa.select(col(d.first_seen_at).label("at")).join(
        c, col(c.id) == col(d.connection_id)
    )
    return query.where(
        col(d.outcome) == outcome, col(d.gone_at).is_(None), reach.within(col(c.site_id))
    ).limit(MOST)


def _count_differing(db: Session, reach: Reach) -> int:
    """As the list that the number leads to."""
    c, d, a = MdmConnection, MdmDevice, Asset
    query: sa.Select[Any] = (
        sa.select(col(d.id))
        .join(c, col(c.id) == col(d.connection_id))
        .join(a, col(a.id) == col(d.asset_id))
    )
    within = sa.or_(reach.within(col(c.site_id)), reach.within(col(a.site_id)))
    few = query.where(listing.differs(), within).limit(MOST).subquery()
    number: int = db.execute(sa.select(sa.func.count()).select_from(few)).scalar_one()
    return number
