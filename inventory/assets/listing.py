"""Lists of assets: plain columns, keyset paging in both directions, counts that stop at 1,000."""

import functools
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets import search
from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.filters import SORTS, AssetFilter, Clause, Sort, clauses
from inventory.assets.models import Asset
from inventory.errors import InvalidInput
from inventory.sites.models import Site

MAX_ID = 2**31 - 1
COUNTED = 1000
"""Beyond it a count says "more than"."""
Key = tuple[object, int]

COLUMNS: tuple[Any, ...] = (
    col(Asset.id), col(Asset.tag), col(Asset.tag_key), col(Asset.category), col(Asset.status),
    col(Manufacturer.name).label("manufacturer"), col(AssetModel.name).label("model"),
    col(Asset.name), col(Asset.serial), col(Asset.firmware), col(Asset.site_id),
    col(Site.name).label("site"), col(Asset.funding_source), col(Asset.warranty_until),
    col(Asset.created_at), col(Asset.updated_at), col(Asset.last_seen_at),
    col(Asset.last_seen_source), col(Asset.last_seen_address), col(Asset.version),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssetPage:
    """`rows` have the attributes named in `COLUMNS`. `first`, `last`: keys for the pages around.

    exact    how many rows at the front are exact hits of `q`: beyond the order and the limit
    count    of all pages; where `capped`, there are more than that
    """

    rows: Sequence[Any]
    before: Key | None
    after: Key | None
    count: int
    capped: bool
    exact: int = 0


@dataclass(frozen=True, slots=True)
class Matching:
    """Which assets match: those in `exact`, and without them all for which `where` holds.

    words   whether `where` looks for words, so that asking twice costs twice
    """

    exact: list[int]
    where: list[Clause]
    words: bool


def matching(db: Session, actor: Actor, wanted: AssetFilter) -> Matching:
    """What a filter finds within the actor's scope. Raises as `list_assets`."""
    actor.require_anywhere(Permission.ASSET_READ)
    where = clauses(db, actor, wanted)
    exact = _exactly(db, wanted, where)
    if exact:
        where.append(col(Asset.id).not_in(exact))
    words = search.words_of(wanted.q)
    if words:
        where += search.matching(db, words)
    return Matching(exact, where, bool(words))


def list_assets(
    db: Session,
    actor: Actor,
    wanted: AssetFilter,
    *,
    sort: str = "tag",
    after: Key | None = None,
    before: Key | None = None,
    limit: int = 50,
    also: Sequence[Any] = (),
) -> AssetPage:
    """One page. `after` and `before` are keys of a page with the same filter and sort.

    `also`: further columns to select, see `columns.needed`.

    Exact hits of `q` stand in front of the first page. Raises `Forbidden` without any scope,
    `InvalidInput` for an unknown sort, site or custom field.
    """
    order, down = sort_of(sort)
    found = matching(db, actor, wanted)
    where, select = found.where, functools.partial(rows_where, also=also)
    exact = exactly(db, found, select)
    shown = exact if after is None and before is None else []
    ids, capped = _count(db, where, keep=found.words)
    if found.words and not capped:
        where = [col(Asset.id).in_(ids)]
    backwards = before is not None
    key = before if backwards else after
    rows = walk(db, select, order, down, where, key, limit=limit + 1, backwards=backwards)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_previous = more if backwards else after is not None
    has_next = True if backwards else more
    return AssetPage(
        rows=[*shown, *rows],
        before=_key(rows[0], order) if rows and has_previous else None,
        after=_key(rows[-1], order) if rows and has_next else None,
        count=len(ids) + len(exact),
        capped=capped,
        exact=len(shown),
    )


def count_assets(db: Session, actor: Actor, wanted: AssetFilter) -> tuple[int, bool]:
    """What the list says of its length, without its rows: `AssetPage.count` and `capped`."""
    found = matching(db, actor, wanted)
    ids, capped = _count(db, found.where, keep=False)
    return len(ids) + len(found.exact), capped


def sort_of(sort: str) -> tuple[Sort, bool]:
    """The order and whether it runs downwards. Raises `InvalidInput` for anything not listed."""
    order = SORTS.get(sort.removeprefix("-"))
    if order is None or sort.startswith("--"):
        names = ", ".join(SORTS)
        raise InvalidInput("unknown sort", {"sort": [f"must be one of {names}, or -{names}"]})
    return order, sort.startswith("-")


def _exactly(db: Session, wanted: AssetFilter, where: list[Clause]) -> list[int]:
    ids = search.exact(db, wanted.q) if wanted.q else []
    if not ids:
        return []
    query = sa.select(col(Asset.id)).where(*where, col(Asset.id).in_(ids))
    return list(db.execute(query).scalars())


def exactly(db: Session, found: Matching, select: Callable[[list[Clause]], Any]) -> list[Any]:
    """The rows of the exact hits, by their tags. `select`: as in `walk`."""
    if not found.exact:
        return []
    return list(db.execute(select([col(Asset.id).in_(found.exact)]).order_by(col(Asset.tag_key))))


def _count(db: Session, where: list[Clause], *, keep: bool) -> tuple[list[int], bool]:
    """At most 1,000 ids and whether there are more; without `keep` the ids are only counted."""
    ids = sa.select(col(Asset.id)).where(*where).limit(COUNTED + 1)
    if keep:
        found = list(db.execute(ids).scalars())
    else:
        number = db.execute(sa.select(sa.func.count()).select_from(ids.subquery())).scalar()
        found = [0] * (number or 0)
    return found[:COUNTED], len(found) > COUNTED


def rows_where(where: list[Clause], *, also: Sequence[Any] = ()) -> Any:
    """The query for rows as a page has them."""
    return (
        sa.select(*COLUMNS, *also)
        .select_from(Asset)
        .outerjoin(Manufacturer, col(Manufacturer.id) == col(Asset.manufacturer_id))
        .outerjoin(AssetModel, col(AssetModel.id) == col(Asset.model_id))
        .outerjoin(Site, col(Site.id) == col(Asset.site_id))
        .where(*where)
    )


def walk(
    db: Session,
    select: Callable[[list[Clause]], Any],
    order: Sort,
    down: bool,
    where: list[Clause],
    key: Key | None,
    *,
    limit: int,
    backwards: bool = False,
) -> list[Any]:
    """The next rows behind `key` in this order. `select` makes the query of a WHERE over `Asset`;
    its rows need the id and the order's column."""
    descending = down != backwards
    rows: list[Any] = []
    for part, by_value in _parts(order, descending, key):
        query = select(where + part).limit(limit - len(rows))
        columns = [order.column] if by_value else []
        if not (order.unique and by_value):
            columns.append(col(Asset.id))
        query = query.order_by(*(c.desc() if descending else c.asc() for c in columns))
        rows += db.execute(query)
        if len(rows) >= limit:
            break
    return rows


def _parts(order: Sort, descending: bool, key: Key | None) -> Iterator[tuple[list[Clause], bool]]:
    """The stretches of rows behind `key`, in order: (WHERE, whether ordered by value).

    Rows without a value are their own stretch, so that each stretch is one range of the index.
    """
    column, id_ = order.column, col(Asset.id)
    valued = [column.is_not(None)] if order.nullable else []
    if key is None:
        stretches = [(valued, True)]
        if order.nullable:
            stretches.insert(len(stretches) if descending else 0, ([column.is_(None)], False))
        yield from stretches
        return
    value, last = key
    if value is None:
        yield [column.is_(None), id_ < last if descending else id_ > last], False
        if not descending:
            yield valued, True
        return
    if order.unique:
        yield [column < value if descending else column > value], True
        return
    pair = sa.tuple_(column, id_)
    edge = sa.tuple_(sa.literal(value, column.type), sa.literal(last))
    yield [pair < edge if descending else pair > edge], True
    if order.nullable and descending:
        yield [column.is_(None)], False


def _key(row: Any, order: Sort) -> Key:
    value = getattr(row, order.column.key)
    return (value.isoformat() if isinstance(value, datetime) else value), row.id


def key_of(given: Sequence[object], sort: str) -> Key:
    """The key in a cursor `[sort, value, id]` of a list in this order. Raises `InvalidInput`."""
    order, _ = sort_of(sort)
    wrong = InvalidInput("not a cursor of this list", {"after": ["is not a cursor of this list"]})
    if len(given) != 3 or given[0] != sort or type(given[2]) is not int:
        raise wrong
    value = given[1]
    text = value if isinstance(value, str) else ""
    if not 0 < given[2] <= MAX_ID or any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
        raise wrong
    if value is None and order.nullable:
        return None, given[2]
    if not isinstance(value, str):
        raise wrong
    if not order.moment:
        return value, given[2]
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise wrong
        # At the ends of the calendar a zone may lead out of it.
        return moment.astimezone(UTC), given[2]
    except (ValueError, OverflowError) as bad:
        raise wrong from bad
