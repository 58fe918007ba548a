"""Labels in ZPL II, for Zebra printers: the printer draws the codes itself, dot by dot."""

from collections.abc import Sequence

from inventory.errors import InvalidInput
from inventory.labels.design import Arranged, Bars, Mark, Matrix
from inventory.labels.printing import Placing, checked
from inventory.labels.stock import Stock

DENSITIES = {203: 8.0, 300: 11.8, 600: 23.6}
"""Dots in a millimetre by the printer's dots per inch, as Zebra states them."""
_HEX = "_"


def zpl(stock: Stock, labels: Sequence[Arranged], placing: Placing, *, dpi: int) -> str:
    """One format (^XA ... ^XZ) for each label. Raises `InvalidInput`, also for sheets."""
    if dpi not in DENSITIES:
        raise InvalidInput("no such density", {"dpi": [", ".join(map(str, DENSITIES))]})
    if stock.cells != 1:
        raise InvalidInput("a Zebra prints rolls", {"stock": ["choose a roll, one label wide"]})
    checked(stock, placing, len(labels))
    dots = DENSITIES[dpi]
    head = f"^XA^CI28^PW{round(stock.width * dots)}^LL{round(stock.height * dots)}"
    found = []
    for label in labels:
        fields = (_field(mark, placing, dots) for mark in label.marks)
        found.append("\n".join([head, *fields, "^XZ"]))
    return "\n".join(found) + "\n"


def _field(mark: Mark, placing: Placing, dots: float) -> str:
    x, y = max(0, round((mark.x + placing.dx) * dots)), round((mark.y + placing.dy) * dots)
    if isinstance(mark, Matrix):
        size = max(1, min(10, int(mark.module * dots)))
        return f"^FO{x},{max(0, y)}^BQN,2,{size}^FH^FDMA,{escaped(mark.text)}^FS"
    if isinstance(mark, Bars):
        narrow, height = max(1, int(mark.module * dots)), round(mark.height * dots)
        return f"^FO{x},{max(0, y)}^BY{narrow}^BCN,{height},N,N,N^FH^FD{escaped(mark.text)}^FS"
    height = max(10, round(mark.size * dots))
    top = max(0, y - round(height * 0.75))
    return f"^FO{x},{top}^A0N,{height}^FH^FD{escaped(mark.text)}^FS"


def escaped(text: str) -> str:
    """Text as field data after ^FH: what is a command to the printer becomes its hex digits.

    Without it, a device that calls itself `^XA^IDR:*.*` would be obeyed.
    """
    return "".join(
        char if (char.isascii() and char.isalnum()) or char in " -./:" else _hex(char)
        for char in text
        if char.isprintable()
    )


def _hex(char: str) -> str:
    return "".join(f"{_HEX}{byte:02X}" for byte in char.encode("utf-8", "replace"))
