"""Labels as a PDF in real millimetres, and the sheet that shows by how much a printer is off."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from inventory.errors import InvalidInput
from inventory.labels.design import BOLD, FONT, POINT, Arranged, Bars, Mark, Matrix
from inventory.labels.stock import Stock

MOST_LABELS = 2_000
FURTHEST = 15.0


@dataclass(frozen=True, slots=True)
class Placing:
    """Where printing begins, and what a printer needs to be told.

    start           the first free label of the first sheet, from 1
    dx, dy          by how much to shift everything, right and down, in mm
    """

    start: int = 1
    dx: float = 0.0
    dy: float = 0.0


def checked(stock: Stock, placing: Placing, count: int) -> Placing:
    """Raises `InvalidInput` for what cannot be printed."""
    wrong: dict[str, list[str]] = {}
    if not 1 <= placing.start <= stock.cells:
        wrong["start"] = [f"1 to {stock.cells}"]
    if max(abs(placing.dx), abs(placing.dy)) > FURTHEST:
        wrong["dx"] = [f"at most {FURTHEST:g} mm"]
    if not 1 <= count <= MOST_LABELS:
        wrong["tags"] = [f"1 to {MOST_LABELS} labels at once"]
    if wrong:
        raise InvalidInput("these labels cannot be printed", wrong)
    return placing


def pdf(stock: Stock, labels: Sequence[Arranged], placing: Placing, *, title: str) -> bytes:
    """One page for each sheet, or for each label of a roll. Raises `InvalidInput`."""
    checked(stock, placing, len(labels))
    target, canvas = _canvas(stock, title)
    for number, label in enumerate(labels, placing.start - 1):
        cell = number % stock.cells
        if cell == 0 and number > placing.start - 1:
            canvas.showPage()
        left, top = stock.corner(cell)
        _draw(canvas, stock, label.marks, left + placing.dx, top + placing.dy)
    canvas.save()
    return target.getvalue()


def calibration(stock: Stock, placing: Placing, *, title: str) -> bytes:
    """Outlines of the labels and a ruler: print it on plain paper, hold it against a sheet."""
    checked(stock, placing, 1)
    target, canvas = _canvas(stock, title)
    canvas.setLineWidth(0.1 * mm)
    for cell in range(stock.cells):
        left, top = stock.corner(cell)
        x, y = left + placing.dx, stock.page[1] - top - placing.dy - stock.height
        canvas.rect(x * mm, y * mm, stock.width * mm, stock.height * mm)
    canvas.setFont(FONT, 2 / POINT)
    for each in range(0, min(100, int(stock.page[0]) - 20) + 1):
        x, length = 10 + each, 3.0 if each % 10 == 0 else 1.5
        canvas.line(x * mm, 5 * mm, x * mm, (5 + length) * mm)
        if each % 10 == 0:
            canvas.drawCentredString(x * mm, 9 * mm, f"{each} mm" if each else "0")
    canvas.save()
    return target.getvalue()


def _canvas(stock: Stock, title: str) -> tuple[BytesIO, Any]:
    target = BytesIO()
    size = (stock.page[0] * mm, stock.page[1] * mm)
    canvas = Canvas(target, pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Homeroom")
    # Viewers that fit a page to the paper would make all measures wrong.
    canvas.setViewerPreference("PrintScaling", "None")
    return target, canvas


def _draw(canvas: Any, stock: Stock, marks: Sequence[Mark], left: float, top: float) -> None:
    canvas.saveState()
    upper = stock.page[1] - top
    clip = canvas.beginPath()
    clip.rect(left * mm, (upper - stock.height) * mm, stock.width * mm, stock.height * mm)
    canvas.clipPath(clip, stroke=0, fill=0)
    for mark in marks:
        _put(canvas, mark, left, upper)
    canvas.restoreState()


def _put(canvas: Any, mark: Mark, left: float, upper: float) -> None:
    if isinstance(mark, Matrix):
        for number, row in enumerate(mark.rows):
            y = upper - mark.y - (number + 1) * mark.module
            for start, length in runs(row):
                x = left + mark.x + start * mark.module
                _fill(canvas, x, y, length * mark.module, mark.module)
    elif isinstance(mark, Bars):
        x, y = left + mark.x, upper - mark.y - mark.height
        for number, width in enumerate(mark.widths):
            if number % 2 == 0:
                _fill(canvas, x, y, width * mark.module, mark.height)
            x += width * mark.module
    else:
        canvas.setFont(BOLD if mark.bold else FONT, mark.size / POINT)
        canvas.drawString((left + mark.x) * mm, (upper - mark.y) * mm, mark.text)


def _fill(canvas: Any, x: float, y: float, width: float, height: float) -> None:
    canvas.rect(x * mm, y * mm, width * mm, height * mm, stroke=0, fill=1)


def runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Start and length of each run of dark cells: fewer shapes, and no hair lines between them."""
    found: list[tuple[int, int]] = []
    start = None
    for index, cell in enumerate([*row, 0]):
        if cell and start is None:
            start = index
        elif not cell and start is not None:
            found.append((start, index - start))
            start = None
    return found
