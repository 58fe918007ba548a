"""Cursors of the lists on an asset's page."""

from datetime import datetime

from inventory.assets.schemas import MAX_ID
from inventory.errors import InvalidInput
from inventory.http.paging import decode_cursor, encode_cursor


def wrong() -> InvalidInput:
    return InvalidInput("not a cursor", {"query": {"after": ["is not a cursor of this list"]}})


def moment_of(text: object) -> datetime:
    """The moment in a cursor. Raises `InvalidInput`."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as bad:
        raise wrong() from bad
    if at.tzinfo is None:
        raise wrong()
    return at


def moment_key(cursor: str) -> tuple[datetime, int]:
    """(moment, id) of a cursor that `moment_cursor` made. Raises `InvalidInput`."""
    match decode(cursor):
        case [str(at), int(last)] if 0 < last <= MAX_ID:
            return moment_of(at), last
    raise wrong()


def moment_cursor(at: datetime, last: int) -> str:
    return encode_cursor([at.isoformat(), last])


def decode(cursor: str) -> list[object]:
    """As `decode_cursor`, with the message where pages look for it."""
    try:
        return decode_cursor(cursor)
    except InvalidInput as broken:
        raise wrong() from broken
