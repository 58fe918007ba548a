"""Sheets of an Excel workbook. What the archive claims of itself is not believed.

A reader of workbooks keeps a sheet as one block from its first cell to its last: two cells far
apart would fill the memory. So the archive is looked through first, in pieces.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from inventory.errors import InvalidInput, TooLarge

MOST_ENTRIES = 1_000
MOST_BYTES = 300_000_000
MOST_RATIO = 300
FREE_BYTES = 20_000_000
"""Below this size the ratio does not matter."""

_PIECE = 1 << 20
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,9})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]{0,300}?\br\s*=\s*["']([0-9]{1,9})["']""")

Cells = tuple[Sequence[str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Its rows as texts, from the first line on."""

    name: str
    rows: Iterator[Cells]
    remarks: Sequence[str]


def sheet_of(stream: BinaryIO, name: str, *, most_rows: int, most_columns: int) -> Sheet:
    """Raises `InvalidInput` for what is no honest workbook, or has no such sheet; `TooLarge`."""
    _look_through(stream, most_rows + 1, most_columns)
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        names = [meta.name for meta in book.sheets_metadata]
        chosen = name or (names[0] if names else "")
        if chosen not in names:
            told = ", ".join(names)[:300]
            raise InvalidInput("there is no such sheet", {"sheet": [f"must be one of: {told}"]})
        rows = book.get_sheet_by_name(chosen).iter_rows()
    except CalamineError as broken:
        raise _wrong("the workbook is damaged, or has a password") from broken
    left = [other for other in names if other != chosen]
    remarks = (
        [f"only the sheet {chosen[:60]} is read, of {len(names)}"] if left and not name else []
    )
    return Sheet(chosen[:60], map(_texts, rows), remarks)


def _look_through(stream: BinaryIO, most_rows: int, most_columns: int) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise _wrong("it is a zip archive, but no Excel workbook (.xlsx)")
            _require_honest(entries)
            left = MOST_BYTES
            for entry in entries:
                left -= _measured(archive, entry, left, most_rows, most_columns)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as broken:
        raise _wrong("the workbook is damaged, or has a password") from broken
    except Exception as broken:
        # zlib.error and lzma.LZMAError have no common root.
        if type(broken).__module__ in {"zlib", "lzma", "_lzma", "_bz2"}:
            raise _wrong("the workbook is damaged") from broken
        raise


def _require_honest(entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _wrong(f"the workbook has more than {MOST_ENTRIES} parts")
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in entry.filename:
            raise _wrong("the workbook has a part whose name leads out of it")
        if entry.flag_bits & 1:
            raise _wrong("the workbook has a password")


def _measured(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, most_rows: int, most_columns: int
) -> int:
    """The bytes that the entry really unpacks to; of a sheet, its extent is looked at, too."""
    most = min(left, max(FREE_BYTES, entry.compress_size * MOST_RATIO))
    is_sheet = entry.filename.startswith("xl/worksheets/")
    size, rest = 0, b""
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            size += len(piece)
            if size > most:
                raise TooLarge("the workbook unpacks to more than it can honestly hold")
            if is_sheet:
                _require_extent(rest + piece, most_rows, most_columns)
                rest = piece[-400:]
    return size


def _require_extent(piece: bytes, most_rows: int, most_columns: int) -> None:
    column = row = 0
    for letters, number in _CELL.findall(piece):
        row = max(row, int(number))
        column = max(column, len(letters) * 1000 if len(letters) > 2 else _place(letters))
    for number in _ROW.findall(piece):
        row = max(row, int(number))
    if row > most_rows:
        raise TooLarge(f"the file has more than {most_rows - 1:,} rows; import it in parts")
    if column > most_columns:
        raise _wrong(f"the sheet has more than {most_columns} columns")


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place


def _texts(row: Sequence[Any]) -> Cells:
    numeric = [
        place for place, cell in enumerate(row)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool)
    ]  # fmt: skip
    return [_text(cell) for cell in row], frozenset(numeric)


def _text(cell: Any) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput(f"the file cannot be read: {reason}", {"file": [reason]})
