"""A work queue of the first page: a number that leads to the list behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Args = Mapping[str, str | Sequence[str]]
"""Query arguments of a list, as `urlencode(args, doseq=True)` takes them."""


class Severity(StrEnum):
    """How pressing a queue is; CLEAR: nothing waits."""

    CLEAR = "clear"
    NOTICE = "notice"
    WARNING = "warning"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Queue:
    """page    the list that `args` are for: assets, discoveries, sweeps, commands ...
    count   as the list says it; where `capped`, there are more
    oldest  since when the first has waited; of warranties, when the first one ends
    """

    key: str
    page: str
    args: Args
    count: int
    capped: bool
    oldest: datetime | None
    severity: Severity


def queue_of(
    key: str,
    page: str,
    args: Args,
    counted: tuple[int, bool],
    oldest: datetime | None,
    severity: Severity,
) -> Queue:
    """A queue; CLEAR where nothing waits in it."""
    number, capped = counted
    return Queue(key, page, args, number, capped, oldest, severity if number else Severity.CLEAR)
