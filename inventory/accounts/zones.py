"""Time zones as people look for them: their own country first, then by continent."""

import functools
import zoneinfo
from collections.abc import Mapping

HOME = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
    "Pacific/Guam",
)  # fmt: skip
"""The zones of the United States, from east to west; `labels` has the names that people use."""

_REGIONS = (
    "America", "Africa", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip


@functools.cache
def by_region() -> Mapping[str, tuple[str, ...]]:
    """Region → IANA names of its zones. Old spellings outside of the regions are left out; they
    may be chosen all the same (`preferences`)."""
    found: dict[str, list[str]] = {region: [] for region in _REGIONS}
    for name in sorted(zoneinfo.available_timezones()):
        region = name.partition("/")[0]
        if region in found and name not in HOME:
            found[region].append(name)
    return {region: tuple(names) for region, names in found.items()}


def city(name: str) -> str:
    """ "America/Indiana/Knox" → "Indiana, Knox"."""
    return name.partition("/")[2].replace("/", ", ").replace("_", " ") or name
