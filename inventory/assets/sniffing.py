"""What a file is, from its bytes alone: an allow-list. Names and claimed types are not asked.

Whatever is not on the list is `UNKNOWN`, which browsers only ever save: SVG, HTML, XML, scripts,
archives, and office files with macros. A file that is two things at once counts as what it begins
with; since originals are never shown in a page, its other nature sleeps.
"""

import codecs
import csv
import re
import struct
from typing import BinaryIO

UNKNOWN = "application/octet-stream"
JPEG, PNG, GIF, WEBP = "image/jpeg", "image/png", "image/gif", "image/webp"
PDF, TEXT, CSV = "application/pdf", "text/plain", "text/csv"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PPTX = f"{_OFFICE}presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

IMAGES = frozenset({JPEG, PNG, GIF, WEBP})

EXTENSIONS = {
    JPEG: ("jpg", "jpeg", "jfif"),
    PNG: ("png",),
    GIF: ("gif",),
    WEBP: ("webp",),
    PDF: ("pdf",),
    TEXT: ("txt", "log", "md", "cfg", "conf", "csv", "tsv", "json", "ini"),
    CSV: ("csv", "tsv", "txt"),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    PPTX: ("pptx",),
    ODT: ("odt",),
    ODS: ("ods",),
}
"""Name endings that suit a type; the first is added to a name that has none of them."""

_PART_OF = {b"word/document.xml": DOCX, b"xl/workbook.xml": XLSX, b"ppt/presentation.xml": PPTX}
_ACTIVE_PARTS = (b"vbaproject.bin", b"/activex/", b"/macrosheets/")

MAX_ENTRIES = 5000
MAX_LISTING = 1_000_000
MAX_UNPACKED = 1_000_000_000
"""Of a zipped document: files in it, bytes of its listing, and bytes that it claims to unpack to.
One beyond these is `UNKNOWN`. Nothing is ever unpacked here."""

_HEAD = 512
_CHUNK = 65_536
_MARKUP = re.compile(r"<([!?/%]|[a-zA-Z][\w:-]*[\s/>])")
_LONGEST_TAG = 80
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_END_OF_LISTING = b"PK\x05\x06"
_ENTRY = b"PK\x01\x02"


def sniff(file: BinaryIO) -> str:
    """The media type of a seekable file, one of the constants above. Reads little of it, except of
    text, which is read to its end."""
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return _zipped(file, head)
    return _text(file)


def _zipped(file: BinaryIO, head: bytes) -> str:
    names = _listing(file)
    if not names or any(part in name for name in names for part in _ACTIVE_PARTS):
        return UNKNOWN
    # OpenDocument 1.3 part 2 §3.3: the first file is `mimetype`, stored as it is.
    if head[30:38] == b"mimetype" and head[8:10] == b"\0\0":
        size = struct.unpack_from("<L", head, 18)[0]
        told = head[38 : 38 + size].decode("ascii", "replace")
        return told if told in {ODT, ODS} else UNKNOWN
    # ECMA-376 part 2: a package has this file, whatever else it holds.
    if b"[content_types].xml" not in names:
        return UNKNOWN
    kinds = {_PART_OF[name] for name in names if name in _PART_OF}
    return kinds.pop() if len(kinds) == 1 else UNKNOWN


def _listing(file: BinaryIO) -> set[bytes]:
    """Names in the archive, in lower case; none where its central directory is not plain and small
    (PKWARE APPNOTE 4.3.12, 4.3.16)."""
    size = file.seek(0, 2)
    start = max(0, size - 65_557)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_OF_LISTING)
    if at < 0 or len(tail) - at < 22:
        return set()
    entries, length, offset = struct.unpack_from("<HLL", tail, at + 10)
    if entries > MAX_ENTRIES or length > MAX_LISTING or offset + length > start + at:
        return set()
    file.seek(offset)
    listing = file.read(length)
    names, unpacked, at = set(), 0, 0
    for _ in range(entries):
        if listing[at : at + 4] != _ENTRY or len(listing) - at < 46:
            return set()
        full, name, extra, comment = struct.unpack_from("<LHHH", listing, at + 24)
        names.add(listing[at + 46 : at + 46 + name].lower())
        unpacked += full
        at += 46 + name + extra + comment
    return names if at == length and unpacked <= MAX_UNPACKED else set()


def _text(file: BinaryIO) -> str:
    """UTF-8 to its end, without control characters and without anything like a tag. An address in
    angle brackets is none."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    first, last = "", ""
    while True:
        raw = file.read(_CHUNK)
        try:
            text = decoder.decode(raw, final=not raw)
        except UnicodeDecodeError:
            return UNKNOWN
        # A tag may lie across two chunks.
        if _CONTROLS.search(text) or _MARKUP.search(last + text):
            return UNKNOWN
        first, last = first or text, text[-_LONGEST_TAG:]
        if not raw:
            return CSV if _is_table(first) else TEXT


def _is_table(text: str) -> bool:
    """At least two lines that have the same number of columns, at least two."""
    lines = [line for line in text.splitlines()[:21] if line.strip()]
    # The last of many may be cut off.
    lines = lines[:20] if len(lines) > 20 else lines
    for delimiter in ",;\t":
        try:
            widths = {len(row) for row in csv.reader(lines, delimiter=delimiter, strict=True)}
        except csv.Error:
            continue
        if len(lines) > 1 and len(widths) == 1 and widths.pop() > 1:
            return True
    return False
