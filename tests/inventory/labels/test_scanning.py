"""Labels are read back by a decoder that knows nothing of how they were drawn."""

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from inventory.labels.design import Content, Wanted, arrange, bar_widths
from inventory.labels.printing import Placing, calibration, pdf
from inventory.labels.stock import BUILT_IN, Stock

DPI = 300
URL = "https://homeroom.example.org/a/WPS-00273"
CONTENT = Content(
    "WPS-00273", URL, ("Maple Valley Public Schools", "Latitude 3140", "5CD2882320001")
)


def pages(data: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.render(scale=DPI / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def read(picture: Image.Image) -> dict[str, list[str]]:
    """Texts by symbology."""
    found: dict[str, list[str]] = {}
    for code in zxingcpp.read_barcodes(picture):
        found.setdefault(code.format.name, []).append(code.text)
    return found


def cell(picture: Image.Image, stock: Stock, number: int) -> Image.Image:
    left, top = stock.corner(number)
    dots = DPI / 25.4
    box = (left * dots, top * dots, (left + stock.width) * dots, (top + stock.height) * dots)
    return picture.crop(tuple(round(each) for each in box))


@pytest.mark.parametrize("stock", BUILT_IN.values(), ids=BUILT_IN)
def test_a_label_of_every_stock_is_read_by_a_scanner(stock: Stock) -> None:
    label = arrange(stock.width, stock.height, CONTENT, Wanted())
    (picture,) = pages(pdf(stock, [label], Placing(), title="Labels"))
    found = read(cell(picture, stock, 0))
    assert found.get("QRCode") in ([URL], ["WPS-00273"])
    if "bars" not in label.left_out:
        assert found.get("Code128") == ["WPS-00273"]


def test_the_bar_code_fits_wherever_a_label_is_long_enough() -> None:
    without = {
        key
        for key, stock in BUILT_IN.items()
        if arrange(stock.width, stock.height, CONTENT, Wanted()).left_out
    }
    assert without <= {"avery-5167", "avery-6576", "avery-l4778", "brother-tze-12", "zebra-2x1"}


def test_every_label_of_a_sheet_lies_in_its_own_cell() -> None:
    stock = BUILT_IN["avery-5160"]
    tags = [f"WPS-{number:05}" for number in range(1, 36)]
    labels = [arrange(stock.width, stock.height, Content(tag), Wanted()) for tag in tags]
    printed = pages(pdf(stock, labels, Placing(start=29), title="Labels"))
    assert len(printed) == 3
    assert read(cell(printed[0], stock, 27)) == {}
    places = [(0, 28), (0, 29), *((1, n) for n in range(30)), (2, 0), (2, 1), (2, 2)]
    for (page, number), tag in zip(places, tags, strict=True):
        assert read(cell(printed[page], stock, number))["QRCode"] == [tag]


def test_pages_have_the_papers_size_and_offsets_shift_in_millimetres() -> None:
    stock = BUILT_IN["dymo-30252"]
    label = arrange(stock.width, stock.height, CONTENT, Wanted(bars=False))
    plain, moved = (
        pages(pdf(stock, [label], placing, title="x"))[0]
        for placing in (Placing(), Placing(dx=2.0, dy=-1.0))
    )
    assert plain.size == pytest.approx((89 / 25.4 * DPI, 28 / 25.4 * DPI), abs=2)
    corner = [zxingcpp.read_barcodes(each)[0].position.top_left for each in (plain, moved)]
    assert corner[1].x - corner[0].x == pytest.approx(2 / 25.4 * DPI, abs=3)
    assert corner[1].y - corner[0].y == pytest.approx(-1 / 25.4 * DPI, abs=3)


def test_the_calibration_sheet_has_the_labels_outlines() -> None:
    stock = BUILT_IN["avery-5163"]
    (picture,) = pages(calibration(stock, Placing(), title="x"))
    left, top = (round(each / 25.4 * DPI) for each in stock.corner(0))
    around = picture.crop((left - 3, top + 60, left + 4, top + 61))
    assert around.getextrema()[0] < 200


def test_code_128_is_what_the_standard_says() -> None:
    # Start B, "A" (33), check digit 104 + 33 = 137 mod 103 = 34 ("B"), stop.
    assert bar_widths("A") == (
        2, 1, 1, 2, 1, 4, 1, 1, 1, 3, 2, 3, 1, 3, 1, 1, 2, 3, 2, 3, 3, 1, 1, 1, 2,
    )  # fmt: skip
