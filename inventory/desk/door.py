"""The way to a database driver without SQLAlchemy in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Cursor(Protocol):
    """What both database drivers offer (PEP 249)."""

    @property
    def description(self) -> Sequence[Any] | None: ...
    def execute(self, statement: str, parameters: Sequence[Any], /) -> object: ...
    def fetchone(self) -> Sequence[Any] | None: ...


@dataclass(frozen=True)
class Door:
    """A cursor with the dialect it speaks."""

    cursor: Cursor
    sqlite: bool
