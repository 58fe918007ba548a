"""What stands on one label, and where: pure geometry, in millimetres from its upper left corner.

A code that is too small to be read is left out and named, never drawn and hoped for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfbase.pdfmetrics import stringWidth

LEAST_MODULE = 0.25
"""Of a QR code: three dots of a 300 dpi printer, which a telephone still reads."""
LEAST_BAR = 0.17
"""Of Code 128: two dots of a 300 dpi printer; handheld scanners read from 0.13 (5 mil)."""
LEAST_BARS_HEIGHT = 4.0
QUIET_MODULES, QUIET_BARS = 4, 10
"""White around a code (ISO/IEC 18004 and ISO/IEC 15417), in its modules."""
POINT = 0.352778
FONT, BOLD = "Helvetica", "Helvetica-Bold"


@dataclass(frozen=True, slots=True)
class Words:
    """One line: its baseline, its size, and whether it is bold."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """A QR code without its white border; `rows` are lines of 0 and 1."""

    x: float
    y: float
    module: float
    rows: tuple[tuple[int, ...], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Code 128: widths in modules, beginning with a bar, then a space, and so on."""

    x: float
    y: float
    height: float
    module: float
    widths: tuple[int, ...]
    text: str


Mark = Words | Matrix | Bars


@dataclass(frozen=True, slots=True)
class Content:
    """What a label is about.

    tag    the asset's tag
    url    the address that a telephone opens; "" where this server has none
    lines  further lines, the most important first
    """

    tag: str
    url: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which codes are asked for."""

    qr: bool = True
    bars: bool = True


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is drawn, and which codes did not fit: "qr", "bars"."""

    marks: tuple[Mark, ...]
    left_out: tuple[str, ...] = ()


@dataclass
class _Room:
    """The free rectangle of the label."""

    x: float
    y: float
    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def arrange(width: float, height: float, content: Content, wanted: Wanted) -> Arranged:
    """Lay out one label: QR code at the left, the tag large, the bar code under it, then lines."""
    edge = min(1.5, height * 0.08)
    room = _Room(edge, edge, width - 2 * edge, height - 2 * edge)
    if wanted.qr and not _place_qr(room, content):
        room.left_out.append("qr")
    if wanted.bars and not _place_bars(room, content.tag):
        room.left_out.append("bars")
    _place_words(room, content)
    return Arranged(tuple(room.marks), tuple(room.left_out))


def printable(text: str) -> str:
    """Text in the characters that the printed font has; others become "?"."""
    clean = "".join(c for c in text if c.isprintable())
    return clean.encode("cp1252", "replace").decode("cp1252")


def _place_qr(room: _Room, content: Content) -> bool:
    side = min(room.height, room.width * 0.45, 26.0)
    for text in filter(None, (content.url, content.tag)):
        code = segno.make(text, error="m", micro=False)
        rows = tuple(tuple(int(cell) for cell in row) for row in code.matrix)
        module = side / (len(rows) + 2 * QUIET_MODULES)
        # The label's own edge is white already, and counts.
        module = min(module * 1.15, (side + 1.0) / (len(rows) + 2 * QUIET_MODULES))
        if module >= LEAST_MODULE:
            inner = module * len(rows)
            inset = max(0.0, QUIET_MODULES * module - room.x)
            y = room.y + (room.height - inner) / 2
            room.marks.append(Matrix(room.x + inset, y, module, rows, text))
            taken = inset + inner + QUIET_MODULES * module
            room.x, room.width = room.x + taken, room.width - taken
            return True
    return False


def _place_bars(room: _Room, tag: str) -> bool:
    height = min(room.height * 0.42, 12.0)
    if height < LEAST_BARS_HEIGHT or not tag.isascii():
        return False
    widths = bar_widths(tag)
    modules = sum(widths)
    module = min((room.width + 1.0) / (modules + 2 * QUIET_BARS), 0.4)
    if module < LEAST_BAR:
        return False
    x = room.x + max((room.width - modules * module) / 2, QUIET_BARS * module - 1.0)
    y = room.y + room.height - height
    room.marks.append(Bars(x, y, height, module, widths, tag))
    room.height -= height + 1.0
    return True


def _place_words(room: _Room, content: Content) -> None:
    size = min(room.height * 0.6 if content.lines else room.height * 0.8, 7.0)
    tag = printable(content.tag)
    size = min(size, _fitting(tag, room.width, BOLD))
    if size >= 1.2:
        room.marks.append(Words(room.x, room.y + size * 0.75, size, tag, bold=True))
    y = room.y + size
    for line in content.lines:
        small = min(3.0, max(1.7, room.height * 0.2))
        if y + small > room.y + room.height + 0.2:
            break
        text = _cut(printable(line), room.width, small)
        if text:
            room.marks.append(Words(room.x, y + small * 0.8, small, text))
            y += small * 1.15


def bar_widths(text: str) -> tuple[int, ...]:
    """Widths of bars and spaces, in modules, of Code 128 (ISO/IEC 15417) with its check digit."""
    code = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    # One letter for each element, A-D for a bar of 1 to 4 modules, a-d for a space.
    return tuple(ord(c.lower()) - ord("a") + 1 for c in code.decomposed)


def width_of(text: str, size: float, font: str = FONT) -> float:
    """How wide a line is, in millimetres, for a size in millimetres."""
    return float(stringWidth(text, font, size / POINT)) * POINT


def _fitting(text: str, width: float, font: str) -> float:
    natural = width_of(text, 1.0, font)
    return width / natural if natural else width


def _cut(text: str, width: float, size: float) -> str:
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def left_out(arranged: Sequence[Arranged]) -> dict[str, int]:
    """On how many labels each code did not fit."""
    names = [name for each in arranged for name in each.left_out]
    return {name: names.count(name) for name in dict.fromkeys(names)}
