"""Pages by an id, as most lists of the API have them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from inventory.errors import InvalidInput
from inventory.http.paging import decode_cursor, encode_cursor

MAX_ID = 2**31 - 1


def after_id(args: Mapping[str, Any]) -> int | None:
    """The id in the cursor. Raises `InvalidInput` for a cursor of another list."""
    if "after" not in args:
        return None
    match decode_cursor(args["after"]):
        case [int(last)] if 0 < last <= MAX_ID:
            return last
    raise InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})


def page_of_rows(
    rows: Sequence[Any],
    limit: int,
    shown: Callable[[list[Any]], Sequence[Any]] = list,
    key: Callable[[Any], int] = lambda row: int(row.id),
) -> dict[str, Any]:
    """A page of rows that were read with one more than the limit."""
    kept = list(rows[:limit])
    more = encode_cursor([key(kept[-1])]) if len(rows) > limit else None
    return {"items": shown(kept), "next": more}
