"""Names that uploaders tell: what is kept, what a download is called, and what the header says."""

import re

import pytest
from hypothesis import given, strategies as st

from inventory.assets import sniffing
from inventory.assets.file_names import MAX_NAME, clean_name, download_name
from inventory.http.download import disposition


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Invoice 4711.pdf", "Invoice 4711.pdf"),
        ("Prüfbericht プリンタ.pdf", "Prüfbericht プリンタ.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("C:\\fakepath\\photo.jpg", "photo.jpg"),
        ("/", "file"), ("..", "file"), ("", "file"), (" . ", "file"), ("\x00", "file"),
        (".htaccess", "htaccess"),
        ('a"\r\nSet-Cookie: x', "a_ Set-Cookie_ x"),
        ("a\x00\x1b[31mb\x7f.txt", "a[31mb.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u200bzero\ufeff.pdf", "zero.pdf"),
        ("half \ud800 pair.pdf", "half pair.pdf"),
        ("two  blanks\u00a0and\u2028lines.txt", "two blanks and lines.txt"),
        ("name.pdf. . .", "name.pdf"),
        ("<b>|?*:.png", "_b_____.png"),
        ("con.txt", "_con.txt"), ("LPT1", "_LPT1"), ("nul.tar.gz", "_nul.tar.gz"),
        ("console.txt", "console.txt"),
        ("Cafe\u0301.txt", "Café.txt"),
        ("x" * 300 + ".jpeg", "x" * 195 + ".jpeg"),
        ("x" * 300, "x" * 200),
        ("a." + "b" * 300, "a." + "b" * 198),
    ],
)  # fmt: skip
def test_what_is_kept_of_a_name(told: str, kept: str) -> None:
    assert clean_name(told) == kept


@given(st.text(max_size=400))
def test_a_kept_name_is_safe_and_stays_as_it_is(told: str) -> None:
    name = clean_name(told)
    assert 0 < len(name) <= MAX_NAME
    assert not re.search(r'[\x00-\x1f\x7f/\\<>:"|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]', name)
    assert name.strip(" .") == name
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "media_type", "called"),
    [
        ("photo.JPG", sniffing.JPEG, "photo.JPG"),
        ("photo.png", sniffing.JPEG, "photo.png.jpg"),
        ("scan", sniffing.PDF, "scan.pdf"),
        ("run.bat", sniffing.TEXT, "run.bat.txt"),
        ("switch.cfg", sniffing.TEXT, "switch.cfg"),
        ("assets.csv", sniffing.CSV, "assets.csv"),
        ("logo.svg", sniffing.UNKNOWN, "logo.svg.bin"),
        ("page.HTML", sniffing.UNKNOWN, "page.HTML.bin"),
        ("setup.exe", sniffing.UNKNOWN, "setup.exe.bin"),
        ("photo.heic", sniffing.UNKNOWN, "photo.heic"),
        ("file", sniffing.UNKNOWN, "file"),
    ],
)
def test_what_a_download_is_called(name: str, media_type: str, called: str) -> None:
    assert download_name(name, media_type) == called


def test_the_header() -> None:
    assert disposition("Prüf 1.pdf") == (
        "attachment; filename=\"Pr_f 1.pdf\"; filename*=UTF-8''Pr%C3%BCf%201.pdf"
    )
    assert disposition("a.webp", inline=True).startswith("inline; ")


@given(st.text(max_size=100))
def test_nothing_in_a_name_ends_the_header(name: str) -> None:
    assert re.fullmatch(
        r"attachment; filename=\"[A-Za-z0-9._ -]*\"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*",
        disposition(name),
    )
