"""Amounts side by side as vertical columns: ages, months, years."""

from collections.abc import Sequence

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_amounts import SMALL, finished, most_of
from inventory.web.chart_levels import grid, gutter
from inventory.web.chart_model import (
    Bar,
    Chart,
    NumberFormat,
    nothing,
    paint,
    plain_number,
    size,
    told,
)
from inventory.web.chart_scale import roomy, ticks
from inventory.web.chart_svg import joined, linked, local, percent, tag, visible, width_of

MOST_COLUMNS, FEW, TOP = 120, 16, 18


def columns(
    title: str,
    data: Sequence[Bar],
    *,
    unit: str = "",
    summary: str = "",
    id: str = "",
    number: NumberFormat = plain_number,
    height: int = 150,
) -> Chart:
    """Vertical columns for ages or stretches of time, in the order given.

    A few have their numbers on top, many have levels behind them. Of more than `MOST_COLUMNS` the
    first are drawn; the table has all that a table may have.
    """  # fmt: skip
    if not data:
        return nothing(title, id, kind="columns")
    drawn = data[:MOST_COLUMNS]
    dense = len(drawn) > FEW
    whole = all(isinstance(bar.value, int) for bar in drawn)
    levels = ticks(0, max(size(bar.value) for bar in drawn) or 1, whole=whole)
    most = levels[-1] if dense else max(size(bar.value) for bar in drawn) or 1
    level_names = [told(level, number) for level in levels]
    shares = [size(bar.value) / most for bar in drawn]
    inside = [grid(level_names, TOP, height)] if dense else []
    for place, (bar, share) in enumerate(zip(drawn, shares, strict=True)):
        value = told(bar.value, number, unit)
        inside.append(_column(bar, place, len(drawn), share, height, value))
    if not dense:
        tops = [TOP - 5 + height * (1 - share) for share in shares]
        values = [told(bar.value, number) for bar in drawn]
        inside.append(_captions(values, tops, "chart-value-small"))
    floor = TOP + height
    inside.append(tag("line", x2="100%", y1=floor, y2=floor, class_="chart-axis"))
    names = [visible(bar.label, 24) for bar in drawn]
    inside.append(_captions(names, [floor + 16.0] * len(drawn), "chart-tick"))
    said = most_of(data, number, unit)
    if len(data) > len(drawn):
        cut = words.shown_of(len(drawn), len(data))
        said, summary = f"{said} {cut}", f"{summary} {cut}".strip()
    return finished(
        "columns", title, data, summary, said, joined(inside), id=id, height=floor + 22, unit=unit,
        number=number, class_=f"chart chart-plot {gutter(level_names)}" if dense else "chart",
    )  # fmt: skip


def _column(bar: Bar, place: int, count: int, share: float, height: float, value: str) -> Markup:
    wide = 0.72 if count <= FEW else 0.84
    tall = max(height * share, 1.0) if share > 0 else 0.0
    return linked(
        local(bar.href), f"{visible(bar.label)}: {value}",
        tag("rect", x=percent(place / count), width=percent(1 / count), height=TOP + height + 22,
            class_="chart-hit"),
        tag("rect", x=percent((place + (1 - wide) / 2) / count), width=percent(wide / count),
            y=TOP + height - tall, height=tall, rx=1.5, class_=f"chart-mark {paint(bar.tone)}"),
        class_="chart-row",
    )  # fmt: skip


def _captions(texts: Sequence[str], ys: Sequence[float], kind: str) -> Markup:
    """Texts over or under their columns, as many as there is room for."""
    count = len(texts)
    room = roomy(count, max(width_of(text, SMALL) for text in texts))
    return joined(
        tag("text", text, x=percent((place + 0.5) / count), y=y, text_anchor="middle",
            class_=f"{kind}{shown}")
        for place, (text, shown, y) in enumerate(zip(texts, room, ys, strict=True))
        if shown is not None
    )  # fmt: skip
