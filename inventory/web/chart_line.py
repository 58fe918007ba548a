"""Readings over time: a line, with its area where it begins at zero."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_levels import SMALL, grid, gutter
from inventory.web.chart_model import (
    MISSING,
    Cell,
    Chart,
    NumberFormat,
    Point,
    Row,
    nothing,
    plain_number,
    told,
)
from inventory.web.chart_scale import DateFormat, Grain, calendar, dates_in, places, roomy, ticks
from inventory.web.chart_series import Dot, dots_of, in_order, in_zone, stretches
from inventory.web.chart_svg import (
    identity,
    joined,
    number as coordinate,
    percent,
    picture,
    tag,
    visible,
    width_of,
)

BOX = 1_000
"""Width of the stretched inner picture that holds the line."""

TOP, MOST_ROWS = 24, 500
ANEW = "M5.5,3.2 a3.8,3.8 0 1 0 4.6,.6 M5,.4 v3.2 h3.2"
"""An arrow that turns back, right of the place at which it stands."""


@dataclass(frozen=True, slots=True)
class _Telling:
    """How values and moments are told."""

    number: NumberFormat
    unit: str
    dates: DateFormat
    zone: tzinfo

    def value(self, value: float | None) -> str:
        return told(value, self.number, self.unit)

    def moment(self, at: datetime, grain: Grain = Grain.FULL) -> str:
        return visible(self.dates(in_zone(at, self.zone), grain), 40)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Dots in their places: xs as shares of the width, ys in pixels below the top of the plot."""

    dots: Sequence[Dot]
    xs: Sequence[float]
    ys: Sequence[float]
    levels: Sequence[float]
    height: int


def line(
    title: str,
    points: Sequence[Point],
    *,
    unit: str = "",
    summary: str = "",
    id: str = "",
    number: NumberFormat = plain_number,
    dates: DateFormat | None = None,
    zone: tzinfo = UTC,
    gap: timedelta | None = None,
    from_zero: bool = True,
    height: int = 150,
) -> Chart:
    """Readings over time, sorted here; a time without a zone is UTC.

    The line breaks at a missing reading, at a reset, and where more than `gap` lies between two.
    Of very many readings the highest and lowest of each stretch are drawn.

    from_zero  False for a counter that has long been running: no area then, for it would lie
    """  # fmt: skip
    ordered = in_order(points)
    dots = dots_of(ordered, gap)
    if not dots:
        return nothing(title, id, kind="line")
    telling = _Telling(number, unit, dates or dates_in("en"), zone)
    whole = all(isinstance(point.value, int) for point in ordered if point.value is not None)
    plot = _plot(dots, height, from_zero=from_zero, whole=whole)
    names = [told(level, number) for level in plot.levels]
    latest = telling.value(_plain(dots[-1].value, whole))
    said = words.readings(
        len(ordered), telling.moment(dots[0].at), telling.moment(dots[-1].at), latest
    )
    title = visible(title, 200)
    svg = picture(
        title, visible(summary or said), grid(names, TOP, height), _shape(plot, area=from_zero),
        _resets(plot), _days(plot, telling), _readouts(plot, telling, whole=whole),
        id=identity(id, "line", title), height=height + TOP + 24,
        class_=f"chart chart-plot {gutter(names)}",
    )  # fmt: skip
    head = (str(words.DATE), str(words.VALUE), str(words.NOTE))
    return Chart(
        title, visible(summary), svg, head, tuple(_rows(ordered, dots, telling, whole=whole))
    )


def _plot(dots: Sequence[Dot], height: int, *, from_zero: bool, whole: bool) -> _Plot:
    values = [dot.value for dot in dots]
    low, high = min(values), max(values)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    levels = ticks(low, high, whole=whole)
    stamps = [(dot.at - dots[0].at).total_seconds() for dot in dots]
    xs = places(stamps, stamps[0], stamps[-1])
    ys = [height * (1 - share) for share in places(values, levels[0], levels[-1])]
    return _Plot(dots, xs, ys, levels, height)


def _plain(value: float, whole: bool) -> float:
    return round(value) if whole else value


