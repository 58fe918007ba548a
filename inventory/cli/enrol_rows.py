"""The rows of a file of computers, JSON lines or CSV, one by one: no file has to fit in memory.

Lists in a CSV cell are separated by `;`. A blank cell is not told, which is not the same as "none".
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from inventory.enrolment.schemas import EnrolmentReport
from inventory.errors import InvalidInput

MOST_LINE = 1_000_000
"""Bytes of one line: what a whole report may have, with room."""

FIELDS = tuple(EnrolmentReport().fields)
_LISTS = frozenset({"macs", "administrators"})
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_BOOLEANS = frozenset({"encrypted", "firewall"})
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """One computer. `wrong`: why it cannot be sent at all; `line` is where it begins."""

    line: int
    report: dict[str, Any]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A file that was looked over. `digest`: of all its bytes, in hex."""

    digest: str
    rows: Iterator[Row]


def rows_of(file: BinaryIO) -> Rows:
    """The rows of a file that can be read twice. Raises `InvalidInput` for what is no such file."""
    digest, first = _look_over(file)
    file.seek(0)
    if first == b"[":
        raise InvalidInput("that is one JSON list; write one JSON object on each line")
    if not first:
        return Rows(digest, iter(()))
    return Rows(digest, _json_rows(file) if first == b"{" else _csv_rows(file))


def _look_over(file: BinaryIO) -> tuple[str, bytes]:
    """The digest and the first character that is not blank."""
    digest, first, number = hashlib.sha256(), b"", 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise InvalidInput("the file is in UTF-16; save it as UTF-8")
        if len(line) > MOST_LINE:
            raise InvalidInput(f"line {number} has more than {MOST_LINE} bytes")
        try:
            line.decode()
        except UnicodeDecodeError as other:
            raise InvalidInput(f"line {number} is not UTF-8; save the file as UTF-8") from other
        digest.update(line)
        if not first:
            first = line.removeprefix(_BOM if number == 1 else b"").strip()[:1]
    return digest.hexdigest(), first


def _json_rows(file: BinaryIO) -> Iterator[Row]:
    for number, line in enumerate(file, start=1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        if not text:
            continue
        try:
            read = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError) as broken:
            yield Row(number, {}, f"is no JSON ({str(broken)[:100]})")
            continue
        if isinstance(read, dict):
            yield Row(number, read)
        else:
            yield Row(number, {}, "is no JSON object")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _csv_rows(file: BinaryIO) -> Iterator[Row]:
    """Reads the header at once, so that a wrong one is told before anything is sent."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    reader = csv.reader(text, strict=True)
    header = next((cells for cells in _cells(reader) if any(map(str.strip, cells))), [])
    columns = [name.strip().lower() for name in header]
    unknown = [name for name in columns if name not in FIELDS]
    if unknown:
        raise InvalidInput(
            f"unknown column {unknown[0][:60]!r}; columns are separated by commas and named "
            + ", ".join(FIELDS)
        )
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise InvalidInput(f"the column {twice[0]!r} is there twice")
    return _after_header(reader, text, columns)


def _after_header(reader: Any, text: io.TextIOWrapper, columns: list[str]) -> Iterator[Row]:
    begins = reader.line_num + 1
    for cells in _cells(reader):
        line, begins = begins, reader.line_num + 1
        if not any(map(str.strip, cells)):
            continue
        if len(cells) > len(columns):
            yield Row(line, {}, f"has {len(cells)} cells for {len(columns)} columns")
            continue
        try:
            yield Row(line, _report(dict(zip(columns, cells, strict=False))))
        except InvalidInput as wrong:
            yield Row(line, {}, str(wrong))
    # The file belongs to the caller, who closes it.
    text.detach()


def _cells(reader: Any) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as broken:
        raise InvalidInput(f"the CSV is broken at line {reader.line_num}: {broken}") from broken


def _report(cells: dict[str, str]) -> dict[str, Any]:
    told = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    return {name: _value(name, cell) for name, cell in told.items()}


def _value(name: str, cell: str) -> Any:
    """One cell as JSON has it. Raises `InvalidInput`."""
    if name in _BOOLEANS:
        if cell.lower() not in _TRUTH:
            raise InvalidInput(f"{name}: {cell[:40]!r} is neither true nor false")
        return _TRUTH[cell.lower()]
    if name == "site_id":
        if not (cell.isascii() and cell.isdecimal() and len(cell) < 11):
            raise InvalidInput(f"site_id: {cell[:40]!r} is no number")
        return int(cell)
    if name in _LISTS:
        return _parts(cell)
    if name == "antimalware":
        return [{"product": part} for part in _parts(cell)]
    if name == "software":
        return [_package(part) for part in _parts(cell)]
    return cell.lower() if name in ("kind", "system") else cell


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _package(part: str) -> dict[str, str]:
    """`Firefox=132.0`, or only a name."""
    name, equals, version = part.rpartition("=")
    return {"name": name.strip(), "version": version.strip()} if equals else {"name": part}
