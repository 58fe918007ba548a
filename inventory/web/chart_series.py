"""Readings made ready to be drawn: in order, in reach, thinned, with their breaks. Pure rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil, isfinite

from inventory.web.chart_model import Point

MOST_DOTS = 200
"""More than one reading per pixel of a small card shows nothing more."""

LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class Dot:
    """A reading that is drawn. broken: no line leads to it; reset: because the counter did."""

    at: datetime
    value: float
    broken: bool = False
    reset: bool = False


def in_order(points: Sequence[Point]) -> list[Point]:
    """By time; a time without a zone is UTC."""
    aware = (p if p.at.tzinfo else p._replace(at=p.at.replace(tzinfo=UTC)) for p in points)
    return sorted(aware, key=lambda point: point.at)


def dots_of(points: Sequence[Point], gap: timedelta | None = None) -> list[Dot]:
    """What is drawn of readings in order: broken at missing ones, resets and long gaps."""
    found: list[Dot] = []
    broken = reset = False
    for at, value, began_anew in points:
        reset = reset or began_anew
        if value is None or not _drawable(value):
            broken = True
            continue
        late = bool(found) and gap is not None and at - found[-1].at > gap
        clamped = float(max(-LARGEST, min(LARGEST, value)))
        found.append(Dot(at, clamped, broken or reset or late, reset))
        broken = reset = False
    return thinned(found)


def _drawable(value: float) -> bool:
    return isinstance(value, int) or isfinite(value)


def thinned(dots: Sequence[Dot], most: int = MOST_DOTS) -> list[Dot]:
    """At most `most` dots: the first and last, and of each stretch the lowest and the highest.

    A break among those left out moves to the next dot that is kept.
    """
    if len(dots) <= most:
        return list(dots)
    stretch = ceil(len(dots) / (most // 2 - 1))
    kept = {0, len(dots) - 1}
    for start in range(0, len(dots), stretch):
        places = range(start, min(start + stretch, len(dots)))
        kept |= {min(places, key=lambda p: dots[p].value), max(places, key=lambda p: dots[p].value)}
    return list(_carrying(dots, kept))


def _carrying(dots: Sequence[Dot], kept: set[int]) -> Iterator[Dot]:
    broken = reset = False
    for place, dot in enumerate(dots):
        broken, reset = broken or dot.broken, reset or dot.reset
        if place in kept:
            yield replace(dot, broken=broken, reset=reset)
            broken = reset = False


def stretches(dots: Sequence[Dot]) -> list[range]:
    """The places of the dots between two breaks: what one line joins."""
    starts = [place for place, dot in enumerate(dots) if place == 0 or dot.broken]
    ends = [*starts[1:], len(dots)]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """The moment in the zone; at the calendar's edges, where zones do not reach, as it is."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at
