"""Rows of a CSV file by the names of their columns: only those that are asked for leave here.

RFC 4180 in UTF-8, with or without a mark at the start. A column that nobody asked for (a password,
a birthday) is dropped here, before anything else sees the row; no message quotes a cell.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from inventory.errors import InvalidInput, TooLarge
from inventory.people.roster_models import ProblemKind
from inventory.people.rosters.types import KEY_LENGTH, Roster

MOST_ROWS = 5_000_000
LONGEST_LINE = 60_000
"""Characters; the longest line of a roster has some hundred."""

LONGEST_CELL = 2_000
_UTF16 = ("\udcff\udcfe", "\udcfe\udcff")
"""The mark of UTF-16 as it looks in what was read as UTF-8."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are read of a file.

    columns   names, each with other names that real files use for it
    required  without these a file cannot be read
    key       the column that names the person of a row, if one does
    """

    file: str
    columns: Mapping[str, Sequence[str]]
    required: Sequence[str] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` has every column of the layout; "" for one that the file lacks."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells[name]


def read_rows(stream: BinaryIO, layout: Layout, roster: Roster) -> Iterator[Row]:
    """The rows that can be read; the others go to `roster.refuse`, each with its line and column.

    Raises `InvalidInput` for a file that is no such table, `TooLarge` for one without an end.
    """
    # Bytes that are not UTF-8 become surrogates, so that the row that has them can be named.
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(_lines(text, layout.file), strict=True)
    try:
        header = next(reader, [])
        places = _places(header, layout, roster)
        for number, cells in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise TooLarge(f"{layout.file} has more than {MOST_ROWS:,} rows")
            if not any(cells):
                continue
            row = _row(cells, len(header), places, reader.line_num, layout, roster)
            if row is not None:
                yield row
    except csv.Error as broken:
        raise wrong(
            layout.file, f"line {reader.line_num} is not CSV: a quotation mark is open or astray"
        ) from broken


def wrong(file: str, reason: str) -> InvalidInput:
    """The error of a file that cannot be read at all."""
    return InvalidInput(f"{file}: {reason}", {"file": [f"{file}: {reason}"]})


def _lines(text: io.TextIOWrapper, file: str) -> Iterator[str]:
    first = text.readline(LONGEST_LINE)
    if first.startswith(_UTF16):
        raise wrong(file, "is written in UTF-16; save it as UTF-8")
    line = first
    while line:
        if len(line) == LONGEST_LINE:
            raise wrong(file, f"a line has more than {LONGEST_LINE:,} characters")
        yield line
        line = text.readline(LONGEST_LINE)


def _places(header: list[str], layout: Layout, roster: Roster) -> dict[str, int]:
    """Where each column stands, by its name."""
    if not header:
        raise wrong(layout.file, "is empty: its first line must name the columns")
    known: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        known.setdefault(_plain(name), []).append(place)
    found: dict[str, int] = {}
    for column, others in layout.columns.items():
        for name in (column, *others):
            places = known.get(_plain(name), [])
            if len(places) > 1:
                raise wrong(layout.file, f"has the column {column} twice")
            if places:
                found[column] = places[0]
                if header[places[0]].strip().lstrip("\ufeff") != column:
                    roster.remark(f"{layout.file}: a column is read as {column}")
                break
    missing = [name for name in layout.required if name not in found]
    if missing:
        raise wrong(layout.file, f"lacks the column {', '.join(missing)}")
    return found


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _row(
    cells: list[str], width: int, places: dict[str, int], line: int, layout: Layout, roster: Roster
) -> Row | None:
    key = _key(cells, places, layout)
    if len(cells) != width:
        _refuse(roster, layout, line, key, f"has {len(cells)} cells where {width} are named")
        return None
    found: dict[str, str] = {}
    for name in layout.columns:
        cell = cells[places[name]].strip() if name in places else ""
        reason = "" if cell.isprintable() and len(cell) <= LONGEST_CELL else _reason(cell)
        if reason:
            _refuse(roster, layout, line, key if name != layout.key else "", reason, name)
            return None
        found[name] = cell
    return Row(line, found)


def _key(cells: list[str], places: dict[str, int], layout: Layout) -> str:
    place = places.get(layout.key, len(cells))
    key = cells[place].strip() if place < len(cells) else ""
    return key if key.isprintable() and len(key) <= KEY_LENGTH else ""


def _reason(cell: str) -> str:
    if any(0xDC80 <= ord(c) <= 0xDCFF for c in cell):
        return "is not UTF-8; save the file as UTF-8"
    if len(cell) > LONGEST_CELL:
        return f"has more than {LONGEST_CELL} characters"
    return "holds characters that cannot be shown"


def _refuse(
    roster: Roster, layout: Layout, line: int, key: str, reason: str, column: str = ""
) -> None:
    if layout.key and not key:
        roster.nameless += 1
    roster.refuse(
        ProblemKind.INVALID, line, reason, column=column, sourced_id=key, file=layout.file
    )
