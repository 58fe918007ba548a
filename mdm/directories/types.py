"""People as a directory tells: as little of them as a district needs to hand out devices.

No reader asks for a password, a picture, a birthday, an address or a telephone number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody.

    id          the directory's own, which never changes; names and addresses do
    unit        the organisational unit from the top, as "/Students/Lincoln"; "" for none
    department  as the directory has it; "" for none
    groups      names of the groups that were asked for
    """

    id: str
    given_name: str
    family_name: str
    active: bool
    unit: str = ""
    department: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryPage:
    """People, and how many records could not be read or are nobody's own, such as guests."""

    entries: tuple[Entry, ...]
    unreadable: int = 0
    guests: int = 0


class Directory(Protocol):
    """A directory that was opened; no request is made before the first page is asked for."""

    def people(self) -> Iterator[EntryPage]:
        """Everybody, page by page. Raises any `mdm.errors.MdmError` but `AnswerLost`: then the
        list is not whole, and nobody may be taken to have left."""
