"""A whole and its parts: one bar of 100 %."""

from collections.abc import Sequence

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_amounts import TEXT, finished, label, most_of, share_of, total_of
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
from inventory.web.chart_svg import identity, joined, linked, local, percent, tag, visible, width_of

MOST_PARTS = 8


def stacked(
    title: str,
    data: Sequence[Bar],
    *,
    unit: str = "",
    summary: str = "",
    id: str = "",
    number: NumberFormat = plain_number,
) -> Chart:
    """One bar of 100 %, its parts in the order given, each named below with number and share.

    Beyond `MOST_PARTS` the small ones at the end become one part. Parts are told apart by order
    and pattern too, not by colour alone.
    """  # fmt: skip
    whole = sum(size(bar.value) for bar in data)
    if not whole:
        return nothing(title, id, kind="stacked")
    parts = list(data[:MOST_PARTS])
    if rest := data[MOST_PARTS:]:
        parts.append(Bar(words.rest(len(rest)), total_of(rest), tone="secondary"))
    id = identity(id, "stacked", visible(title))
    inside = [_patterns(id), tag("rect", width="100%", height=16, rx=3, class_="chart-track")]
    start = 0.0
    for place, part in enumerate(parts):
        share = size(part.value) / whole
        inside.append(_part(part, place, start, share, id))
        inside.append(_legend(part, place, share, 30 + place * 24, id, told(part.value, number)))
        start += share
    total = told(total_of(data), number, unit)
    said = f"{words.in_all(total)} {most_of(data, number, unit)}"
    return finished(
        "stacked", title, data, summary, said, joined(inside), id=id, height=30 + len(parts) * 24,
        unit=unit, number=number, whole=whole,
    )  # fmt: skip


def _patterns(id: str) -> Markup:
    """Strokes in the ground's colour that lie over every second part."""
    lines = {
        1: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4",
        3: "M4,0 v8",
        5: "M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4",
        7: "M0,4 h8",
    }
    return tag("defs", *(
        tag("pattern", tag("path", d=path, class_="chart-hatch"), id=f"{id}-p{place}", width=8,
            height=8, patternUnits="userSpaceOnUse")
        for place, path in lines.items()
    ))  # fmt: skip


def _part(part: Bar, place: int, start: float, share: float, id: str) -> Markup:
    def area(kind: str, fill: str | None = None) -> Markup:
        return tag(
            "rect", x=percent(start), width=percent(share), height=16, class_=kind, fill=fill
        )

    if not share:
        return Markup("")
    over = [area("chart-pattern", f"url(#{id}-p{place % 8})")] if place % 2 else []
    name = f"{visible(part.label)}: {share_of(share)}"
    return linked(
        local(part.href), name, area(f"chart-mark chart-part {paint(part.tone, place)}"), *over,
        quiet=True,
    )  # fmt: skip


def _legend(part: Bar, place: int, share: float, y: float, id: str, value: str) -> Markup:
    def swatch(kind: str, fill: str | None = None) -> Markup:
        return tag("rect", y=y + 2, width=12, height=12, rx=2, class_=kind, fill=fill)

    over = [swatch("chart-pattern", f"url(#{id}-p{place % 8})")] if place % 2 else []
    return linked(
        local(part.href), f"{visible(part.label)}: {value} ({share_of(share)})",
        tag("rect", y=y - 4, width="100%", height=24, class_="chart-hit"),
        swatch(f"chart-mark {paint(part.tone, place)}"), *over,
        label(part.label, 20, y + 12.5, width_of(value, TEXT) + 66),
        tag("text", value, x="100%", dx=-46, y=y + 12.5, text_anchor="end", class_="chart-value"),
        tag("text", share_of(share), x="100%", y=y + 12.5, text_anchor="end", class_="chart-faint"),
        class_="chart-row",
    )  # fmt: skip
