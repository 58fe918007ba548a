"""Sweeps that went wrong and that nothing has made good since: what somebody must look into."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.discovery.models import Network, Sweep, SweepState

COUNTED = 1000
FAILED = (SweepState.FAILED, SweepState.INTERRUPTED)
_SETTLED = (SweepState.FINISHED, *FAILED)


def not_made_good() -> "sa.ColumnElement[bool]":
    """A condition on `Sweep`: it failed or was interrupted, and no later sweep of its network has
    come to an end, well or badly; one that was cancelled does not count. So there is at most one
    for each network."""
    ended, network = aliased(Sweep), aliased(Network)
    # One step back in an index for each network, however many sweeps there have been.
    last = (
        sa.select(col(ended.id))
        .where(col(ended.network_id) == col(network.id), col(ended.state).in_(_SETTLED))
        .order_by(sa.desc(col(ended.id)))
        .limit(1)
        .correlate(network)
        .scalar_subquery()
    )
    newest = sa.select(last).select_from(network)
    return sa.and_(col(Sweep.state).in_(FAILED), col(Sweep.id).in_(newest))


def count(db: Session, actor: Actor) -> tuple[int, bool, datetime | None]:
    """How many in the actor's sites, up to `COUNTED`; True where there are more; and since when
    the first of them has been over."""
    actor.require_anywhere(Permission.DISCOVERY_READ)
    query = (
        sa.select(col(Sweep.finished_at))
        .join(Network, col(Network.id) == col(Sweep.network_id))
        .where(not_made_good())
        .order_by(col(Sweep.id))
        .limit(COUNTED + 1)
    )
    scope = actor.scope(Permission.DISCOVERY_READ)
    if scope is not None:
        query = query.where(col(Network.site_id).in_(scope))
    ended = list(db.execute(query).scalars())
    oldest = min((at for at in ended if at is not None), default=None)
    return min(len(ended), COUNTED), len(ended) > COUNTED, oldest
