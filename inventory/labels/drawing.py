"""Labels as SVG for the screen: the same marks as on paper, so that a preview does not flatter."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from inventory.labels.design import Arranged, Bars, Mark, Matrix, Words, width_of
from inventory.labels.printing import runs
from inventory.labels.stock import Stock


def label_svg(stock: Stock, label: Arranged, *, name: str) -> Markup:
    """One label, `name` is told to who cannot see it."""
    body = Markup("").join(_shape(mark) for mark in label.marks)
    return Markup(
        '<svg class="label-picture" role="img" aria-label="{}" viewBox="0 0 {:.2f} {:.2f}">'
        '<rect class="label-paper" width="100%" height="100%" rx="1"/>{}</svg>'
    ).format(name, stock.width, stock.height, body)


def sheet_svg(stock: Stock, start: int, count: int, *, name: str) -> Markup:
    """The first page: which cells are used up, which will be printed, which stay free."""
    cells = []
    for cell in range(stock.cells):
        x, y = stock.corner(cell)
        kind = "used" if cell < start - 1 else "printed" if cell < start - 1 + count else "free"
        cells.append(
            Markup(
                '<rect class="cell {}" x="{:.2f}" y="{:.2f}" '
                'width="{:.2f}" height="{:.2f}" rx="1"/>'
            ).format(kind, x, y, stock.width, stock.height)
        )
    return Markup(
        '<svg class="sheet-picture" role="img" aria-label="{}" viewBox="0 0 {:.2f} {:.2f}">'
        '<rect class="label-paper" width="100%" height="100%"/>{}</svg>'
    ).format(name, *stock.page, Markup("").join(cells))


def _shape(mark: Mark) -> Markup:
    if isinstance(mark, Words):
        return Markup(
            '<text class="label-text{}" x="{:.2f}" y="{:.2f}" font-size="{:.2f}" '
            'textLength="{:.2f}" lengthAdjust="spacingAndGlyphs">{}</text>'
        ).format(
            " label-bold" if mark.bold else "", mark.x, mark.y, mark.size, _length(mark),
            escape(mark.text),
        )  # fmt: skip
    return Markup('<path class="label-ink" d="{}"/>').format(" ".join(_boxes(mark)))


def _length(mark: Words) -> float:
    return width_of(mark.text, mark.size, "Helvetica-Bold" if mark.bold else "Helvetica")


def _boxes(mark: Matrix | Bars) -> Sequence[str]:
    if isinstance(mark, Matrix):
        size = mark.module
        return [
            _box(mark.x + start * size, mark.y + number * size, length * size, size)
            for number, row in enumerate(mark.rows)
            for start, length in runs(row)
        ]
    found, x = [], mark.x
    for number, width in enumerate(mark.widths):
        if number % 2 == 0:
            found.append(_box(x, mark.y, width * mark.module, mark.height))
        x += width * mark.module
    return found


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.3f} {y:.3f}h{width:.3f}v{height:.3f}h-{width:.3f}z"
