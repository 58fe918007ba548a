"""What the review queue can be narrowed to, and how many findings each choice would leave."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset
from inventory.discovery import review_queue
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review_queue import Wanted
from snmp_discovery.types import Kind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """How many findings are alike in all that one can filter by."""

    outcome: Outcome
    network_id: int
    kind: Kind
    default_community: bool
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts under all other filters in force. `kinds` and `networks`: most first.

    waiting  all that wait for a person; new and conflict: those among them
    """

    waiting: int
    new: int
    conflict: int
    kinds: Sequence[tuple[Kind, int]]
    networks: Sequence[tuple[int, int]]
    defaults: int
    total: int


def facets(db: Session, actor: Actor, wanted: Wanted) -> Facets:
    """One query for what waits, and one more where something else is wanted."""
    waiting = _groups(db, actor, Wanted(site_id=wanted.site_id))
    groups = waiting
    if wanted.state != "open":
        groups = _groups(db, actor, Wanted(state=wanted.state, site_id=wanted.site_id))
    by = {
        "outcome": lambda g: wanted.outcome in {None, g.outcome},
        "kind": lambda g: wanted.kind in {None, g.kind},
        "network": lambda g: wanted.network_id in {None, g.network_id},
        "default": lambda g: wanted.default_community in {None, g.default_community},
    }  # fmt: skip
    open_now = _but(waiting, by, "outcome")
    return Facets(
        waiting=sum(g.count for g in open_now),
        new=sum(g.count for g in open_now if g.outcome is Outcome.NEW),
        conflict=sum(g.count for g in open_now if g.outcome is Outcome.CONFLICT),
        kinds=_counted((g.kind, g.count) for g in _but(groups, by, "kind")),
        networks=_counted((g.network_id, g.count) for g in _but(groups, by, "network")),
        defaults=sum(g.count for g in _but(groups, by, "default") if g.default_community),
        total=sum(g.count for g in _but(groups, by, "")),
    )


def tags_of(db: Session, actor: Actor, rows: Iterable[DiscoveryFinding]) -> dict[int, str]:
    """The tags of the assets that findings are about, as far as the actor may read them."""
    ids = {id_ for row in rows for id_ in (*row.candidates, row.asset_id) if id_ is not None}
    query = sa.select(col(Asset.id), col(Asset.tag)).where(col(Asset.id).in_(ids))
    scope = actor.scope(Permission.ASSET_READ)
    if scope is not None:
        query = query.where(col(Asset.site_id).in_(scope))
    return {row[0]: row[1] for row in db.execute(query)} if ids else {}


def next_waiting(db: Session, actor: Actor, finding_id: int) -> int | None:
    """The id of the finding that waits next in the queue, which is newest first; at its end the
    first one. None where nothing waits."""
    waiting = review_queue.clauses(db, actor, Wanted())
    id_ = col(DiscoveryFinding.id)
    query = select(DiscoveryFinding.id).where(*waiting, id_ != finding_id)
    behind = sa.case((id_ < finding_id, 0), else_=1)
    return db.exec(query.order_by(behind, sa.desc(id_)).limit(1)).first()


def _groups(db: Session, actor: Actor, wanted: Wanted) -> list[Group]:
    f = DiscoveryFinding
    alike = (col(f.outcome), col(f.network_id), col(f.kind), col(f.default_community))
    query = (
        sa.select(*alike, sa.func.count())
        .where(*review_queue.clauses(db, actor, wanted))
        .group_by(*alike)
    )
    return [Group(*row) for row in db.execute(query)]


def _but(groups: Sequence[Group], by: dict[str, Callable[[Group], bool]], own: str) -> list[Group]:
    """What all filters but one's own leave."""
    return [g for g in groups if all(fits(g) for name, fits in by.items() if name != own)]


def _counted(pairs: Iterable[tuple[T, int]]) -> list[tuple[T, int]]:
    found: dict[T, int] = {}
    for key, count in pairs:
        found[key] = found.get(key, 0) + count
    return sorted(found.items(), key=lambda item: (-item[1], str(item[0])))
