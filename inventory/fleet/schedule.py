"""When a connection is due for a sync. Pure rules."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.errors import InvalidInput

MINUTES = (5, 7 * 24 * 60)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def check(every_minutes: int | None, full_at: str | None) -> None:
    """Raises `InvalidInput` naming the field."""
    least, most = MINUTES
    if every_minutes is not None and not least <= every_minutes <= most:
        raise _wrong("every_minutes", f"must be between {least} and {most}")
    if full_at is not None and not _CLOCK.fullmatch(full_at):
        raise _wrong("full_at", "must be a time of day like 01:30")


def next_interval(
    every_minutes: int | None, *, after: datetime, previous: datetime | None = None
) -> datetime | None:
    """The next moment after `after`; it counts on from `previous`, and makes up for nothing."""
    if every_minutes is None:
        return None
    step, start = timedelta(minutes=every_minutes), previous or after
    return start + step * (max(0, (after - start) // step) + 1)


def next_at(full_at: str | None, *, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The next time of that day after `after`; a time that the clock change leaves out is the
    hour after it."""
    found = _CLOCK.fullmatch(full_at) if full_at is not None else None
    if found is None:
        return None
    at, today = time(int(found[1]), int(found[2])), after.astimezone(zone).date()
    days = (today + timedelta(days=more) for more in (0, 1, 2))
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment > after)


def _wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name}: {message}", {name: [message]})
