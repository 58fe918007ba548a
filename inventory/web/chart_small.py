"""Pictures for a line of a table: a sparkline, and how full a supply is."""

import re
from collections.abc import Sequence
from math import isfinite

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_scale import places
from inventory.web.chart_series import LARGEST
from inventory.web.chart_svg import identity, joined, number, picture, tag, visible

MOST_VALUES = 120
WIDE, TALL = 96, 24


def sparkline(values: Sequence[float | None], *, name: str = "", id: str = "") -> Markup:
    """A tiny line of 96 x 24 pixels; of many values the last are drawn, a missing one is a gap.

    name  for those who cannot see it; without one it is decoration beside a number, and silent
    """
    last = values[-MOST_VALUES:]
    known = [v for v in last if v is not None and (isinstance(v, int) or isfinite(v))]
    sizes = [float(max(-LARGEST, min(LARGEST, v))) for v in known]
    if not sizes:
        return _small(name, id, tag("line", x1=2, x2=94, y1=12, y2=12, class_="chart-grid"))
    heights = iter(places(sizes, min(sizes), max(sizes)))
    step = (WIDE - 6) / max(1, len(last) - 1)
    way, pen, end = "", "M", (3.0, TALL / 2)
    for place, value in enumerate(last):
        if value is None or not (isinstance(value, int) or isfinite(value)):
            pen = "M"
            continue
        end = 3 + place * step, 3 + (TALL - 6) * (1 - next(heights))
        way += f"{pen}{number(end[0])},{number(end[1])}"
        pen = "L"
    return _small(
        name, id, tag("path", d=way, class_="chart-line chart-line-thin"),
        tag("circle", cx=end[0], cy=end[1], r=2.2, class_="chart-dot"),
    )  # fmt: skip


def _small(name: str, id: str, *inside: Markup) -> Markup:
    if name:
        return picture(
            visible(name), "", *inside, id=identity(id, "spark", name), width=WIDE, height=TALL,
            box=f"0 0 {WIDE} {TALL}", class_="chart chart-spark",
        )  # fmt: skip
    return tag(
        "svg", *inside, width=WIDE, height=TALL, viewBox=f"0 0 {WIDE} {TALL}", aria_hidden="true",
        focusable="false", class_="chart chart-spark",
    )  # fmt: skip


INKS = {
    "black": "black", "noir": "black", "schwarz": "black", "negro": "black", "bk": "black",
    "k": "black", "cyan": "cyan", "c": "cyan", "cian": "cyan", "magenta": "magenta",
    "m": "magenta", "yellow": "yellow", "y": "yellow", "jaune": "yellow", "gelb": "yellow",
    "amarillo": "yellow", "red": "red", "blue": "blue", "green": "green", "gray": "gray",
    "grey": "gray",
}  # fmt: skip
"""Words of colours that devices tell (RFC 3805 prtMarkerColorantValue, and makers' own)."""

LETTERS = {"black": "K", "cyan": "C", "magenta": "M", "yellow": "Y"}
LOW_PERCENT = 10
FULL, BOTTOM = 36, 43
"""Height of a full tank, and where its bottom lies, in pixels."""


def ink_of(color_name: str) -> str:
    """The colour of a supply by its name: "Light Cyan" → cyan; "other" where it names none or
    several, as a three-colour cartridge does."""
    found = {INKS[w] for w in re.findall(r"[a-z]+", color_name.lower()[:200]) if w in INKS}
    return found.pop() if len(found) == 1 else "other"


def level(
    percent: float | None, state: str, color_name: str, *, name: str = "", id: str = ""
) -> Markup:
    """A supply as a tank of 38 x 60 pixels: how full by height, which by colour and letter.

    percent  0-100; None where the device does not tell it, and then `state` says what it tells:
             a `SupplyState`. What a low one lacks is hatched, an empty one is dashed.
    name     the supply's, for those who cannot see it; else its colour
    """
    full = None if percent is None or not isfinite(percent) else max(0.0, min(100.0, percent))
    if full is not None and full <= LOW_PERCENT and state in {"", "unknown"}:
        state = "low"
    if full == 0 or state == "empty":
        full, state = 0.0, "empty"
    ink = ink_of(color_name)
    (short, long), look = _said(full, state), _look(state)
    title = f"{visible(name or color_name or str(words.SUPPLY), 200)}: {long}"
    id = identity(id, "level", title)
    inside = [
        _hatch(id),
        tag("rect", x=13, y=1, width=12, height=5, rx=1.5, class_="chart-cap"),
        tag("rect", x=6, y=5, width=26, height=40, rx=4, class_=f"chart-tank chart-is-{look}"),
        *_liquid(full, state, ink, id), _letter(full, state, ink),
        tag("text", short, x=19, y=57, text_anchor="middle",
            class_=f"chart-level chart-is-{look}"),
    ]  # fmt: skip
    return picture(
        title, "", *inside, id=id, width=38, height=60, box="0 0 38 60", class_="chart chart-supply"
    )


def _look(state: str) -> str:
    return state if state in {"low", "empty"} else "fine"


def _said(full: float | None, state: str) -> tuple[str, str]:
    """Under the tank, and in words."""
    if state == "empty":
        return str(words.EMPTY), str(words.EMPTY)
    if full is not None:
        told = f"{full:.0f}%"
        return told, f"{told}, {words.LOW}" if state == "low" else told
    return {
        "low": (str(words.LOW), str(words.LOW)),
        "ok": (str(words.OK), str(words.OK)),
        "some_remains": (str(words.SOME), str(words.SOME_REMAINS)),
        "unrestricted": ("∞", str(words.UNLIMITED)),
    }.get(state, ("?", str(words.UNKNOWN)))


def _liquid(full: float | None, state: str, ink: str, id: str) -> list[Markup]:
    """A level that is not told is a mesh, not a mass."""
    if full is None:
        if state not in {"some_remains", "ok", "low"}:
            return []
        tall = 8.0 if state == "low" else 20.0
        area = _area(tall)
        return [tag("rect", **area, class_=f"chart-ink-{ink}"),
                tag("rect", **area, fill=f"url(#{id}-s)")]  # fmt: skip
    tall = max(FULL * full / 100, 1.5) if full else 0.0
    if not tall:
        return []
    area = _area(tall)
    drawn = [tag("rect", **area, class_=f"chart-ink-{ink}")]
    if state == "low":
        void = FULL - tall
        drawn.append(tag("rect", x=8, y=7, width=22, height=void, fill=f"url(#{id}-h)"))
    return drawn


def _area(tall: float) -> dict[str, float]:
    return {"x": 8, "y": BOTTOM - tall, "width": 22, "height": tall, "rx": min(2.0, tall / 2)}


def _letter(full: float | None, state: str, ink: str) -> Markup:
    if full is None and state in {"", "unknown"}:
        return tag("text", "?", x=19, y=31, text_anchor="middle", class_="chart-unknown")
    if ink not in LETTERS:
        return Markup("")
    return tag("text", LETTERS[ink], x=19, y=18, text_anchor="middle", class_="chart-letter")


def _hatch(id: str) -> Markup:
    strokes = tag("path", d="M-1,1 l2,-2 M0,5 l5,-5 M4,6 l2,-2", class_="chart-lack")
    spots = tag("circle", cx=2, cy=2, r=1.5, class_="chart-hole")
    return tag("defs", joined((
        tag("pattern", strokes, id=f"{id}-h", width=5, height=5, patternUnits="userSpaceOnUse"),
        tag("pattern", spots, id=f"{id}-s", width=4, height=4, patternUnits="userSpaceOnUse"),
    )))  # fmt: skip
