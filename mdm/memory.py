"""What a vendor without lists has told, kept by whoever opens the connector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Memory(Protocol):
    """Short texts by key, for one connection (`Wiring.memory`).

    A value may hold a secret, so it is kept sealed. `receive` reads and then writes: its caller
    lets one at a time through, and makes all of its writes true together, or none. What begins
    with "event|" may be dropped some days after it was written, what begins with "result|",
    "sent|" or "last|" after a year.
    """

    def get(self, key: str) -> str | None:
        """The value, None where there is none."""

    def put(self, key: str, value: str) -> None:
        """Keep a value in the place of any earlier one."""

    def listed(self, prefix: str, after: str | None) -> tuple[Sequence[tuple[str, str]], bool]:
        """Keys that begin with `prefix`, in their order from after the key `after` on, with their
        values: as many as make a good page, and whether there are more."""
