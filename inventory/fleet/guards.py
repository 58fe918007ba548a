"""When a list is not believed: pure rules.

A credential that lost half of its rights, a filter somebody set in the vendor's console, an outage
that answers with an empty list: each looks as if devices had left. None of them may make the
inventory forget any.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_MISSING = 10
MOST_SHARE = 0.20
LEAST_OF_A_PLATFORM = 10


@dataclass(frozen=True, slots=True)
class Census:
    """Devices of a connection that had not left, when a full list has been read to its end.

    known    by platform; missing: those of them that the list lacks
    """

    known: Mapping[str, int]
    missing: Mapping[str, int]


def disbelief(census: Census) -> str:
    """Why nothing may be marked as gone; "" where the list is believed."""
    known, missing = sum(census.known.values()), sum(census.missing.values())
    if not missing:
        return ""
    if missing == known:
        return f"the list is empty, and {known} devices are known"
    if missing > MOST_MISSING and missing > MOST_SHARE * known:
        return f"the list lacks {missing} of {known} known devices"
    for platform, number in sorted(census.known.items()):
        if number > LEAST_OF_A_PLATFORM and census.missing.get(platform, 0) == number:
            return f"the list has none of the {number} devices with {platform}"
    return ""
