"""The levels of a plot: lines across it, their names in the gutter on its left."""

from collections.abc import Sequence

from markupsafe import Markup

from inventory.web.chart_svg import fitted, joined, tag, width_of

SMALL = 11.0
"""Size of the letters of ticks in pixels, as in charts.css."""

GUTTERS = {"s": 24, "m": 42, "l": 66, "xl": 96}
"""The class whose padding has room for names of so many pixels."""


def gutter(names: Sequence[str]) -> str:
    """The class of a picture whose levels have these names."""
    widest = max(width_of(name, SMALL) for name in names)
    return f"chart-gutter-{next((k for k, room in GUTTERS.items() if widest <= room), 'xl')}"


def grid(names: Sequence[str], top: float, height: float) -> Markup:
    """Lines from the lowest level at the bottom to the highest at `top`, evenly."""
    steps = max(1, len(names) - 1)
    return joined(
        joined((
            tag("line", x2="100%", y1=y, y2=y, class_="chart-axis" if not place else "chart-grid"),
            tag("text", fitted(name, GUTTERS["xl"], SMALL), x=-8, y=y, dy="0.35em",
                text_anchor="end", class_="chart-tick"),
        ))
        for place, name in enumerate(names)
        for y in [top + height * (1 - place / steps)]
    )  # fmt: skip
