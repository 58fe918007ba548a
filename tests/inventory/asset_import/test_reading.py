"""Files of every kind: read, or refused with a clear word."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from inventory.asset_import.reading import Table, read_table
from inventory.errors import InvalidInput, TooLarge


def read(raw: bytes, **more: Any) -> Table:
    table = read_table(io.BytesIO(raw), **{"most_rows": 100, **more})
    return Table(table.shape, table.header, list(table.lines), table.remarks)


def cells(table: Table) -> list[list[str]]:
    return [list(line.cells) for line in table.lines]


def workbook(*rows: list[Any], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"Other {number}").append(["tag"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_in_every_writing(encoding: str, sign: str) -> None:
    text = f'tag{sign}"a, b; c"\r\n\r\nÑ-1{sign}"two\r\nlines"\r\nB{sign}\r\n'
    table = read(text.encode(encoding))
    assert table.header == ["tag", "a, b; c"]
    assert cells(table) == [["Ñ-1", "two\r\nlines"], ["B", ""]]
    assert [line.number for line in table.lines] == [3, 5]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "is empty"),
        (b"tag\n\xff\n", "is not UTF-8"),
        (b'tag\n"open\n', "is not CSV"),
        (b"tag\nA,B\n", "line 2 has 2 cells"),
        (b"tag\n" + b"x" * 9_000 + b"\n", "more than 8,000 characters"),
        (b"x," * 300 + b"\n", "more than 200 columns"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old or an encrypted Excel"),
        (b"PK\x03\x04 nothing", "damaged"),
    ],
)
def test_csv_that_cannot_be_read(raw: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read(raw)


def test_too_many_rows_are_refused_before_they_are_kept() -> None:
    class Endless(io.RawIOBase):
        told = 0

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, *_: Any) -> int:
            return 0

        def readinto(self, buffer: Any) -> int:
            self.told += 1
            assert self.told < 10
            raw = b"tag\n" + b"A\n" * 20_000
            buffer[: len(buffer)] = raw[: len(buffer)]
            return len(buffer)

    table = read_table(io.BufferedReader(Endless()), most_rows=1_000)
    with pytest.raises(TooLarge, match="more than 1,000 rows"):
        sum(1 for _ in table.lines)


def test_a_workbook() -> None:
    table = read(workbook(["Tag", "Serial", "Bought", "Cost"],
                          [123, "00123", date(2026, 9, 1), 12.5], sheets=2))  # fmt: skip
    assert table.header == ["Tag", "Serial", "Bought", "Cost"]
    (line,) = table.lines
    assert list(line.cells) == ["123", "00123", "2026-09-01", "12.5"]
    assert line.numeric == {0, 3}
    assert "only the sheet Sheet is read" in table.remarks[0]
    assert read(workbook(["x"], sheets=2), sheet="Other 1").header == ["tag"]
    with pytest.raises(InvalidInput, match="no such sheet"):
        read(workbook(["x"]), sheet="None")


def changed(raw: bytes, name: str, to: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(kept, "w", 8) as new:
        for entry in old.namelist():
            new.writestr(entry, to if entry == name else old.read(entry))
        if name not in old.namelist():
            new.writestr(name, to)
    return kept.getvalue()


def test_workbooks_that_mean_harm() -> None:
    good = workbook(["tag"], ["A"])
    sheet = "xl/worksheets/sheet1.xml"
    far = b'<worksheet><sheetData><row r="1"><c r="XFD1"/></row></sheetData></worksheet>'
    with pytest.raises(InvalidInput, match="more than 200 columns"):
        read(changed(good, sheet, far))
    deep = b'<worksheet><sheetData><row r="1"/><row r = "1048576"/></sheetData></worksheet>'
    with pytest.raises(TooLarge, match="more than 100 rows"):
        read(changed(good, sheet, deep))
    with pytest.raises(TooLarge, match="unpacks to more"):
        read(changed(good, "xl/bomb.xml", b" " * 30_000_000))
    with pytest.raises(InvalidInput, match="leads out"):
        read(changed(good, "../out.xml", b"x"))
    with pytest.raises(InvalidInput, match="damaged"):
        read(changed(good, sheet, b"<worksheet><sheetData><row><c t='s'><v>999</v>"))
