"""How long a supply will last, where its readings honestly allow to say so. Pure functions.

The level falls from the first reading since the last refill to the present one; that fall, divided
by the days between, is the use of a day, and the present level divided by it are the days left. A
holiday, an exam week or a new class change the use: this is an "about", and it is not made at all
from few readings, a short time, a small fall, or a device that has not been seen lately.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEAST_READINGS = 4
LEAST_DAYS = 7
LEAST_FALL = 10
"""Percent: below it a device that counts in tens has not moved at all."""

STALE = timedelta(days=7)
REFILLED = 15
"""A rise of so many percent is another cartridge; a smaller one a level that was told better."""

MOST_DAYS = 730


@dataclass(frozen=True, slots=True)
class Level:
    """From `at` on the supply was at `percent`, until the next one."""

    at: datetime
    percent: int | None


class WhyNot(StrEnum):
    """Why there is no forecast."""

    NOT_TOLD = "not_told"
    FEW_READINGS = "few_readings"
    SHORT = "short"
    HARDLY_USED = "hardly_used"
    NOT_SEEN = "not_seen"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Forecast:
    """days_left  from the last time the device was seen; None with the reason in `why_not`
    per_day    percent used on a day, `since` when, by `readings` readings
    """

    days_left: int | None = None
    per_day: float = 0.0
    since: datetime | None = None
    readings: int = 0
    why_not: WhyNot | None = None


def forecast(levels: Sequence[Level], *, seen_at: datetime | None, now: datetime) -> Forecast:
    """From the levels of one supply, oldest first; `seen_at`: when the device last answered."""
    if not levels or levels[-1].percent is None:
        return Forecast(why_not=WhyNot.NOT_TOLD)
    if levels[-1].percent == 0:
        return Forecast(why_not=WhyNot.EMPTY)
    if seen_at is None or now - seen_at > STALE:
        return Forecast(why_not=WhyNot.NOT_SEEN)
    run = since_refill(levels)
    first, last = run[0], run[-1]
    assert first.percent is not None
    assert last.percent is not None
    days = (max(seen_at, last.at) - first.at) / timedelta(days=1)
    fall = first.percent - last.percent
    if len(run) < LEAST_READINGS:
        return Forecast(why_not=WhyNot.FEW_READINGS)
    if days < LEAST_DAYS:
        return Forecast(why_not=WhyNot.SHORT)
    if fall < LEAST_FALL:
        return Forecast(why_not=WhyNot.HARDLY_USED)
    per_day = fall / days
    left = min(MOST_DAYS, round(last.percent / per_day))
    return Forecast(left, per_day, first.at, len(run))


def since_refill(levels: Sequence[Level]) -> Sequence[Level]:
    """The last stretch of told levels without a refill; a gap in telling ends it too."""
    run: list[Level] = []
    for level in levels:
        if level.percent is None:
            run = []
            continue
        if run and level.percent - (run[-1].percent or 0) >= REFILLED:
            run = []
        run.append(level)
    return run
