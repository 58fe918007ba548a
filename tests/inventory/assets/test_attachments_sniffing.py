"""What a file is, its bytes tell; what is not on the list is only ever saved."""

import io
import random
import time

import pytest
from hypothesis import given, strategies as st

from inventory.assets import sniffing
from inventory.assets.sniffing import UNKNOWN, sniff
from tests.inventory.assets import crafted
from tests.inventory.assets.crafted import HTML, PDF, SVG, WORD, opendocument, picture, zipped

MACROS = {**WORD, "word/vbaProject.bin": b"x"}
OLD_MACROS = {"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/macrosheets/a.xml": b""}
LONG = "Ärger mit dem Drucker.\n".encode() * 5000


def kind(raw: bytes) -> str:
    return sniff(io.BytesIO(raw))


KNOWN = (
    (picture("JPEG"), sniffing.JPEG),
    (picture("PNG"), sniffing.PNG),
    (picture("GIF"), sniffing.GIF),
    (picture("WEBP"), sniffing.WEBP),
    (PDF, sniffing.PDF),
    (zipped(WORD), sniffing.DOCX),
    (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), sniffing.XLSX),
    (zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), sniffing.PPTX),
    (opendocument("text"), sniffing.ODT),
    (opendocument("spreadsheet"), sniffing.ODS),
    (b"plain", sniffing.TEXT),
    (LONG, sniffing.TEXT),
    (b"\xef\xbb\xbfwith a mark\r\nat its head\f", sniffing.TEXT),
    (b"from Jane Doe <jane@example.org>: 3 < 4 > 2", sniffing.TEXT),
    (b"tag,serial\nHR-1,ABC\nHR-2,\"D,E\"\n", sniffing.CSV),
    (b"tag;serial\nHR-1;ABC\n", sniffing.CSV),
    (b"tag\tserial\nHR-1\tABC\n" * 10_000, sniffing.CSV),
    (b"tag,serial\nHR-1\n", sniffing.TEXT),
    (b"one, line", sniffing.TEXT),
)  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), KNOWN, ids=range(len(KNOWN)))
def test_known_kinds(raw: bytes, expected: str) -> None:
    assert kind(raw) == expected


OTHERS = (
    HTML, SVG, b"\xef\xbb\xbf" + SVG, b"  \n<HTML>", b"<?xml version='1.0'?><a/>",
    b"<?php phpinfo();", b"<!-- x -->", b"text, then <img src=x onerror=alert(1)>",
    b"a" * (65_536 - 5) + b"<script>alert(1)", HTML.decode().encode("utf-16"),
    b"\xff\xfeh\0i\0", b"MZ\x90\0", b"\x7fELF", b"#!/bin/sh\n\x00", b"\x1b[2Jlog", b"\xc3",
    LONG + b"\xff", b"ok\x00", b"\0",
    HTML + PDF, b"junk" + zipped(WORD), b"\n" + picture("JPEG"), b"\n" + PDF,
    zipped({"a.txt": b"x"}), zipped({"META-INF/MANIFEST.MF": b"x", "A.class": b"x"}),
    zipped({"word/document.xml": b""}), zipped({"[Content_Types].xml": b""}),
    zipped({**WORD, "xl/workbook.xml": b""}), zipped(MACROS), zipped(OLD_MACROS),
    opendocument("graphics"), opendocument("text")[:-22], zipped(WORD)[:-10], zipped({}),
    b"PK\x03\x04", b"PK\x03\x04" + b"PK\x05\x06" + b"\xff" * 18,
    b"\xff\xd8", b"\x89PNG", b"GIF88a\0", b"RIFF\0\0\0\0WAVE",
)  # fmt: skip


@pytest.mark.parametrize("raw", OTHERS, ids=range(len(OTHERS)))
def test_anything_else_is_for_saving_alone(raw: bytes) -> None:
    assert kind(raw) == UNKNOWN


def test_two_things_at_once_count_as_what_they_begin_with() -> None:
    assert kind(picture("GIF") + zipped({"A.class": b"x"})) == sniffing.GIF
    assert kind(picture("JPEG") + HTML) == sniffing.JPEG
    assert kind(PDF + HTML) == sniffing.PDF
    assert kind(PDF + zipped(WORD)) == sniffing.PDF


def test_zipped_bombs_are_not_opened() -> None:
    bomb = zipped({**WORD, "word/x.xml": b"\0" * 100_000_000})
    many = zipped({**WORD, **{f"word/{n}.xml": b"" for n in range(sniffing.MAX_ENTRIES)}})
    long_names = zipped({**WORD, **{f"{n}{'x' * 60_000}": b"" for n in range(20)}})
    claims = crafted.claiming_to_unpack(zipped(WORD), 2**32 - 2)
    began = time.process_time()
    assert kind(bomb) == sniffing.DOCX
    assert [kind(raw) for raw in (many, long_names, claims)] == [UNKNOWN] * 3
    assert time.process_time() - began < 0.5


def test_hostile_text_is_read_in_a_moment() -> None:
    table = b'"' + b",\n" * 500_000
    began = time.process_time()
    for raw in (table, b"<a" * 1_000_000, b"<" + b" " * 2_000_000, b"<" + b"a" * 2_000_000):
        assert kind(raw) in {UNKNOWN, sniffing.TEXT, sniffing.CSV}
    assert time.process_time() - began < 5


@given(
    st.binary(max_size=300), st.sampled_from([b"PK\x03\x04", zipped(WORD), b"", b"\xef\xbb\xbf"])
)
def test_no_bytes_break_it(raw: bytes, head: bytes) -> None:
    at = random.Random(raw).randrange(len(head) + 1)
    assert kind(head[:at] + raw + head[at:])
    assert kind(head + raw)
