"""What may lie where, and how a place is called. Pure rules."""

import re
import unicodedata

from inventory.errors import InvalidInput
from inventory.sites.models import SiteKind

PARENTS: dict[SiteKind, frozenset[SiteKind]] = {
    SiteKind.DISTRICT: frozenset(),
    SiteKind.SCHOOL: frozenset({SiteKind.DISTRICT}),
    SiteKind.BUILDING: frozenset({SiteKind.DISTRICT, SiteKind.SCHOOL}),
    SiteKind.ROOM: frozenset({SiteKind.SCHOOL, SiteKind.BUILDING}),
}
"""Kinds of place that a kind of place may lie in."""

NAME_LENGTH, CODE_LENGTH = 120, 40
_NUMBER = re.compile(r"(\d+)")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def require_parent(kind: SiteKind, parent: SiteKind | None) -> None:
    """Raises `InvalidInput` where a place of this kind cannot lie there."""
    allowed = PARENTS[kind]
    if parent is None and not allowed:
        return
    if parent is None or parent not in allowed:
        wanted = " or ".join(sorted(allowed)) or "nothing: it is the root"
        raise InvalidInput(
            f"a {kind.value} lies in {wanted}", {"parent_id": [f"a {kind.value} lies in {wanted}"]}
        )


def clean_name(name: str) -> str:
    """One line, blanks collapsed. Raises `InvalidInput` for nothing, too much or controls."""
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not cleaned or len(cleaned) > NAME_LENGTH or not cleaned.isprintable():
        raise InvalidInput(
            "that is no name for a place",
            {"name": [f"1 to {NAME_LENGTH} printable characters"]},
        )
    return cleaned


def clean_code(code: str | None) -> str | None:
    """Codes go into URLs, labels and file names, so they are plain. "" is no code."""
    if not code:
        return None
    if len(code) > CODE_LENGTH or not _CODE.fullmatch(code):
        raise InvalidInput(
            "that is no code for a place",
            {"code": [f"1 to {CODE_LENGTH} letters, digits, dots, dashes, underscores"]},
        )
    return code


def order_of(name: str) -> list[tuple[int, str]]:
    """The key by which names are sorted as people do: "Room 9" comes before "Room 10"."""
    words = _NUMBER.split(name.casefold())
    return [(len(word.lstrip("0")) if word.isdigit() else 0, word) for word in words]
