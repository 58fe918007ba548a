"""How readings follow from each other: page counters and supplies. Pure rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from inventory.assets.words import clean
from inventory.discovery.reading_models import Continuity
from snmp_discovery.types import Supply

MODULI = (2**31, 2**32)
"""Where counters wrap: Counter32 at 2^32 (RFC 2578 §7.1.6), careless agents at 2^31."""

NEAR = 10_000_000
"""A value this close below a modulus may have wrapped: far more pages than any device prints
between two sweeps, and far fewer than a counter that was reset would need to get there."""

MAX_COUNT = 2**63 - 1
MAX_COUNTERS, MAX_SUPPLIES = 32, 64
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Step:
    """From one value of a counter to the next: pages `added`, never negative."""

    added: int
    continuity: Continuity


def follow(before: int | None, now: int) -> Step:
    """How `now` follows from `before`.

    A smaller value is a wrap only if the old one was just below 2^31 or 2^32 and the new one is
    just above zero; anything else is a counter that began anew, of which nothing can be told but
    that pages were not *un*printed.
    """
    if before is None:
        return Step(0, Continuity.FIRST)
    if now >= before:
        return Step(now - before, Continuity.FORWARD)
    for modulus in MODULI:
        if modulus - NEAR <= before < modulus and now < NEAR:
            return Step(modulus - before + now, Continuity.WRAPPED)
    return Step(0, Continuity.RESET)


def counters(page_count: int | None, more: Mapping[str, int]) -> dict[str, int]:
    """The counters worth keeping, by name; impossible values are left out, names made harmless."""
    told = dict(more)
    if page_count is not None:
        told.setdefault(TOTAL, page_count)
    kept = {}
    for name, value in list(told.items())[:MAX_COUNTERS]:
        if 0 <= value <= MAX_COUNT and (clean := re.sub(r"[^\w .()-]", "", name)[:60].strip()):
            kept[clean] = value
    return kept


def supplies_by_index(supplies: tuple[Supply, ...]) -> dict[str, Supply]:
    """Each supply under its index, or its place where the device gives none; words harmless."""
    kept: dict[str, Supply] = {}
    for place, supply in enumerate(supplies[:MAX_SUPPLIES]):
        index = clean(supply.index, 40) or f"#{place + 1}"
        harmless = replace(
            supply,
            name=clean(supply.name, 200),
            type=clean(supply.type, 40),
            color=clean(supply.color, 40),
        )
        kept.setdefault(index, harmless)
    return kept


def level_of(supply: Supply) -> int | None:
    """The level within 0-100."""
    return None if supply.level_percent is None else max(0, min(100, supply.level_percent))
