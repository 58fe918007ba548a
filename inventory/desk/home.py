"""What waits for somebody, and the fleet in figures: each number leads to the list behind it.

A number and its list ask the same question: the arguments of the list are written down here, and
the number is counted by them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets import policy, schools
from inventory.assets.asking import asked
from inventory.assets.counting import NO_SCHOOL, Cell
from inventory.assets.facets import fleet_cells
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.listing import count_assets, matching
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.assets.recall import Recall
from inventory.assets.spans import Seen, year_acquired
from inventory.desk.home_custody import custody_queues
from inventory.desk.home_managed import managed_queues
from inventory.desk.queues import Args, Queue, Severity, queue_of
from inventory.discovery import review_queue, troubled
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.reading_models import SupplyReading
from snmp_discovery.types import SupplyState

UNSEEN_DAYS, WARRANTY_DAYS = 45, 60
YEARS = 8
"""Years that the chart of ages tells apart; what is older is one bar."""

FRESH = timedelta(seconds=60)
GONE = frozenset({Status.RETIRED, Status.DISPOSED})
HELD = tuple(status.value for status in Status if status not in GONE)
"""What the district still answers for: only that is in the charts, but for that of the states."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart. `value` None: not recorded, or at no school. `args` as in `Queue`, of the
    list of assets; a year without `acquired_from` stands for all before it too."""

    value: str | int | None
    label: str
    count: int
    args: Args


@dataclass(frozen=True, slots=True)
class Figures:
    """charts  category, school, age and seen: of what is `HELD`; status: of everything
    total   how many are held
    """

    charts: Mapping[str, tuple[Bar, ...]]
    total: int
    counted_at: datetime


_FIGURES: Recall[Figures] = Recall(most=24, fresh=FRESH)


def queues(db: Session, actor: Actor, *, now: datetime) -> list[Queue]:
    """What waits for somebody and may be seen by the actor, within their places; counted anew.

    `now` in the zone whose date is today's. What a person may not see is left out; what nothing
    waits in is told as CLEAR.
    """
    found: list[Queue] = []
    if actor.holds(Permission.DISCOVERY_READ):
        found += [
            _findings(db, actor, Outcome.CONFLICT, Severity.WARNING),
            _findings(db, actor, Outcome.NEW, Severity.NOTICE),
            _sweeps(db, actor),
        ]
    if actor.holds(Permission.ASSET_READ):
        found += [
            _assets(db, actor, key, args, severity, first, now)
            for key, (args, severity, first) in _ASSET_QUEUES.items()
        ]
    return managed_queues(db, actor, now=now) + custody_queues(db, actor) + found


def _findings(db: Session, actor: Actor, outcome: Outcome, severity: Severity) -> Queue:
    counted = review_queue.count(db, actor, review_queue.Wanted(outcome=outcome))
    f, scope = DiscoveryFinding, actor.scope(Permission.DISCOVERY_READ)
    first = sa.select(col(f.first_at)).where(col(f.outcome) == outcome, col(f.decision).is_(None))
    if scope is not None:
        first = first.where(col(f.site_id).in_(scope))
    oldest = db.execute(first.order_by(col(f.id)).limit(1)).scalar() if counted[0] else None
    key = "conflicts" if outcome is Outcome.CONFLICT else "new"
    return queue_of(key, "discoveries", {"outcome": outcome.value}, counted, oldest, severity)


def _sweeps(db: Session, actor: Actor) -> Queue:
    number, capped, oldest = troubled.count(db, actor)
    args = {"troubled": "true"}
    return queue_of("sweeps", "sweeps", args, (number, capped), oldest, Severity.URGENT)


First = Callable[[Session, Actor, AssetFilter], date | None]
"""Since when the first of what a filter finds has waited; asked only where it finds something."""


def _assets(
    db: Session,
    actor: Actor,
    key: str,
    args: Args,
    severity: Severity,
    first: First,
    now: datetime,
) -> Queue:
    wanted = asked(pairs(args), at=now)
    counted = count_assets(db, actor, wanted)
    oldest = first(db, actor, wanted) if counted[0] else None
    if oldest is not None and not isinstance(oldest, datetime):
        oldest = datetime.combine(oldest, time(), now.tzinfo)
    return queue_of(key, "assets", args, counted, oldest, severity)


def _longest_unseen(db: Session, actor: Actor, wanted: AssetFilter) -> date | None:
    # Whoever was seen longest ago is among those that were not seen for some days. Without that
    # condition the index on the moment is enough.
    return _least(db, actor, replace(wanted, unseen_days=None), col(Asset.last_seen_at))


def _first_to_end(db: Session, actor: Actor, wanted: AssetFilter) -> date | None:
    return _least(db, actor, wanted, col(Asset.warranty_until))


def _least(db: Session, actor: Actor, wanted: AssetFilter, column: Any) -> date | None:
    # The first in the order of an index; an aggregate would look at all that match.
    where = (*matching(db, actor, wanted).where, column.is_not(None))
    return db.execute(sa.select(column).where(*where).order_by(column).limit(1)).scalar()


def _short_since(db: Session, actor: Actor, wanted: AssetFilter) -> date | None:
    r, assets = SupplyReading, sa.select(col(Asset.id)).where(*matching(db, actor, wanted).where)
    short = (
        col(r.current),
        col(r.state).in_([SupplyState(one.value) for one in wanted.supplies]),
        col(r.asset_id).in_(assets),
    )
    return db.execute(sa.select(sa.func.min(col(r.at))).where(*short)).scalar()


_IN_USE = [status.value for status in Status if status in policy.IN_USE]
_ASSET_QUEUES: Mapping[str, tuple[Args, Severity, First]] = {
    "unseen": (
        {"status": "deployed", "unseen_days": str(UNSEEN_DAYS), "seen_by": "sweep"},
        Severity.WARNING,
        _longest_unseen,
    ),
    "supplies_empty": (
        {"status": "deployed", "supplies": "empty"}, Severity.WARNING, _short_since,
    ),
    "supplies_low": ({"status": "deployed", "supplies": "low"}, Severity.NOTICE, _short_since),
    "warranty": (
        {"status": _IN_USE, "warranty_days": str(WARRANTY_DAYS)}, Severity.NOTICE, _first_to_end,
    ),
}  # fmt: skip


def figures(db: Session, actor: Actor, *, now: datetime) -> Figures:
    """The fleet within the actor's places, by several of its sides; kept for `FRESH`.

    Raises `Forbidden` for whoever may see no asset.
    """
    actor.require_anywhere(Permission.ASSET_READ)
    scope = actor.scope(Permission.ASSET_READ)
    return _FIGURES.ask(db, scope, now, lambda: _figures(db, actor, now))


def _figures(db: Session, actor: Actor, now: datetime) -> Figures:
    counted, at = fleet_cells(db, actor, now=now)
    held = [cell for cell in counted if cell.status not in GONE]
    by_category = _by(held, lambda cell: cell.category)
    by_seen = _by(held, lambda cell: cell.seen)
    by_status = _by(counted, lambda cell: cell.status)
    charts = {
        "category": _words(
            "category", sorted(Category, key=lambda c: -by_category[c]), by_category
        ),
        "school": _schools(db, _by(held, lambda cell: cell.school)),
        "age": _ages(db, actor, now),
        "seen": tuple(_bar(one.value, by_seen[one], {"seen": one.value}) for one in Seen),
        "status": tuple(
            Bar(one.value, one.value, by_status[one], {"status": one.value})
            for one in Status
            if by_status[one]
        ),
    }
    return Figures(charts, sum(cell.number for cell in held), at)


def _by(cells: Iterable[Cell], side: Callable[[Cell], Any]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for cell in cells:
        sums[side(cell)] += cell.number
    return sums


def _bar(value: str | int | None, count: int, args: Args, label: str | None = None) -> Bar:
    shown = label if label is not None else str(value or "")
    return Bar(value, shown, count, {**args, "status": HELD})


def _words(name: str, order: Iterable[StrEnum], sums: Counter[Any]) -> tuple[Bar, ...]:
    return tuple(_bar(one.value, sums[one], {name: one.value}) for one in order if sums[one])


def _schools(db: Session, sums: Counter[Any]) -> tuple[Bar, ...]:
    outside = sums.pop(None, 0) + sums.pop(NO_SCHOOL, 0)
    names = schools.names(db, sums)
    order = sorted(names, key=lambda id_: (names[id_].casefold(), id_))
    bars = [_bar(id_, sums[id_], {"site_id": str(id_)}, names[id_]) for id_ in order]
    if outside:
        bars.append(_bar(None, outside, {"outside_schools": "true"}))
    return tuple(bars)


def _ages(db: Session, actor: Actor, now: datetime) -> tuple[Bar, ...]:
    newest, oldest = now.year, now.year - YEARS + 1
    year = year_acquired(newest, oldest).label("year")
    held = col(Asset.status).in_([Status(word) for word in HELD])
    query = sa.select(year, sa.func.count()).where(*within(actor), held).group_by("year")
    sums = Counter(dict(iter(db.execute(query))))
    bars = []
    for one in range(newest, oldest - 1, -1):
        upto = {} if one == newest else {"acquired_to": str(one)}
        bars.append(_bar(one, sums[one], {"acquired_from": str(one), **upto}))
    if sums[0]:
        before = str(oldest - 1)
        bars.append(_bar(oldest - 1, sums[0], {"acquired_to": before}, f"…{before}"))
    return tuple(reversed(bars))


def pairs(args: Args) -> list[tuple[str, str]]:
    """Query arguments one by one."""
    return [
        (name, one)
        for name, value in args.items()
        for one in ([value] if isinstance(value, str) else value)
    ]
