"""enrol.ps1 by its structure: no PowerShell runs here, so that its text is looked at closely."""

import re
from pathlib import Path

import pytest

from inventory.assets.kinds import Category
from inventory.enrolment.reports import MOST_ADMINISTRATORS, MOST_MACS, MOST_SOFTWARE
from inventory.enrolment.schemas import (
    KINDS,
    EnrolmentReport,
    GuardReport,
    SoftwareReport,
)

SCRIPT = Path(__file__).parents[3] / "inventory/enrolment/scripts/enrol.ps1"
TEXT = SCRIPT.read_text("ascii")
TOKENS = re.compile(
    r"""(?P<remark><\#.*?\#>|\#[^\n]*)|(?P<text>'(?:[^']|'')*'|"(?:[^"`]|`.|"")*")|(?P<mark>[][(){}])""",
    re.DOTALL,
)
PAIRS = {")": "(", "]": "[", "}": "{"}


def marks() -> list[str]:
    return [found["mark"] for found in TOKENS.finditer(TEXT) if found["mark"]]


def code() -> str:
    """The text without remarks."""
    return TOKENS.sub(lambda found: "" if found["remark"] else found[0], TEXT)


def keys_after(opening: str) -> set[str]:
    block = TEXT[TEXT.index(opening) + len(opening) :]
    return set(re.findall(r"^\s*(\w+) = ", block[: block.index("\n    }")], re.MULTILINE))


def test_it_is_plain_text_that_any_line_ending_suits() -> None:
    assert "\r" not in TEXT
    assert "\t" not in TEXT
    assert "@'" not in TEXT, "a here-string would carry the line ending along"
    assert '@"' not in TEXT
    assert not re.search(r"`\s*$", TEXT, re.MULTILINE)
    assert max(map(len, TEXT.splitlines())) <= 100


def test_its_brackets_close() -> None:
    open_ones: list[str] = []
    for mark in marks():
        if mark in PAIRS:
            assert open_ones
            assert open_ones.pop() == PAIRS[mark]
        else:
            open_ones.append(mark)
    assert open_ones == []
    assert len(marks()) > 200


def test_the_report_has_the_fields_that_the_server_takes() -> None:
    told = keys_after("$report = [ordered]@{")
    assert told == set(EnrolmentReport().fields) - {"site_id"}
    assert keys_after("$told++\n        [ordered]@{") >= set(GuardReport().fields)
    assert "[ordered]@{ name = $seen[$_][0]; version = $seen[$_][1] }" in TEXT
    assert set(SoftwareReport().fields) == {"name", "version"}


def test_it_stays_within_what_the_server_takes() -> None:
    assert f"$MostSoftware = {MOST_SOFTWARE}\n" in TEXT
    assert f"$MostAdministrators = {MOST_ADMINISTRATORS}\n" in TEXT
    assert f"$MostMacs = {MOST_MACS}\n" in TEXT
    kinds = set(re.findall(r"(?:return|\{ return) '(\w+)'", TEXT))
    assert {Category(kind) for kind in kinds} <= set(KINDS)


def test_the_token_is_no_argument_and_is_never_shown() -> None:
    parameters = re.search(r"^param\((.*?)^\)", TEXT, re.DOTALL | re.MULTILINE)
    assert parameters is not None
    assert set(re.findall(r"\$(\w+)", parameters[1])) == {
        "Url", "TokenFile", "Tag", "NoSoftware", "Print",
    }  # fmt: skip
    assert "Write-Host" not in TEXT
    shown = r"(Write-\w+|WriteLine|Stop-Run|Start-Process)[^\n]*\$token\b"
    assert not re.search(shown, code(), re.IGNORECASE)


def test_nothing_is_sent_unprotected() -> None:
    address = re.search(r"\$Url -notmatch '([^']+)'", TEXT)
    assert address is not None
    safe = re.compile(address[1], re.IGNORECASE)
    for url in ("https://homeroom.example.org", "http://127.0.0.1:8000", "http://localhost"):
        assert safe.search(url)
    for url in ("http://homeroom.example", "https:///x", "http://localhost.evil", "ftp://x", ""):
        assert not safe.search(url)
    assert "Tls12" in TEXT
    assert "Invoke-Expression" not in TEXT
    assert "ServerCertificateValidationCallback" not in TEXT


@pytest.mark.parametrize("exit_code", [1, 2, 4, 5])
def test_it_has_the_exit_codes_of_the_other_script(exit_code: int) -> None:
    assert re.search(rf"Stop-Run {exit_code} ", code())
