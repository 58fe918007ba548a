"""What a chart is: a picture, and the same numbers as a table. What goes into one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import NamedTuple

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_svg import identity, local, picture, tag, visible

NumberFormat = Callable[[float], str]
MISSING = "–"  # noqa: RUF001
BEYOND = 10**21
"""Nothing that a district counts; longer numbers are not spelled out."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a chart's table. A link that leads elsewhere than to this site is dropped."""

    text: str
    href: str = ""
    numeric: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", visible(self.text))
        object.__setattr__(self, "href", local(self.href))


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its data.

    summary  what it says in one or two sentences, or ""; the picture describes itself in any case
    head     of the table's columns; rows: the numbers of the picture, one cell per column
    """

    title: str
    summary: str
    svg: Markup
    head: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, column or part.

    href  the list of what it counts
    tone  success, danger, warning, info, secondary, dark or primary, where the colour means
          something; "" for the chart's own colours
    """

    label: str
    value: float
    href: str = ""
    tone: str = ""


class Point(NamedTuple):
    """A reading. A value of None is a reading that is missing.

    reset  the counter began anew with this reading: no line leads to it
    """

    at: datetime
    value: float | None
    reset: bool = False


TONES = {
    "success": "good", "danger": "bad", "warning": "warn", "info": "info",
    "secondary": "muted", "dark": "ink", "primary": "1",
}  # fmt: skip
"""A tone of the kit's badges → the data colour of charts.css."""


def paint(tone: str, place: int = 0) -> str:
    """The class of a data colour: of the tone, else of the series' place (eight, repeating)."""
    return f"chart-c-{TONES.get(tone, place % 8 + 1)}"


def plain_number(value: float) -> str:
    """With thousands separators; at most two decimals."""
    return f"{value:,}" if isinstance(value, int) else f"{round(value, 2):,}".removesuffix(".0")


def told(value: float | None, format: NumberFormat, unit: str = "") -> str:
    """The value as text; a dash where it is no number."""
    if value is None or not measurable(value):
        return MISSING
    if abs(value) >= BEYOND:
        return ("" if value > 0 else "-") + "> 10²¹"
    return visible(f"{format(value)} {unit}".strip(), 60)


def measurable(value: float) -> bool:
    """Whether it is a number that can be drawn. A whole number of any size is one."""
    return isinstance(value, int) or isfinite(value)


def size(value: float) -> float:
    """The value as a length: never negative, never more than a float can add up safely."""
    if not measurable(value):
        return 0.0
    return float(max(0, min(value, 10**100)))


def nothing(title: str, id: str, *, kind: str) -> Chart:
    """A chart without data: says so."""
    title = visible(title, 200)
    text = tag(
        "text", str(words.NOTHING), x="50%", y=34, text_anchor="middle", class_="chart-faint"
    )
    edge = tag("rect", x=0.5, y=0.5, width="99.8%", height=57, rx=6, class_="chart-vacant")
    svg = picture(
        title, str(words.NOTHING), edge, text, id=identity(id, kind, title), class_="chart",
        height=58,
    )  # fmt: skip
    return Chart(title, "", svg)
