"""Transfers as they are shown: with the names of the schools, and the devices that go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from inventory.access import Actor
from inventory.assets.kinds import Category, Status
from inventory.assets.models import Asset
from inventory.custody.transfer_models import ItemState, Transfer, TransferItem, TransferState
from inventory.custody.transfers import READ, WRITE
from inventory.errors import NotFound
from inventory.sites.models import Site

APPROVE, RECEIVE = "approve", "receive"
WAITS = {APPROVE: TransferState.REQUESTED, RECEIVE: TransferState.IN_TRANSIT}


@dataclass(frozen=True, slots=True)
class Shown:
    """`devices`: how many are or were on its list."""

    transfer: Transfer
    giving: str
    taking: str
    devices: int


@dataclass(frozen=True, slots=True)
class Going:
    """A device of a transfer, as much of it as both schools may know."""

    asset_id: int
    tag: str
    category: Category
    status: Status
    serial: str
    state: ItemState
    settled_at: datetime | None


def listed(
    db: Session,
    actor: Actor,
    *,
    state: TransferState | None = None,
    waits: str = "",
    after: int | None = None,
    limit: int,
) -> list[Shown]:
    """Newest first, of the actor's schools at either side. `waits`: those that wait for the actor
    to `APPROVE` or to `RECEIVE`."""
    actor.require_anywhere(READ)
    query = _rows().where(_seen(actor)).order_by(col(Transfer.id).desc()).limit(limit)
    if state is not None:
        query = query.where(col(Transfer.state) == state)
    if waits:
        query = query.where(_waits(actor, waits))
    if after is not None:
        query = query.where(col(Transfer.id) < after)
    return [Shown(*row) for row in db.execute(query).all()]


def one(db: Session, actor: Actor, transfer_id: int) -> Shown:
    """Raises `NotFound` for what is not there or concerns none of the actor's schools."""
    actor.require_anywhere(READ)
    row = db.execute(_rows().where(col(Transfer.id) == transfer_id, _seen(actor))).first()
    if row is None:
        raise NotFound(f"there is no transfer {transfer_id}")
    return Shown(*row)


def devices(db: Session, transfer_id: int) -> list[Going]:
    """Of a transfer that the actor may see; by tag, without what was left out."""
    query = (
        sa.select(
            col(Asset.id), col(Asset.tag), col(Asset.category), col(Asset.status),
            col(Asset.serial), col(TransferItem.state), col(TransferItem.settled_at),
        )
        .join(TransferItem, col(TransferItem.asset_id) == col(Asset.id))
        .where(
            col(TransferItem.transfer_id) == transfer_id,
            col(TransferItem.state) != ItemState.LEFT_OUT,
        )
        .order_by(col(Asset.tag_key))
    )  # fmt: skip
    return [Going(*row) for row in db.execute(query).all()]


def waiting(actor: Actor, waits: str) -> Any:
    """A subquery of the transfers that wait for the actor to do this, with `at`: since when."""
    since = col(Transfer.requested_at if waits == APPROVE else Transfer.shipped_at)
    return sa.select(since.label("at")).where(_waits(actor, waits)).subquery()


def numbers(found: Sequence[Going]) -> dict[ItemState, int]:
    """How many devices are in which state."""
    return {state: sum(g.state is state for g in found) for state in ItemState}


def _waits(actor: Actor, waits: str) -> Any:
    side = Transfer.from_site_id if waits == APPROVE else Transfer.to_site_id
    scope = actor.scope(WRITE)
    mine = sa.true() if scope is None else col(side).in_(scope)
    return sa.and_(col(Transfer.state) == WAITS[waits], mine)


def _seen(actor: Actor) -> Any:
    scope = actor.scope(READ)
    if scope is None:
        return sa.true()
    return col(Transfer.from_site_id).in_(scope) | col(Transfer.to_site_id).in_(scope)


def _rows() -> Any:
    giving, taking = aliased(Site), aliased(Site)
    number = (
        sa.select(sa.func.count())
        .where(
            col(TransferItem.transfer_id) == col(Transfer.id),
            col(TransferItem.state) != ItemState.LEFT_OUT,
        )
        .correlate(Transfer)
        .scalar_subquery()
    )
    return (
        sa.select(Transfer, col(giving.name), col(taking.name), number)
        .join(giving, col(giving.id) == col(Transfer.from_site_id))
        .join(taking, col(taking.id) == col(Transfer.to_site_id))
    )
