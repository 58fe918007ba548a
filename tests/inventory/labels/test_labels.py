"""Rules of stock, layout, ZPL and the preview."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from inventory.errors import InvalidInput
from inventory.labels.design import Bars, Content, Matrix, Wanted, Words, arrange
from inventory.labels.drawing import label_svg, sheet_svg
from inventory.labels.printing import MOST_LABELS, Placing, pdf
from inventory.labels.stock import BUILT_IN, Stock, check
from inventory.labels.zpl import escaped, zpl

SHEET, ROLL = BUILT_IN["avery-5160"], BUILT_IN["zebra-2x1"]
EVIL = '^XA^IDR:*.*^XZ~JA"><script>alert(1)</script>\u202e\x00'


def label(stock: Stock, content: Content, **wanted: bool):  # type: ignore[no-untyped-def]
    return arrange(stock.width, stock.height, content, Wanted(**wanted))


@pytest.mark.parametrize("stock", BUILT_IN.values(), ids=BUILT_IN)
def test_the_stock_that_comes_along_is_possible(stock: Stock) -> None:
    assert check(stock) is stock


def test_known_sheets_have_the_makers_margins() -> None:
    assert SHEET.corner(0) == pytest.approx((4.7625, 12.7))
    assert SHEET.corner(29) == pytest.approx((4.7625 + 2 * 69.85, 12.7 + 9 * 25.4))
    assert BUILT_IN["avery-5167"].corner(0) == pytest.approx((7.62, 12.7))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"width": 2.0}, "width"),
        ({"height": 900.0}, "height"),
        ({"columns": 0}, "columns"),
        ({"rows": 400}, "columns"),
        ({"left": -1.0}, "left"),
        ({"pitch_x": 10.0}, "pitch_x"),
        ({"pitch_y": 10.0}, "pitch_y"),
        ({"left": 30.0}, "page_width"),
        ({"top": 30.0}, "page_height"),
    ],
)
def test_impossible_stock_is_refused(change: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(replace(SHEET, **change))  # type: ignore[arg-type]
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("placing", "count", "field"),
    [
        (Placing(start=0), 1, "start"),
        (Placing(start=31), 1, "start"),
        (Placing(dx=16), 1, "dx"),
        (Placing(), 0, "tags"),
        (Placing(), MOST_LABELS + 1, "tags"),
    ],
)
def test_what_cannot_be_printed_is_refused(placing: Placing, count: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        pdf(SHEET, [label(SHEET, Content("T-1"))] * count, placing, title="x")
    assert field in refused.value.fields


def test_a_code_that_cannot_be_read_is_left_out_and_named() -> None:
    tape = BUILT_IN["brother-tze-12"]
    told = label(tape, Content("WPS-" + "x" * 400, "https://homeroom.example/a/" + "0" * 300))
    assert set(told.left_out) == {"qr", "bars"}
    assert all(isinstance(mark, Words) for mark in told.marks)


def test_a_short_tag_stands_in_where_the_address_is_too_long_for_the_label() -> None:
    tape = BUILT_IN["brother-tze-12"]
    told = label(tape, Content("WPS-1", "https://homeroom.example/a/" + "0" * 300), bars=False)
    (code,) = [mark for mark in told.marks if isinstance(mark, Matrix)]
    assert code.text == "WPS-1"


sizes = st.floats(8, 120)


@given(sizes, sizes, st.text(min_size=1, max_size=60), st.lists(st.text(max_size=80), max_size=4))
def test_nothing_stands_over_the_edge(
    width: float, height: float, tag: str, lines: list[str]
) -> None:
    for mark in arrange(width, height, Content(tag, "", tuple(lines)), Wanted()).marks:
        if isinstance(mark, Matrix):
            right, lower = (
                mark.x + len(mark.rows) * mark.module,
                mark.y + mark.module * len(mark.rows),
            )
        elif isinstance(mark, Bars):
            right, lower = mark.x + sum(mark.widths) * mark.module, mark.y + mark.height
        else:
            right, lower = mark.x, mark.y
        assert mark.x >= 0 and mark.y >= 0
        assert right <= width + 0.01 and lower <= height + 0.01


def test_zpl_obeys_no_device() -> None:
    text = zpl(ROLL, [label(ROLL, Content("T-1", "", (EVIL,)))], Placing(), dpi=203)
    assert text.count("^XA") == text.count("^XZ") == 1
    assert "~" not in text
    assert "^ID" not in text
    assert escaped("^~_é") == "_5E_7E_5F_C3_A9"


def test_zpl_tells_size_and_codes() -> None:
    text = zpl(ROLL, [label(ROLL, Content("T-1"))] * 2, Placing(), dpi=203)
    assert text.startswith("^XA^CI28^PW406^LL203\n")
    assert text.count("^BQN,2,") == text.count("^BCN,") == 2
    assert "^FDMA,T-1^FS" in text


@pytest.mark.parametrize(("stock", "dpi"), [(SHEET, 203), (ROLL, 204)])
def test_zpl_refuses_sheets_and_densities_that_are_none(stock: Stock, dpi: int) -> None:
    with pytest.raises(InvalidInput):
        zpl(stock, [label(stock, Content("T-1"))], Placing(), dpi=dpi)


def test_the_preview_shows_hostile_text_as_text() -> None:
    picture = label_svg(SHEET, label(SHEET, Content("T-1", "", (EVIL,))), name=EVIL)
    tree = ET.fromstring(str(picture).replace("\u202e", "").replace("\x00", ""))
    assert {node.tag for node in tree.iter()} == {"svg", "rect", "path", "text"}
    assert "style=" not in picture


def test_the_picture_of_the_sheet_counts_its_cells() -> None:
    tree = ET.fromstring(sheet_svg(SHEET, 5, 3, name="Sheet"))
    kinds = [node.get("class") for node in tree.iter("rect")][1:]
    assert (kinds.count("cell used"), kinds.count("cell printed")) == (4, 3)
    assert len(kinds) == 30
