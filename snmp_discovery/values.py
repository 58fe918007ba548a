"""What came off the wire, and the one place where hostile strings are cleaned."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

Oid = tuple[int, ...]
Value = int | bytes | Oid
"""INTEGER/Counter/Gauge/TimeTicks → int; OCTET STRING/IpAddress/Opaque → bytes; OID → tuple."""

MAX_TEXT = 1024
"""Characters kept of any one string from a device."""


def clean_text(raw: bytes) -> str:
    """Device bytes as displayable text: UTF-8 or Latin-1, no control characters, bounded.

    Line breaks and tabs become single blanks; NUL padding, escape sequences and invisible format
    characters (bidi overrides among them) are dropped.
    """
    raw = raw[: MAX_TEXT * 4].split(b"\x00", 1)[0] if raw.rstrip(b"\x00") else b""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "ignore") if _mostly_utf8(raw) else raw.decode("latin-1")
    text = " ".join(text.split())
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")[:MAX_TEXT].strip()


def _mostly_utf8(raw: bytes) -> bool:
    kept = len(raw.decode("utf-8", "ignore").encode())
    return kept >= len(raw) - 3 and any(b >= 0xC2 for b in raw) and kept > len(raw) * 0.9


@dataclass(slots=True)
class Facts:
    """What one device said, keyed by OID: the input of `identify`, which is pure."""

    values: dict[Oid, Value] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def text(self, oid: Oid) -> str:
        """The OCTET STRING at `oid`, cleaned; an OID or number as its digits; "" if absent."""
        value = self.values.get(oid)
        if isinstance(value, bytes):
            return clean_text(value)
        if isinstance(value, tuple):
            return dotted(value)
        return "" if value is None else str(value)

    def number(self, oid: Oid) -> int | None:
        """The integer at `oid`, or None if absent or of another type."""
        value = self.values.get(oid)
        return value if isinstance(value, int) else None

    def below(self, root: Oid) -> Iterator[tuple[Oid, Value]]:
        """(index, value) of every instance below `root`, in OID order."""
        depth = len(root)
        for oid in sorted(o for o in self.values if o[:depth] == root and len(o) > depth):
            yield oid[depth:], self.values[oid]


def dotted(oid: Oid) -> str:
    """(1, 3, 6) → "1.3.6"."""
    return ".".join(map(str, oid))


def parse_oid(text: str) -> Oid:
    """ "1.3.6" or ".1.3.6" → (1, 3, 6). Raises ValueError for anything else."""
    return tuple(int(part) for part in text.strip(".").split("."))