def _shape(plot: _Plot, *, area: bool) -> Markup:
    """The line in a picture of its own that stretches, while its stroke keeps its width."""
    paths, areas, lone = [], [], []
    zero = plot.height * (1 - places([0.0], plot.levels[0], plot.levels[-1])[0])
    for run in stretches(plot.dots):
        way = " ".join(f"{coordinate(plot.xs[p] * BOX)},{coordinate(plot.ys[p])}" for p in run)
        first, last = (coordinate(plot.xs[p] * BOX) for p in (run[0], run[-1]))
        if len(run) > 1:
            paths.append(f"M{way}")
            areas.append(f"M{first},{coordinate(zero)} {way} {last},{coordinate(zero)}Z")
        else:
            lone.append(_dot(plot, run[0]))
    drawn = [
        tag("path", d=" ".join(paths), class_="chart-line", vector_effect="non-scaling-stroke")
    ]
    if area:
        drawn.insert(0, tag("path", d=" ".join(areas), class_="chart-area"))
    inner = tag(
        "svg", *drawn, y=TOP, width="100%", height=plot.height, viewBox=f"0 0 {BOX} {plot.height}",
        preserveAspectRatio="none", overflow="visible",
    )  # fmt: skip
    return joined([inner if paths else Markup(""), *lone, _dot(plot, len(plot.dots) - 1)])


def _dot(plot: _Plot, place: int) -> Markup:
    x, y = percent(plot.xs[place]), TOP + plot.ys[place]
    return tag("circle", cx=x, cy=y, r=3, class_="chart-dot")


def _resets(plot: _Plot) -> Markup:
    """A dashed stroke with a sign on top where a counter began anew."""
    return joined(
        tag("g", tag("title", str(words.BEGAN_ANEW)),
            tag("line", x1=x, x2=x, y1=TOP, y2=TOP + plot.height, class_="chart-reset"),
            tag("svg", tag("path", d=ANEW, class_="chart-sign"), x=x, y=TOP + 2, overflow="visible",
                width=14, height=12))
        for share, dot in zip(plot.xs, plot.dots, strict=True)
        if dot.reset
        for x in [percent(share)]
    )  # fmt: skip


def _days(plot: _Plot, telling: _Telling) -> Markup:
    first, last = plot.dots[0].at, plot.dots[-1].at
    moments, grain = calendar(first, last, telling.zone)
    if not moments:
        moments, grain = [first], Grain.FULL
    names = [telling.moment(at, grain) for at in moments]
    room = roomy(len(names), max(width_of(name, SMALL) for name in names))
    span = (last - first).total_seconds()
    marks, y = [], TOP + plot.height
    for at, name, shown in zip(moments, names, room, strict=True):
        share = (at - first).total_seconds() / span if span > 0 else 0.5
        x = percent(min(1.0, max(0.0, share)))
        marks.append(tag("line", x1=x, x2=x, y1=y, y2=y + 4, class_="chart-axis"))
        if shown is not None:
            end = "end" if share > 0.97 else "middle"
            marks.append(tag("text", name, x=x, y=y + 18, text_anchor=end,
                             class_=f"chart-tick{shown}"))  # fmt: skip
    return joined(marks)


def _readouts(plot: _Plot, telling: _Telling, *, whole: bool) -> Markup:
    """Over each dot an unseen stretch which, under the pointer, tells its value above the plot."""
    edges = [0.0, *((a + b) / 2 for a, b in zip(plot.xs, plot.xs[1:], strict=False)), 1.0]
    parts = []
    for place, dot in enumerate(plot.dots):
        x, y = percent(plot.xs[place]), TOP + plot.ys[place]
        text = f"{telling.moment(dot.at)} · {telling.value(_plain(dot.value, whole))}"
        wide = percent(edges[place + 1] - edges[place])
        parts.append(tag(
            "g",
            tag("rect", x=percent(edges[place]), width=wide, height=TOP + plot.height + 20,
                class_="chart-hit"),
            tag("line", x1=x, x2=x, y1=TOP, y2=TOP + plot.height, class_="chart-cross"),
            tag("circle", cx=x, cy=y, r=3.5, class_="chart-dot"),
            tag("text", text, x="100%", y=11, text_anchor="end", class_="chart-readout"),
            class_="chart-spot" + (" chart-latest" if place == len(plot.dots) - 1 else ""),
        ))  # fmt: skip
    return joined(parts)


def _rows(
    ordered: Sequence[Point], dots: Sequence[Dot], telling: _Telling, *, whole: bool
) -> Iterator[Row]:
    """Every reading; of very many, those that are drawn."""
    points: Sequence[Point] = ordered
    if len(ordered) > MOST_ROWS:
        points = [Point(dot.at, _plain(dot.value, whole), dot.reset) for dot in dots]
    for at, value, reset in points:
        text = telling.value(value)
        note = words.BEGAN_ANEW if reset else words.GAP if text == MISSING else ""
        yield Cell(telling.moment(at)), Cell(text, numeric=True), Cell(str(note))
