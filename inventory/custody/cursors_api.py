"""Where a page of the list of what is out ends, for the API and the web UI."""

from datetime import datetime

from inventory.custody import listing
from inventory.errors import InvalidInput
from inventory.http.keyset import MAX_ID
from inventory.http.paging import decode_cursor, encode_cursor


def cursor_of(held: listing.Held) -> str:
    """The place of a row in the list."""
    due = held.custody.due_at or listing.NEVER
    return encode_cursor([due.isoformat(), held.custody.id])


def read_cursor(text: str) -> listing.Due:
    """Raises `InvalidInput` for what `cursor_of` did not make."""
    try:
        match decode_cursor(text):
            case [str(due), int(last)] if 0 < last <= MAX_ID:
                moment = datetime.fromisoformat(due)
                if moment.tzinfo is not None:
                    return moment, last
    except (ValueError, OverflowError):
        pass
    raise InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})
