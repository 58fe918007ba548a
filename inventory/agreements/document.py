"""The signed agreement as a PDF: the text, whose it is, for which device, and how it was signed."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import reportlab
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from inventory.agreements.models import Acceptance, Agreement, AgreementVersion
from inventory.agreements.rules import HEIGHT, WIDTH, points

FONT, BOLD = "Homeroom-Vera", "Homeroom-Vera-Bold"
MARGIN, SIZE, LEADING = 60, 10, 14
SIGNATURE_WIDTH = 250


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is signed: the district's name, and its clock."""

    district: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Content:
    """What the document tells beside the signature itself."""

    agreement: Agreement
    version: AgreementVersion
    person: str
    devices: Sequence[str]


def pdf(content: Content, signed: Acceptance, place: Place) -> bytes:
    """The same content gives the same bytes."""
    _fonts()
    target = BytesIO()
    canvas = Canvas(target, pagesize=letter, invariant=1, pageCompression=1)
    canvas.setTitle(printable(content.agreement.name))
    canvas.setCreator("Homeroom")
    page = _Page(canvas, signed.uid)
    page.write(place.district, bold=True)
    page.write(content.agreement.name, bold=True, size=14)
    told = f"Text {content.version.number}, in force since "
    page.write(told + _moment(content.version.published_at, place.zone))
    page.write(f"For: {content.person}")
    for device in content.devices:
        page.write(f"Device: {device}")
    page.skip()
    for line in content.version.text(signed.language).split("\n"):
        page.write(line)
    page.skip()
    page.write(f"Signed: {signed.signed_name}", bold=True)
    if signed.strokes:
        page.draw(signed.strokes)
    page.write(_moment(signed.signed_at, place.zone))
    page.write(f"How: {signed.how.value}" + (f", {signed.witness}" if signed.witness else ""))
    if signed.signed_from:
        page.write(f"From: {signed.signed_from}")
    page.write("SHA-256 of the text:")
    page.write(signed.text_sha256)
    page.write(f"Number of this signature: {signed.uid}")
    canvas.save()
    return target.getvalue()


class _Page:
    """Writes down the pages, line by line."""

    def __init__(self, canvas: Any, uid: str) -> None:
        self.canvas, self.uid, self.number = canvas, uid, 1
        self.y = letter[1] - MARGIN

    def write(self, text: str, *, bold: bool = False, size: int = SIZE) -> None:
        font = BOLD if bold else FONT
        lines = simpleSplit(printable(text), font, size, letter[0] - 2 * MARGIN)
        for line in lines or [""]:
            self._room(LEADING + size - SIZE)
            self.canvas.setFont(font, size)
            self.canvas.drawString(MARGIN, self.y, line)

    def skip(self) -> None:
        self._room(LEADING)

    def draw(self, strokes: str) -> None:
        scale = SIGNATURE_WIDTH / WIDTH
        self._room(HEIGHT * scale + LEADING)
        self.canvas.setLineWidth(1.2)
        self.canvas.setLineCap(1)
        for stroke in points(strokes):
            path = self.canvas.beginPath()
            for index, (x, y) in enumerate(stroke if len(stroke) > 1 else [*stroke, *stroke]):
                at = MARGIN + x * scale, self.y + (HEIGHT - y) * scale
                (path.lineTo if index else path.moveTo)(*at)
            self.canvas.drawPath(path, stroke=1, fill=0)

    def _room(self, height: float) -> None:
        if self.y - height < MARGIN:
            self.canvas.showPage()
            self.number += 1
            self.y = letter[1] - MARGIN
        self.y -= height


def printable(text: str) -> str:
    """What the font cannot show, as its code point: a name is never silently made another one."""
    _fonts()
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if ord(c) in known and c.isprintable() else f"[U+{ord(c):04X}]"
                   for c in composed)  # fmt: skip


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _fonts() -> None:
    """The two that come with reportlab; registering one again does nothing."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in ((FONT, "Vera.ttf"), (BOLD, "VeraBd.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))
