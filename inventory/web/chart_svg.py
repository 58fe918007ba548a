"""SVG by hand: elements, harmless text, addresses, and how wide a text will be. Pure functions.

Pages forbid style attributes (Content-Security-Policy), so everything that looks is a presentation
attribute or a class of `static/charts.css`. Pictures stretch with their card while their letters
keep their size: horizontal places are percentages of the width, vertical ones are pixels.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable
from math import isfinite

from markupsafe import Markup, escape

NAMESPACE = "http://www.w3.org/2000/svg"
LONGEST = 1_000
"""Characters of a text that anybody will read in a tooltip."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_NARROW, _WIDE = frozenset("iIljtfr.,:;'|!()[]{}-\u2019` "), frozenset("mwMW@%\u2026")


def visible(text: object, most: int = LONGEST) -> str:
    """A text from anywhere on one line: control and direction marks shown as a box, cut.

    What XML cannot hold (most control characters, lone surrogates) is among what is replaced.
    """
    shown = harmless(" ".join(str(text if text is not None else "")[: most * 4].split()))
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def harmless(line: str) -> str:
    """The text with every control and direction mark replaced by a box."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(
        "\ufffd" if c in _BIDI or unicodedata.category(c) in _INVISIBLE else c for c in line
    )


def local(href: object) -> str:
    """The address if it leads within this site, else ""; never a script, never another host."""
    text = str(href if href is not None else "")
    if len(text) > 4 * LONGEST or "\\" in text or text != visible(text, 4 * LONGEST):
        return ""
    return text if text[:1] in {"/", "?", "#"} and not text.startswith("//") else ""


def number(value: float) -> str:
    """A coordinate, short. A value that is no number becomes 0: a picture must not break."""
    if not isfinite(value):
        return "0"
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def percent(share: float) -> str:
    """A share of 1 as a coordinate: 0.25 → "25%"."""
    return f"{number(share * 100)}%"


Attribute = str | float | None


def tag(name: str, *inside: str, **attributes: Attribute) -> Markup:
    """An element. Text inside is escaped unless it is Markup; attributes that are None fall away.

    An underscore in an attribute's name stands for a dash; one at its end only keeps clear of
    Python's own words: `class_`, `text_anchor`.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(part if isinstance(part, Markup) else escape(visible(part)) for part in inside)
    return Markup(f"<{name}{told}>{body}</{name}>" if body else f"<{name}{told}/>")  # noqa: S704


def _value(value: str | float) -> str:
    return str(escape(harmless(value))) if isinstance(value, str) else number(value)


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def linked(href: str, name: str, *inside: Markup, class_: str = "", quiet: bool = False) -> Markup:
    """A link named `name` around a part of a picture, or a group where there is no address.

    quiet  for the pointer only: the same link is met elsewhere by the keyboard
    """
    title = tag("title", name)
    if not href:
        return tag("g", title, *inside, class_=class_ or None)
    return tag(
        "a", title, *inside, href=href, aria_label=name, class_=class_ or None,
        tabindex="-1" if quiet else None,
    )  # fmt: skip


def identity(wanted: str, kind: str, title: str) -> str:
    """An id that is safe in a document; without a wanted one it follows from kind and title."""
    kept = re.sub(r"[^A-Za-z0-9_-]", "-", wanted)[:60]
    return kept or f"{kind}-{zlib.crc32(title.encode('utf-8', 'replace')):08x}"


def picture(
    title: str,
    summary: str,
    *inside: Markup,
    id: str,
    class_: str,
    height: float,
    width: str | float = "100%",
    box: str | None = None,
    links: bool = False,
) -> Markup:
    """The whole `<svg>`, named by its title and summary.

    links  it holds links, so it is a group: what is inside of an image is hidden from readers
    """  # fmt: skip
    named = [tag("title", title, id=f"{id}-t")]
    if summary:
        named.append(tag("desc", summary, id=f"{id}-d"))
    return tag(
        "svg", *named, *inside, xmlns=NAMESPACE, class_=class_, width=width, height=height,
        viewBox=box, role="group" if links else "img", focusable="false",
        aria_labelledby=f"{id}-t {id}-d" if summary else f"{id}-t",
    )  # fmt: skip


def width_of(text: str, size: float) -> float:
    """How many pixels the text takes in a face of `size` pixels; rather too many than too few,
    for it is not known which face the reader's system has."""
    return sum(_advance(c) for c in text) * size


def _advance(c: str) -> float:
    if c in _NARROW:
        return 0.37
    if c in _WIDE:
        return 0.97
    if c.isdigit() or c.islower():
        return 0.62
    if unicodedata.east_asian_width(c) in {"W", "F"}:
        return 1.0
    return 0.0 if unicodedata.combining(c) else 0.71


def fitted(text: object, width: float, size: float) -> str:
    """The text, ellipsised where it is wider than `width` pixels."""
    line, taken, kept = visible(text), 0.0, 1
    room = width / size
    for place, c in enumerate(line):
        if taken + _advance("…") <= room:
            kept = max(1, place)
        taken += _advance(c)
        if taken > room:
            return line[:kept].rstrip() + "…"
    return line
