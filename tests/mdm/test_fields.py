"""Values from vendors: every getter gives a clean value of its type, or None."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from mdm.fields import MAX_TEXT, Fields, Unreadable, clean, read_rows
from mdm.identifiers import imeis, macs, meids
from mdm.types import Device, Platform

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(JSON)
def test_no_value_of_any_shape_raises(value: Any) -> None:
    row = Fields({"a": value})
    for get in (
        row.text,
        row.texts,
        row.flag,
        row.number,
        row.moment,
        row.day,
        row.inside,
        row.rows,
    ):
        get("a")
        get("a", "b")
        get("nothing")
    row.extras({"x": "a", "y": "a.b"})


@given(st.text())
@example("a \u200b b")
def test_clean_text_can_be_shown_anywhere(text: str) -> None:
    found = clean(text)
    assert len(found) <= MAX_TEXT
    assert found == " ".join(found.split())
    assert not any(unicodedata.category(c).startswith("C") for c in found)
    assert clean(found) == found


def test_texts_and_ids() -> None:
    row = Fields(
        {"n": 12, "b": True, "s": "  a\n b ", "e": "", "l": ["x", "x", 3, None, ""], "i": "ä"}
    )
    assert (row.text("n"), row.text("b"), row.text("s"), row.text("e")) == ("12", None, "a b", None)
    assert row.texts("l") == ("x", "3")
    assert row.texts("s") == ("a b",)
    assert (row.id("i"), row.id("n")) == ("ä", "12")
    for wrong in (None, "", True, [], "x" * 2000, "a\x00b", "a\u202eb", 1.5):
        with pytest.raises(Unreadable):
            Fields({"i": wrong}).id("i")


def test_flags_and_numbers() -> None:
    told = {"t": True, "f": "false", "o": 1, "z": "0", "x": "yes", "n": 2, "d": "3.5", "inf": "inf"}
    row = Fields(told)
    assert [row.flag(name) for name in "tfozxn"] == [True, False, True, False, None, None]
    assert [row.number(name) for name in ("n", "d", "t", "x", "inf")] == [2, 3.5, None, None, None]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24T08:00:00.000Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00:00.1234567+01:00", datetime(2026, 11, 24, 7, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-24 08:00:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (1_795_507_200, datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("1795507200", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None), ("1970-01-01T00:00:00Z", None), (0, None), (None, None),
        ("soon", None), (1e20, None), ([], None), ("9999-12-31T23:59:59Z", None), ("", None),
    ],
)  # fmt: skip
def test_moments(value: object, expected: datetime | None) -> None:
    assert Fields({"at": value}).moment("at") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2029-06-30", date(2029, 6, 30)), ("2029-06-30T00:00:00Z", date(2029, 6, 30)),
        ("1877299200000", date(2029, 6, 28)), (1877299200000, date(2029, 6, 28)), ("June", None),
        ("2029-02-30", None), (None, None), (-1, None), (1e30, None),
    ],
)  # fmt: skip
def test_days(value: object, expected: date | None) -> None:
    assert Fields({"at": value}).day("at") == expected


def test_hardware_identifiers_have_one_form() -> None:
    assert macs("3C:2A:F4:00:00:01", "3c2a.f400.0001", "3C-2A-F4-00-00-02") == (
        "3c:2a:f4:00:00:01",
        "3c:2a:f4:00:00:02",
    )
    assert macs("02:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "0" * 12, "x", None, "", "3c2af4") == ()
    assert imeis(["35 302005 157498 7", "353020051574987", "000000000000000", "12", None]) == (
        "353020051574987",
    )
    assert imeis(["٣" * 15]) == ()
    assert meids(["a0000009e8c2f1", "A0000009E8C2F1", "353020051574987"]) == ("A0000009E8C2F1",)


def test_a_page_goes_on_without_its_bad_rows() -> None:
    def read(row: Fields) -> Device:
        return Device(row.id("id"), Platform.OTHER)

    devices, problems = read_rows(
        [{"id": "1"}, None, {"id": None}, [], {"id": "2"}], read, id_name="id"
    )
    assert [device.vendor_id for device in devices] == ["1", "2"]
    assert len(problems) == 3
