"""Label stock: where labels lie on a sheet, and how large one is; all in millimetres.

Sizes are those that the makers print on their packages; what a package does not tell (margins and
pitch) follows from the sheet, since these grids are centred on it.
"""

from dataclasses import dataclass

from inventory.errors import InvalidInput

LETTER, A4 = (215.9, 279.4), (210.0, 297.0)
INCH = 25.4
SMALLEST, LARGEST = 8.0, 450.0
MOST_CELLS = 500
SLACK = 0.6
"""By how much a grid may stand over its page: makers round."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A sheet of labels, or a roll of them (one label a page).

    key             how it is asked for
    name            what is printed on the package
    page            width and height of the page; of a roll: the label
    columns, rows   labels side by side, and beneath each other
    width, height   of one label
    left, top       from the page's edge to the first label
    pitch_x, pitch_y  from one label's edge to the next one's
    """

    key: str
    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float

    @property
    def cells(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def corner(self, cell: int) -> tuple[float, float]:
        """Left and top edge of a cell; 0 is the first one, counted along the rows."""
        row, column = divmod(cell, self.columns)
        return self.left + column * self.pitch_x, self.top + row * self.pitch_y


def sheet(
    key: str,
    name: str,
    page: tuple[float, float],
    grid: tuple[int, int],
    size: tuple[float, float],
    gap: tuple[float, float] = (0.0, 0.0),
) -> Stock:
    """A sheet with its grid in the middle: `grid` is columns and rows, `gap` between labels."""
    (columns, rows), (width, height) = grid, size
    pitch_x, pitch_y = width + gap[0], height + gap[1]
    left = (page[0] - columns * pitch_x + gap[0]) / 2
    top = (page[1] - rows * pitch_y + gap[1]) / 2
    return Stock(key, name, page, columns, rows, width, height, left, top, pitch_x, pitch_y)


def roll(key: str, name: str, width: float, height: float) -> Stock:
    """One label a page, as label printers want it."""
    return Stock(key, name, (width, height), 1, 1, width, height, 0.0, 0.0, width, height)


BUILT_IN: dict[str, Stock] = {
    stock.key: stock
    for stock in (
        sheet("avery-5160", "Avery 5160, 8160, 5520", LETTER, (3, 10), (66.675, INCH), (3.175, 0)),
        sheet("avery-5163", "Avery 5163, 8163", LETTER, (2, 5), (101.6, 50.8), (4.7625, 0)),
        sheet("avery-5167", "Avery 5167, 5267, 8167", LETTER, (4, 20), (44.45, 12.7), (7.62, 0)),
        sheet("avery-6576", "Avery 6576", LETTER, (4, 8), (44.45, 31.75), (4.7625, 0)),
        sheet("avery-l4778", "Avery L4778, L4736", A4, (4, 12), (45.7, 21.2), (2.5, 0)),
        sheet("avery-l7160", "Avery L7160", A4, (3, 7), (63.5, 38.1), (2.5, 0)),
        sheet("avery-l7162", "Avery L7162", A4, (2, 8), (99.1, 33.9), (2.5, 0)),
        sheet("avery-l7163", "Avery L7163", A4, (2, 7), (99.1, 38.1), (2.5, 0)),
        roll("dymo-30252", "Dymo 30252", 89.0, 28.0),
        roll("dymo-30336", "Dymo 30336", 54.0, 25.0),
        roll("dymo-1933081", "Dymo 1933081", 89.0, 25.0),
        roll("brother-dk-11201", "Brother DK-11201", 90.0, 29.0),
        roll("brother-dk-11209", "Brother DK-11209", 62.0, 29.0),
        roll("brother-dk-62", "Brother DK 62 mm, cut at 30 mm", 62.0, 30.0),
        roll("brother-tze-12", "Brother TZe 12 mm, cut at 50 mm", 50.0, 12.0),
        roll("brother-tze-18", "Brother TZe 18 mm, cut at 60 mm", 60.0, 18.0),
        roll("brother-tze-24", "Brother TZe 24 mm, cut at 60 mm", 60.0, 24.0),
        roll("zebra-2x1", "Zebra 2 x 1 in", 50.8, INCH),
    )
}


def check(stock: Stock) -> Stock:
    """A stock that somebody described. Raises `InvalidInput` naming what cannot be."""
    wrong: dict[str, list[str]] = {}
    for name in ("width", "height"):
        if not SMALLEST <= getattr(stock, name) <= LARGEST:
            wrong[name] = [f"{SMALLEST:g} to {LARGEST:g} mm"]
    if not 1 <= stock.columns * stock.rows <= MOST_CELLS or min(stock.columns, stock.rows) < 1:
        wrong["columns"] = [f"1 to {MOST_CELLS} labels on a page"]
    if min(stock.left, stock.top) < 0:
        wrong["left"] = ["margins cannot be negative"]
    if stock.columns > 1 and stock.pitch_x < stock.width:
        wrong["pitch_x"] = ["labels would lie on each other"]
    if stock.rows > 1 and stock.pitch_y < stock.height:
        wrong["pitch_y"] = ["labels would lie on each other"]
    if stock.left + (stock.columns - 1) * stock.pitch_x + stock.width > stock.page[0] + SLACK:
        wrong["page_width"] = ["the labels would stand over the page's right edge"]
    if stock.top + (stock.rows - 1) * stock.pitch_y + stock.height > stock.page[1] + SLACK:
        wrong["page_height"] = ["the labels would stand over the page's lower edge"]
    if wrong:
        raise InvalidInput("such label stock cannot be", wrong)
    return stock
