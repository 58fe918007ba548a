"""What stands beside a list of assets: by what it can be narrowed or widened, with counts."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets import schools
from inventory.assets.counting import NO_SCHOOL, Cell, cells
from inventory.assets.facet_values import NAMES, Facet, shown
from inventory.assets.filters import AssetFilter
from inventory.assets.listing import matching
from inventory.assets.models import Asset
from inventory.assets.naming import manufacturer_named
from inventory.assets.recall import Recall
from inventory.sites.models import SiteKind

FEW = 5_000
"""So many assets are counted anew for every page; where there are more, the numbers are kept."""

FRESH = timedelta(seconds=30)
Test = Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Facets:
    """facets   by name, in the order of `NAMES`
    total    how many assets match the whole filter; None where that was not counted
    whole    the numbers know the whole filter. Where not, they know only what is chosen in the
             facets: they are of the fleet, not of what the words or the room found
    """

    facets: Mapping[str, Facet]
    total: int | None
    whole: bool
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class _Counted:
    cells: Sequence[Cell]
    at: datetime
    whole: bool = True


_CELLS: Recall[_Counted] = Recall(most=24, fresh=FRESH)
_FACETS: Recall[Facets] = Recall(most=200, fresh=FRESH)


def facets(db: Session, actor: Actor, wanted: AssetFilter, *, now: datetime) -> Facets:
    """Every facet's values under the present filter, within the actor's scope.

    A value's count is the number of assets that the list would hold if this value alone were chosen
    in its facet and all else of the filter stayed: so one can widen. Where at most `FEW` assets are
    concerned the numbers are of this moment; otherwise of `counted_at`, at most `FRESH` ago, and
    where words of `q` find more than `FEW`, of the fleet (see `Facets.whole`).

    Raises as `list_assets`.
    """
    actor.require_anywhere(Permission.ASSET_READ)
    scope = actor.scope(Permission.ASSET_READ)
    key = scope, replace(wanted, at=None)
    known = _FACETS.get(db, key, now)
    if known is not None:
        return known
    maker = manufacturer_named(db, wanted.manufacturer) if wanted.manufacturer else None
    makers: set[int] = {maker.id if maker else -1} if wanted.manufacturer else set()
    if wanted.manufacturer_id is not None:
        makers.add(wanted.manufacturer_id)
    tests, rest = _split(db, wanted, makers)
    wide = _counted(db, actor, replace(rest, site_id=None), now)
    near = _counted(db, actor, rest, now) if rest.site_id is not None else wide
    whole = wide.whole and near.whole
    if not whole:
        wide = near = _counted(db, actor, AssetFilter(), now)
    found, total = _sums(near.cells, tests)
    if near is not wide:
        found["school"] = _sums(wide.cells, tests)[0]["school"]
    made = Facets(
        shown(db, actor, found, wanted, makers),
        total if whole else None,
        whole,
        min(near.at, wide.at),
    )
    if _size(wide) > FEW:
        _FACETS.put(db, key, made, made.counted_at)
    return made


def fleet_cells(db: Session, actor: Actor, *, now: datetime) -> tuple[Sequence[Cell], datetime]:
    """Everything within the actor's scope as cells, and when they were counted; kept as for
    facets."""
    counted = _counted(db, actor, AssetFilter(), now)
    return counted.cells, counted.at


def _split(
    db: Session, wanted: AssetFilter, makers: set[int]
) -> tuple[dict[str, Test], AssetFilter]:
    """What is chosen in the facets as a test for each, and the filter without that."""
    kind = schools.kind_of(db, wanted.site_id) if wanted.site_id is not None else None
    whole_place = kind in {SiteKind.DISTRICT, SiteKind.SCHOOL}
    tests: dict[str, Test] = {}
    if wanted.category:
        tests["category"] = frozenset(wanted.category).__contains__
    if wanted.status:
        tests["status"] = frozenset(wanted.status).__contains__
    if wanted.seen:
        tests["seen"] = frozenset(wanted.seen).__contains__
    if makers or wanted.has_manufacturer is not None:
        tests["manufacturer"] = _maker_test(makers, wanted.has_manufacturer)
    if whole_place or wanted.outside_schools is not None:
        tests["school"] = _school_test(wanted, kind if whole_place else None)
    rest = replace(
        wanted, category=(), status=(), seen=(), manufacturer="", manufacturer_id=None,
        has_manufacturer=None, outside_schools=None,
        site_id=None if whole_place else wanted.site_id,
    )  # fmt: skip
    return tests, rest


def _maker_test(makers: set[int], has: bool | None) -> Test:
    return lambda maker: (
        all(maker == one for one in makers) and (has is None or has == (maker is not None))
    )


def _school_test(wanted: AssetFilter, kind: SiteKind | None) -> Test:
    place, outside = wanted.site_id, wanted.outside_schools

    def test(school: object) -> bool:
        if kind is SiteKind.SCHOOL and school != place:
            return False
        if kind is SiteKind.DISTRICT and school is None:
            return False
        return outside is None or outside == (school in {None, NO_SCHOOL})

    return test


def _counted(db: Session, actor: Actor, rest: AssetFilter, now: datetime) -> _Counted:
    key = actor.scope(Permission.ASSET_READ), replace(rest, at=None)
    known = _CELLS.get(db, key, now)
    if known is not None:
        return known
    found = matching(db, actor, rest)
    most = FEW if found.words else None
    counted = cells(db, found.where, now, most=most)
    if found.exact:
        counted += cells(db, [col(Asset.id).in_(found.exact)], now)
    made = _Counted(counted, now)
    if _size(made) <= FEW:
        return made
    if found.words:
        made = _Counted((), now, whole=False)
    return _CELLS.put(db, key, made, now)


def _size(counted: _Counted) -> int:
    return sum(cell.number for cell in counted.cells)


def _sums(
    counted: Sequence[Cell], tests: Mapping[str, Test]
) -> tuple[dict[str, Counter[object]], int]:
    """Each facet's counts under the choices of the others, and the total under all choices."""
    sums: list[Counter[object]] = [Counter() for _ in NAMES]
    active = [(NAMES.index(name), test) for name, test in tests.items()]
    total = 0
    for cell in counted:
        failed = [place for place, test in active if not test(cell[place])]
        if not failed:
            total += cell.number
            for place, by_value in enumerate(sums):
                by_value[cell[place]] += cell.number
        elif len(failed) == 1:
            sums[failed[0]][cell[failed[0]]] += cell.number
    return dict(zip(NAMES, sums, strict=True)), total
