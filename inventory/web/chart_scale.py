"""Scales: round numbers, calendar ticks, and which labels have room. Pure functions."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from math import ceil, floor, log10

from babel.dates import format_datetime

NARROW, MIDDLE, BROAD = 256, 340, 620
"""Widths in pixels that a chart may count on; charts.css shows more labels at each."""

TIERS = ((NARROW, ""), (MIDDLE, " chart-from-m"), (BROAD, " chart-from-l"))


class Grain(StrEnum):
    """How exactly a moment is told."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    FULL = "full"


DateFormat = Callable[[datetime, Grain], str]

_PATTERNS = {
    "en": {"hour": "HH:mm", "day": "MMM d", "month": "MMM y", "year": "y", "full": "MMM d, y"},
    "es": {"hour": "HH:mm", "day": "d MMM", "month": "MMM y", "year": "y", "full": "d MMM y"},
}


def dates_in(language: str) -> DateFormat:
    """How dates are told in a language of the application, by its code; else as in English."""
    locale = language if language in _PATTERNS else "en"
    return lambda at, grain: format_datetime(at, _PATTERNS[locale][grain], locale=locale)


def ticks(low: float, high: float, *, most: int = 4, whole: bool = False) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`, in steps of 1, 2 or 5 tens.

    whole  no fractions: half a page is not printed
    """
    low, high = max(low, -1e100), min(high, 1e100)
    if high - low <= max(abs(low) * 1e-9, 1e-100):
        high = low + max(1.0, abs(low) / 10)
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * 0.999)
    if whole:
        step = max(1.0, step)
    first, last = floor(low / step), ceil(high / step)
    values = [place * step for place in range(first, last + 1)]
    return [round(v) if step >= 1 else round(v, ceil(-log10(step)) + 1) for v in values]


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STEPS: tuple[tuple[timedelta, Grain, int], ...] = (
    *((n * _HOUR, Grain.HOUR, n) for n in (1, 3, 6, 12)),
    *((n * _DAY, Grain.DAY, n) for n in (1, 2, 7, 14)),
    *((n * 30 * _DAY, Grain.MONTH, n) for n in (1, 2, 3, 6)),
    *((n * 365 * _DAY, Grain.YEAR, n) for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)


def calendar(
    first: datetime, last: datetime, zone: tzinfo = UTC, *, most: int = 6
) -> tuple[list[datetime], Grain]:
    """Moments within the span at which a calendar's unit begins, and that unit."""
    span = last - first
    step, grain, count = next((s for s in _STEPS if s[0] * most >= span), _STEPS[-1])
    begin, end = _local(first, zone), _local(last, zone)
    found: list[datetime] = []
    at: datetime | None = _floor(begin, grain, count)
    while at is not None and at <= end and len(found) <= 4 * most:
        if at >= begin:
            found.append(at.replace(tzinfo=zone))
        at = _next(at, step, grain, count)
    return found, grain


def _local(at: datetime, zone: tzinfo) -> datetime:
    """Wall-clock time in the zone; at the calendar's edges, where zones do not reach, UTC's."""
    try:
        return at.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return at.replace(tzinfo=None)


def _floor(at: datetime, grain: Grain, count: int) -> datetime:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain is Grain.HOUR:
        return midnight
    if grain is Grain.DAY:
        days = midnight.toordinal() - 1  # the first day of the calendar was a Monday
        return midnight - days % count * _DAY
    if grain is Grain.MONTH:
        return midnight.replace(day=1, month=(at.month - 1) // count * count + 1)
    return midnight.replace(day=1, month=1, year=max(1, at.year // count * count))


def _next(at: datetime, step: timedelta, grain: Grain, count: int) -> datetime | None:
    """None behind the calendar's last year."""
    try:
        if grain is Grain.MONTH:
            months = at.year * 12 + at.month - 1 + count
            return at.replace(year=months // 12, month=months % 12 + 1)
        if grain is Grain.YEAR:
            return at.replace(year=at.year // count * count + count)
        return at + step
    except (OverflowError, ValueError):
        return None


def roomy(count: int, widest: float) -> list[str | None]:
    """For labels spread evenly: the class of each, None where it never has room.

    Every n-th is shown at any width, more from a middle and a broad width on; those of a narrower
    picture stay, so that nothing jumps.
    """
    shown: list[str | None] = [None] * count
    strides = [_stride(count, widest, width) for width, _ in TIERS]
    for stride, (_, name) in reversed(list(zip(strides, TIERS, strict=True))):
        for place in range(0, count, stride):
            shown[place] = name
    return shown


def _stride(count: int, widest: float, width: float) -> int:
    """A power of two, so that the places of a coarser stride are among those of a finer one."""
    needed, stride = max(1.0, count * (widest + 8) / width), 1
    while stride < needed:
        stride *= 2
    return stride


def places(values: Sequence[float], low: float, high: float) -> list[float]:
    """Where each value lies between low (0) and high (1)."""
    span = high - low
    return [0.5 if span <= 0 else min(1.0, max(0.0, (v - low) / span)) for v in values]
