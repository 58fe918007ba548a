"""Lists that turn their pages in both directions, by a column that no two rows share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows: those that follow `after`, or those just ahead of `before`, or the first ones."""

    after: Any = None
    before: Any = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the list's order; `previous` and `next` are keys for `before` and `after`, or None
    where the list begins or ends."""

    rows: Sequence[T]
    previous: Any = None
    next: Any = None


def within(query: Any, column: Any, span: Span, *, descending: bool = False) -> Any:
    """The query for the rows of a span, and one more, which tells whether the list goes on."""
    back = span.before is not None
    key = span.before if back else span.after
    if key is not None:
        query = query.where(column < key if back is not descending else column > key)
    order = sa.desc(column) if descending is not back else sa.asc(column)
    return query.order_by(order).limit(span.limit + 1)


def cut(found: Sequence[T], span: Span, key: Callable[[T], Any]) -> Page[T]:
    """The page that rows of `within` make."""
    more, rows = len(found) > span.limit, list(found[: span.limit])
    back = span.before is not None
    if back:
        rows.reverse()
    if not rows:
        return Page(rows)
    return Page(
        rows,
        previous=key(rows[0]) if (more if back else span.after is not None) else None,
        next=key(rows[-1]) if (back or more) else None,
    )
