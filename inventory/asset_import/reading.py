"""Tables out of files: CSV in any usual writing, row by row, and spreadsheets."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from inventory.asset_import.spreadsheet import sheet_of
from inventory.errors import InvalidInput, TooLarge

MOST_COLUMNS = 200
LONGEST_CELL = 8_000
LONGEST_LINE = 200_000
DELIMITERS = ",;\t"
ENCODINGS = ("", "windows-1252")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table. `numeric`: places of cells that are numbers, not text, in a spreadsheet."""

    number: int
    cells: Sequence[str]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """shape   "csv", or "xlsx" with the sheet's name
    header  the names of the columns; the lines have as many cells
    """

    shape: str
    header: Sequence[str]
    lines: Iterable[Line]
    remarks: Sequence[str] = ()


def read_table(
    stream: BinaryIO, *, most_rows: int, encoding: str = "", sheet: str = ""
) -> Table:  # fmt: skip
    """The table of a file; its lines are read while they are taken, once.

    encoding  windows-1252, where somebody says so; otherwise UTF-8, or UTF-16 with its mark
    sheet     of a spreadsheet; "": its first one

    Raises `InvalidInput` and `TooLarge`, also while the lines are taken.
    """
    start = stream.read(4)
    stream.seek(0)
    if start[:2] == b"PK":
        found = sheet_of(stream, sheet, most_rows=most_rows, most_columns=MOST_COLUMNS)
        rows = ((number, cells, numeric) for number, (cells, numeric) in enumerate(found.rows, 1))
        return _table(f"xlsx, {found.name}"[:80], rows, most_rows, found.remarks)
    if start == b"\xd0\xcf\x11\xe0":
        raise wrong("it is an old or an encrypted Excel file; save it as .xlsx without a password")
    text = io.TextIOWrapper(stream, _encoding(start, encoding), newline="")
    return _table("csv", _csv_rows(text), most_rows, ())


def wrong(reason: str) -> InvalidInput:
    """The error of a file that cannot be read at all."""
    return InvalidInput(f"the file cannot be read: {reason}", {"file": [reason]})


def _encoding(start: bytes, told: str) -> str:
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) == 4 and start[1] == start[3] == 0 and start[0]:
        return "utf-16-le"
    if told not in ENCODINGS:
        raise InvalidInput("that encoding is not read", {"encoding": ["windows-1252, or none"]})
    return told or "utf-8"


Raw = tuple[int, Sequence[str], frozenset[int]]


def _table(shape: str, rows: Iterator[Raw], most_rows: int, remarks: Sequence[str]) -> Table:
    header: list[str] = []
    for _number, cells, _numeric in rows:
        header = [_shown(cell) for cell in cells]
        if any(header):
            break
    while header and not header[-1]:
        header.pop()
    if not header:
        raise wrong("it is empty: its first line must name the columns")
    if len(header) > MOST_COLUMNS:
        raise wrong(f"it has more than {MOST_COLUMNS} columns")
    return Table(shape, header, _lines(rows, len(header), most_rows), remarks)


def _lines(rows: Iterator[Raw], width: int, most_rows: int) -> Iterator[Line]:
    told = 0
    for number, cells, numeric in rows:
        if not any(cells):
            continue
        told += 1
        if told > most_rows:
            raise too_many(most_rows)
        if len(cells) > width and any(cells[width:]):
            raise wrong(f"line {number} has {len(cells)} cells where {width} columns are named")
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise wrong(f"line {number} has a cell of more than {LONGEST_CELL:,} characters")
        kept = [*cells[:width], *[""] * (width - len(cells))]
        yield Line(number, [cell.replace("\x00", "\ufffd") for cell in kept], numeric)


def too_many(most_rows: int) -> TooLarge:
    return TooLarge(f"the file has more than {most_rows:,} rows; import it in parts")


def _csv_rows(text: io.TextIOWrapper) -> Iterator[Raw]:
    reader = None
    try:
        first = text.readline(LONGEST_LINE)
        delimiter = _delimiter(first)
        reader = csv.reader(_bounded(first, text), delimiter=delimiter, strict=True)
        begun = 1
        for cells in reader:
            yield begun, cells, frozenset()
            begun = reader.line_num + 1
    except csv.Error as broken:
        line = reader.line_num if reader else 1
        raise wrong(f"line {line} is not CSV: a quotation mark is open or astray") from broken
    except UnicodeError as broken:
        line = reader.line_num + 1 if reader else 1
        raise InvalidInput(
            f"the file cannot be read: line {line} or one after it is not {text.encoding.upper()}; "
            "if a spreadsheet wrote it, say that it is Windows-1252",
            {"file": ["is not UTF-8"], "encoding": ["windows-1252?"]},
        ) from broken


def _bounded(first: str, text: io.TextIOWrapper) -> Iterator[str]:
    line = first
    while line:
        if len(line) == LONGEST_LINE:
            raise wrong(f"a line has more than {LONGEST_LINE:,} characters")
        yield line
        line = text.readline(LONGEST_LINE)


def _delimiter(header: str) -> str:
    """The sign that stands most often outside of quotation marks."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _shown(name: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in name[:400]).split())[:80]
