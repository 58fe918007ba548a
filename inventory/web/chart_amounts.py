"""What bars, columns and parts have in common: labels that fit, sums, the chart around them."""

from collections.abc import Sequence

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_model import (
    Bar,
    Cell,
    Chart,
    NumberFormat,
    Row,
    measurable,
    size,
    told,
)
from inventory.web.chart_scale import BROAD, MIDDLE, NARROW
from inventory.web.chart_svg import fitted, identity, joined, local, picture, tag, visible

TEXT, SMALL = 12.5, 11.0
"""Sizes of letters in pixels, as in charts.css."""

MOST_ROWS = 1_000


def label(text: str, x: float, y: float, taken: float, *, kind: str = "chart-label") -> Markup:
    """A name, cut for three widths of the chart; charts.css shows the one that fits."""
    short, mid, full = (fitted(text, max(30, w - taken - x), TEXT) for w in (NARROW, MIDDLE, BROAD))
    if short == full:
        return tag("text", full, x=x, y=y, class_=kind)
    return joined(
        tag("text", cut, x=x, y=y, class_=f"{kind} chart-only-{name}")
        for cut, name in ((short, "s"), (mid, "m"), (full, "l"))
    )


def share_of(share: float) -> str:
    if 0 < share < 0.005:
        return "< 1%"
    return f"{min(share, 0.99 if share < 1 else 1):.0%}" if share > 0.99 else f"{share:.0%}"


def total_of(data: Sequence[Bar]) -> float:
    values = [bar.value for bar in data if measurable(bar.value)]
    return sum(values) if all(isinstance(v, int) for v in values) else sum(map(size, values))


def most_of(data: Sequence[Bar], number: NumberFormat, unit: str) -> str:
    """Which is the largest, as a sentence."""
    top = max(data, key=lambda bar: size(bar.value))
    return words.most(visible(top.label, 80), told(top.value, number, unit))


def finished(
    kind: str,
    title: str,
    data: Sequence[Bar],
    summary: str,
    said: str,
    inside: Markup,
    *,
    id: str,
    height: float,
    unit: str,
    number: NumberFormat,
    whole: float = 0.0,
    class_: str = "chart",
) -> Chart:
    """The chart around what was drawn.

    said   for screen readers, where there is no summary; whole: of the shares, if the table has any
    """  # fmt: skip
    title, summary = visible(title, 200), visible(summary)
    svg = picture(
        title, summary or visible(said), inside, id=identity(id, kind, title), class_=class_,
        height=height, links=any(local(bar.href) for bar in data),
    )  # fmt: skip
    head = [str(words.NAME), str(words.VALUE)] + ([str(words.SHARE)] if whole else [])
    return Chart(
        title, summary, svg, tuple(head),
        tuple(_row(bar, told(bar.value, number, unit), whole) for bar in data[:MOST_ROWS]),
    )  # fmt: skip


def _row(bar: Bar, value: str, whole: float) -> Row:
    cells = (Cell(bar.label, bar.href), Cell(value, numeric=True))
    return (*cells, Cell(share_of(size(bar.value) / whole), numeric=True)) if whole else cells
