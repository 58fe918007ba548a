"""What a directory's settings may be. Pure rules; messages never repeat a setting's value."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.errors import InvalidInput
from inventory.people.models import PersonRole
from inventory.people.sources.models import DirectoryKind
from mdm.connection import VendorInfo
from mdm.directories.registry import directories, open_directory
from mdm.errors import MdmError
from mdm.http import is_loopback

MOST_CHARACTERS = 40_000
MOST_BY_ITSELF = 500
"""No plan of more changes is ever applied without a person."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)

Config = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DirectoryDraft:
    """A directory as a person enters it; see `RosterDirectory`. `source`: its name here."""

    source: str
    kind: DirectoryKind
    config: Config = field(repr=False)
    address: str = ""
    daily_at: str | None = None
    auto_most: int | None = None
    rest_role: PersonRole | None = None


COLUMNS = ("address", "daily_at", "auto_most", "rest_role")


def info_of(kind: DirectoryKind) -> VendorInfo:
    """What it must be told, and which of it is secret."""
    return directories()[kind.value]


def check(draft: DirectoryDraft, *, simulated: bool) -> None:
    """Raises `InvalidInput` naming the field. `simulated`: one on this machine is allowed."""
    if draft.address and not (simulated and is_loopback(draft.address)):
        raise wrong("address", "is only for a simulated directory on this machine")
    if draft.daily_at is not None and not _CLOCK.fullmatch(draft.daily_at):
        raise wrong("daily_at", "must be a time of day like 03:30")
    if draft.auto_most is not None and not 1 <= draft.auto_most <= MOST_BY_ITSELF:
        raise wrong("auto_most", f"must be between 1 and {MOST_BY_ITSELF}")
    if sum(len(key) + len(value) for key, value in draft.config.items()) > MOST_CHARACTERS:
        raise wrong("config", f"has more than {MOST_CHARACTERS:,} characters")
    try:
        json.dumps(dict(draft.config), ensure_ascii=False).encode()
        open_directory(
            draft.kind.value, draft.config, name=draft.source, base_url=draft.address or None
        )
    except UnicodeEncodeError:
        # Without its cause, which holds the secret.
        raise wrong("config", "must be Unicode text") from None
    except MdmError as refused:
        raise wrong("config", refused.reason) from None


def merged(
    kind: DirectoryKind, present: Config, changes: Mapping[str, str | None], *, moved: bool
) -> dict[str, str]:
    """`present` with `changes`; None takes a setting away.

    A secret goes only where it went before: whoever changes where a directory is (`moved`, or a
    setting that is no secret) gives its secrets anew. Raises `InvalidInput`.
    """
    laid: dict[str, str | None] = {**present, **changes}
    config = {name: value for name, value in laid.items() if value is not None}
    secret = {item.name for item in info_of(kind).fields if item.secret}
    others = any(present.get(n) != v for n, v in config.items() if n not in secret)
    others = others or any(name not in config for name in present if name not in secret)
    kept = sorted((secret & set(config)) - set(changes))
    if (moved or others) and kept:
        raise wrong("config", f"leads elsewhere now: give {', '.join(kept)} anew")
    return config


def next_at(daily_at: str | None, *, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The next time of that day after `after`; None for never."""
    found = _CLOCK.fullmatch(daily_at) if daily_at is not None else None
    if found is None:
        return None
    at, today = time(int(found[1]), int(found[2])), after.astimezone(zone).date()
    days = (today + timedelta(days=more) for more in (0, 1, 2))
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment > after)


def wrong(name: str, message: str) -> InvalidInput:
    """An `InvalidInput` about one field."""
    return InvalidInput(f"{name}: {message}", {name: [message]})
