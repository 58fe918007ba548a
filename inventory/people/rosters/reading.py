"""Any roster file: what it is, its bytes tell."""

from datetime import date
from typing import BinaryIO

from inventory.people.rosters.oneroster import read_oneroster
from inventory.people.rosters.package import is_zip, package_of
from inventory.people.rosters.plain import read_plain
from inventory.people.rosters.rows import wrong
from inventory.people.rosters.types import Roster


def read_roster(stream: BinaryIO, *, today: date, partial: bool = False) -> Roster:
    """A OneRoster package (zip) or a plain CSV file; `partial` is for the latter.

    Rows that cannot be used are in `problems`. Raises `InvalidInput` and `TooLarge` for a file
    that cannot be read, and for one that names nobody.
    """
    if is_zip(stream):
        with package_of(stream) as package:
            roster = read_oneroster(package, today=today)
    else:
        roster = read_plain(stream, partial=partial)
    if not roster.members and not roster.problems and not roster.partial:
        raise wrong(roster.file, "names nobody")
    return roster
