"""Following a list from page to page, without being led in circles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mdm.answers import Answer
from mdm.errors import Gone, Invalid, Looping, Malformed, Refused, ResumeRefused, Where
from mdm.fields import Fields

MAX_PAGES = 100_000

Fetch = Callable[[str | None], tuple[list[object], str | None]]
"""From a cursor (None: the first page) to the rows and the cursor of the next page, if any."""


def follow(
    fetch: Fetch, start: str | None, where: Where
) -> Iterator[tuple[list[object], str | None]]:
    """Pages as (rows, cursor of the next page). Raises `Looping` where a cursor comes again.

    A `start` that the vendor refuses is `ResumeRefused`: it was good once and is too old now.
    """
    cursor, seen = start, {start}
    for number in range(MAX_PAGES):
        try:
            rows, following = fetch(cursor)
        except (Refused, Invalid, Gone) as refused:
            if number == 0 and start is not None:
                raise ResumeRefused(where, f"begin the list anew: {refused.reason}") from refused
            raise
        if following is not None and following in seen:
            raise Looping(where, f"page {number + 2} of the list leads back to an earlier one")
        yield rows, following
        if following is None:
            return
        seen.add(following)
        cursor = following
    raise Looping(where, f"the list does not end after {MAX_PAGES} pages")


def rows_of(answer: Answer, where: Where, *names: str) -> list[object]:
    """The list there in an answer; an absent one is empty. Raises `Malformed` for other shapes."""
    told = Fields(answer.data)
    found = told.rows(*names)
    if not isinstance(answer.data, dict) or (found is None and told.get(*names) is not None):
        raise Malformed(where, f"no list of {'.'.join(names)} in the answer")
    return found or []


def cursor_of(answer: Answer, *names: str) -> str | None:
    """The text there exactly as it is, to be sent back; None where there is no further page."""
    found = Fields(answer.data).get(*names)
    return found if isinstance(found, str) and found else None
