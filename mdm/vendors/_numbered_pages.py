"""For vendors whose lists are asked for by page number, and who do not say where a list ends."""

from __future__ import annotations

from mdm.errors import Looping, Where
from mdm.fields import Fields


class Repeats:
    """Tells a page that comes again: the vendor pays no heed to the number."""

    def __init__(self, where: Where, *id_name: str) -> None:
        self._where, self._id_name = where, id_name
        self._before: list[object] = []

    def check(self, rows: list[object]) -> None:
        """Raises `Looping` for the rows of the page before; rows that are all alike do not tell."""
        ids = [Fields(row).get(*self._id_name) for row in rows]
        if ids == self._before and ids and ids[0] != ids[-1]:
            raise Looping(self._where, "every page of the list is the same")
        self._before = ids
