"""What to do where a list is empty: which filter stands in the way, and tags that look alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from inventory.access import Actor
from inventory.assets import near
from inventory.assets.asking import asked
from inventory.assets.filters import AssetFilter
from inventory.assets.listing import list_assets
from inventory.assets.near import NearMiss
from inventory.assets.query_text import Pairs
from inventory.desk.list_words import chips

MOST = 6
"""Filters that are tried; each costs a look at the list."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Without the filter `text` there would be `count` assets, or more where `capped`."""

    text: Markup
    href: str
    count: int
    capped: bool


def ways_out(
    db: Session, actor: Actor, pairs: Pairs, kept: Pairs, names: Mapping[str, str], *, at: datetime
) -> list[WayOut]:
    """The filters without any one of which something would match."""
    found = []
    tried = list(zip(pairs, chips(pairs, kept, names), strict=True))[:MOST]
    for pair, (text, href) in tried if len(pairs) > 1 else ():
        rest = asked([each for each in pairs if each != pair], at=at)
        page = list_assets(db, actor, rest, limit=1)
        if page.count:
            found.append(WayOut(text, href, page.count, page.capped))
    return found


def alike(db: Session, actor: Actor, wanted: AssetFilter) -> list[NearMiss]:
    """Assets whose tag is nearly what was looked for."""
    text = wanted.tag or wanted.q
    return near.near(db, actor, text) if text else []
