"""Amounts side by side as horizontal bars."""

from collections.abc import Sequence

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_amounts import TEXT, finished, label, most_of, total_of
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
from inventory.web.chart_svg import joined, linked, local, percent, tag, visible, width_of

MOST_BARS = 40
LEAST = 0.003
"""The share of the width below which a bar that is not nothing would not be seen."""


def bars(
    title: str,
    data: Sequence[Bar],
    *,
    unit: str = "",
    summary: str = "",
    id: str = "",
    number: NumberFormat = plain_number,
    limit: int = MOST_BARS,
) -> Chart:
    """Horizontal bars in the order given: name and number above, each a link to its list.

    Beyond `limit` the rest is told as one line, without a bar.
    """  # fmt: skip
    if not data:
        return nothing(title, id, kind="bars")
    drawn, rest = data[:limit], data[limit:]
    most = max(size(bar.value) for bar in data) or 1.0
    lines = [
        _bar(bar, size(bar.value) / most, place * 34, told(bar.value, number, unit))
        for place, bar in enumerate(drawn)
    ]
    height = len(drawn) * 34
    if rest:
        total = told(total_of(rest), number, unit)
        lines.append(_rest(len(rest), total, height))
        height += 22
    return finished(
        "bars", title, data, summary, most_of(data, number, unit), joined(lines),
        id=id, height=height, unit=unit, number=number,
    )  # fmt: skip


def _bar(bar: Bar, share: float, y: float, value: str) -> Markup:
    name = f"{visible(bar.label)}: {value}"
    wide = max(share, LEAST) if share > 0 else 0.0
    return linked(
        local(bar.href), name,
        tag("rect", y=y, width="100%", height=32, class_="chart-hit"),
        label(bar.label, 0, y + 14, width_of(value, TEXT) + 12),
        tag("text", value, x="100%", y=y + 14, text_anchor="end", class_="chart-value"),
        tag("rect", y=y + 20, width="100%", height=7, rx=3.5, class_="chart-track"),
        tag("rect", y=y + 20, width=percent(wide), height=7, rx=3.5,
            class_=f"chart-mark {paint(bar.tone)}"),
        class_="chart-row",
    )  # fmt: skip


def _rest(count: int, value: str, y: float) -> Markup:
    return tag(
        "g",
        tag("text", words.rest(count), y=y + 14, class_="chart-faint"),
        tag("text", value, x="100%", y=y + 14, text_anchor="end", class_="chart-faint"),
    )
