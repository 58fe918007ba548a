"""Texts of cells as values."""

from datetime import date

import pytest

from inventory.asset_import.targets import guessed
from inventory.asset_import.values import cents_of, date_of, months_after, orders
from inventory.assets.columns import COLUMNS
from inventory.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-09-01", "", date(2026, 9, 1)), ("9/13/2026", "", date(2026, 9, 13)),
        ("13.9.26", "", date(2026, 9, 13)), ("03/04/25", "mdy", date(2025, 3, 4)),
        ("03/04/25", "dmy", date(2025, 4, 3)), ("2026-09-01 00:00:00", "", date(2026, 9, 1)),
        ("5/5/1999", "", date(1999, 5, 5)),
    ],
)  # fmt: skip
def test_dates(text: str, order: str, day: date) -> None:
    assert date_of(text, "purchase_date", order) == day


@pytest.mark.parametrize("text", ["03/04/25", "2026-02-30", "soon", "45000", "13/13/2026"])
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(InvalidInput):
        date_of(text, "purchase_date", "")


@pytest.mark.parametrize(
    ("text", "decimal", "cents"),
    [
        ("$1,234.56", "", 123456), ("1.234,56 €", "", 123456), ("1234", "", 123400),
        ("1,234", "", 123400), ("12.5", "", 1250), ("1 234,50", ",", 123450), ("0", "", 0),
    ],
)  # fmt: skip
def test_money(text: str, decimal: str, cents: int) -> None:
    assert cents_of(text, "cost", decimal) == cents


@pytest.mark.parametrize("text", ["-5", "1.2.3", "free", "1,2345", "", "1e5"])
def test_money_that_is_none(text: str) -> None:
    with pytest.raises(InvalidInput):
        cents_of(text, "cost", "")


def test_names_of_columns() -> None:
    usual = ["Asset Tag", "Número de serie", "Brand", "Model", "Purchase Cost", "Notes", "x"]
    assert guessed(usual, []) == [
        "tag", "serial", "manufacturer", "model", "cost", "description", "",
    ]  # fmt: skip
    own = [column.key for column in COLUMNS.values() if column.entered]
    assert guessed(own, []) == own


def test_small_things() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert orders("03/04/25") == (True, True) and orders("2026-09-01") is None
