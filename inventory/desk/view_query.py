"""The query of a saved view in its one normal form, or why it cannot be one."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import asking as assets, columns as asset_columns
from inventory.assets.listing import matching, sort_of
from inventory.assets.query_text import Pairs
from inventory.desk.models import ViewPage
from inventory.discovery import asking as discoveries
from inventory.errors import InvalidInput

MAX_QUERY = 2000
NOT_KEPT = frozenset({"after", "before", "limit"})
"""Where one was in the list, and how long its pages were: no part of a view."""

PERMISSIONS = {
    ViewPage.ASSETS: Permission.ASSET_READ,
    ViewPage.DISCOVERIES: Permission.DISCOVERY_READ,
}
"""What one needs to see the list of each page, and so its views."""


def normal(db: Session, actor: Actor, page: ViewPage, query: str, *, now: datetime) -> str:
    """The query as after the "?" of the list's address, in normal form.

    Whatever the list itself would refuse is refused: unknown arguments and values, fields, orders
    and columns that there are not. Raises `InvalidInput`; `Forbidden` for whoever may not see the
    list.
    """
    actor.require_anywhere(PERMISSIONS[page])
    if len(query) > MAX_QUERY:
        raise _wrong(f"must not be longer than {MAX_QUERY} characters")
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, errors="strict")
    except ValueError as broken:
        raise _wrong("is not a query string") from broken
    kept = [pair for pair in pairs if pair[0] not in NOT_KEPT]
    match page:
        case ViewPage.ASSETS:
            written = urlencode(_of_assets(db, actor, kept, now))
        case ViewPage.DISCOVERIES:
            written = urlencode(discoveries.pairs_of(discoveries.asked(kept)))
    if len(written) > MAX_QUERY:
        raise _wrong(f"must not be longer than {MAX_QUERY} characters")
    return written


def _of_assets(db: Session, actor: Actor, pairs: Pairs, now: datetime) -> Pairs:
    """Beside the filter: `sort`, the last one, and `columns`, in their order."""
    wanted = assets.asked([p for p in pairs if p[0] not in {"sort", "columns"}], at=now)
    matching(db, actor, wanted)
    sort = ([text for name, text in pairs if name == "sort" and text] or ["tag"])[-1]
    sort_of(sort)
    chosen = asset_columns.picked(db, [text for name, text in pairs if name == "columns" and text])
    order = [("sort", sort)] if sort != "tag" else []
    return [*assets.pairs_of(wanted), *order, *(("columns", column.key) for column in chosen)]


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(f"the query {message}", {"query": [message]})
