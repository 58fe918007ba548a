"""Turning the pages of a list in both directions, by the keys of its first and last row.

after, before = keys_in(args, int)
found = reading.find(db, actor, wanted, after=after, before=before, limit=ROWS + 1)
leaf = leaf_of(found, ROWS, args, lambda event: event.id)
return page("...", leaf=leaf)          # pager(leaf.previous, leaf.next) in the template
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from inventory.errors import InvalidInput
from inventory.http.paging import decode_cursor, encode_cursor

T = TypeVar("T")
K = TypeVar("K", int, str)

LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """The rows of one page; `previous` and `next` are cursors, None at the ends of the list."""

    rows: Sequence[T]
    previous: str | None
    next: str | None


def keys_in(args: Mapping[str, Any], kind: type[K]) -> tuple[K | None, K | None]:
    """The keys in the arguments `after` and `before`. Raises `InvalidInput` for foreign ones."""
    return _key(args.get("after"), kind), _key(args.get("before"), kind)


def leaf_of(
    found: Sequence[T], most: int, args: Mapping[str, Any], key: Callable[[T], int | str]
) -> Leaf[T]:
    """The page of rows that were read with one more than `most`, so that it is known whether the
    list goes on. With `before` the one too many is the first."""
    back, more = args.get("before") is not None, len(found) > most
    rows = found[-most:] if back else found[:most]
    has_previous = more if back else args.get("after") is not None
    has_next = back or more
    return Leaf(
        rows,
        encode_cursor([key(rows[0])]) if rows and has_previous else None,
        encode_cursor([key(rows[-1])]) if rows and has_next else None,
    )


def _key(cursor: str | None, kind: type[K]) -> K | None:
    if cursor is None:
        return None
    key = decode_cursor(cursor)
    if len(key) != 1 or not isinstance(key[0], kind):
        raise InvalidInput("that is not a page of this list")
    if isinstance(key[0], int) and not 0 <= key[0] <= LARGEST:
        raise InvalidInput("that is not a page of this list")
    return key[0]
