"""Finding anything: a scanned or typed text leads to one device, or to those it may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlmodel import Session

from inventory.access import Actor
from inventory.assets.filters import AssetFilter
from inventory.assets.listing import list_assets
from inventory.assets.near import NearMiss, near
from inventory.assets.search import MAX_QUERY, MAX_WORDS

QR_PATH = "/a/"
"""Labels carry this server's address with `/a/TAG`; a scanner types all of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a text leads to.

    text    what was looked for, out of a scanned address if it was one
    only    the id of the one device that it means: its tag, a former tag, a serial number, a MAC
            address; or the only device that holds all the words
    exact   how many of `rows` are exact hits; they stand in front
    rows    rows of the asset list (see `assets.listing.COLUMNS`)
    near    tags that may have been meant, where nothing is exact
    """

    text: str
    only: int | None
    exact: int
    rows: Sequence[Any]
    count: int
    capped: bool
    near: Sequence[NearMiss]


def find(db: Session, actor: Actor, text: str, *, limit: int = 20) -> Found:
    """Look for a text among the assets in the actor's reach. Raises `Forbidden`."""
    text = meant(text)
    if not text:
        return Found("", None, 0, [], 0, False, [])
    page = list_assets(db, actor, AssetFilter(q=text), limit=limit)
    misses = near(db, actor, text) if not page.exact else []
    only = page.rows[0].id if page.exact == 1 or (page.count == 1 and page.rows) else None
    return Found(text, only, page.exact, page.rows, page.count, page.capped, misses)


def meant(text: str) -> str:
    """The text without blanks around it; of a scanned label's address, the tag in it."""
    text = " ".join(text[:MAX_QUERY].split()[:MAX_WORDS])
    if text.lower().startswith(("http://", "https://")):
        try:
            path = urlsplit(text).path
        except ValueError:
            return text
        if QR_PATH in path:
            return unquote(path.split(QR_PATH, 1)[1]).strip()
    return text
