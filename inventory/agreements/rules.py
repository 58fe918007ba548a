"""What a signature must be, and which school year it is. Pure rules."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.agreements.models import (
    SIGNED_NAME_LENGTH,
    STROKES_LENGTH,
    AgreementVersion,
    Language,
)
from inventory.assets.words import entered, wrong
from inventory.errors import Conflict

LINK_LIFE = timedelta(days=14)
YEAR_BEGINS = 7
"""The month: school years begin in July, as the districts' budgets do."""

WIDTH, HEIGHT = 1000, 300
"""The field of a drawn signature, in its own units."""

MOST_STROKES = 100
_POINT = re.compile(r"(\d{1,4}),(\d{1,4})")

Points = Sequence[Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Signature:
    """A typed name, and what was drawn: strokes by ";", points by " ", each "x,y"; "" for none."""

    name: str
    strokes: str = ""
    language: Language = Language.ENGLISH


def checked(signature: Signature, version: AgreementVersion) -> Signature:
    """The signature as it is kept. Raises `InvalidInput`, and `Conflict` for a language that the
    text is not in."""
    name = " ".join(entered(signature.name, "name", SIGNED_NAME_LENGTH).split())
    if not any(c.isalnum() for c in name):
        raise wrong("name", "must be your name")
    if not version.text(signature.language):
        raise Conflict("this text is not there in that language")
    return Signature(name, written(points(signature.strokes)), signature.language)


def points(strokes: str) -> list[list[tuple[int, int]]]:
    """What was drawn, stroke by stroke. Raises `InvalidInput`."""
    if len(strokes) > STROKES_LENGTH:
        raise wrong("strokes", "are too many")
    found: list[list[tuple[int, int]]] = []
    for stroke in filter(None, strokes.strip().split(";")):
        line = []
        for each in stroke.split():
            match = _POINT.fullmatch(each)
            if match is None or int(match[1]) > WIDTH or int(match[2]) > HEIGHT:
                raise wrong("strokes", "cannot be read")
            line.append((int(match[1]), int(match[2])))
        if line:
            found.append(line)
    if len(found) > MOST_STROKES:
        raise wrong("strokes", "are too many")
    return found


def written(drawn: Points) -> str:
    """As `points` reads it."""
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in drawn)


def path(strokes: str) -> str:
    """The drawing as the `d` of an SVG path: digits, M and L alone."""
    parts = []
    for stroke in points(strokes):
        (x, y), *rest = stroke
        # A dot is a line of no length, which round caps make visible.
        parts.append(f"M{x} {y}" + "".join(f"L{a} {b}" for a, b in rest or [(x, y)]))
    return "".join(parts)


def school_year(at: datetime) -> int:
    """The year in which the school year of a moment began."""
    return at.year if at.month >= YEAR_BEGINS else at.year - 1


def digest(text: str) -> str:
    """What a signature names its text by."""
    return hashlib.sha256(text.encode()).hexdigest()
