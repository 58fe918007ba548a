"""What one agent knows: an ordered table of values, read from snmprec lines.

A line is `OID|type|value`; a trailing `x` on the type means that the value is hexadecimal.
Blank lines and lines beginning with `#` are skipped.
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.simnet import ber
from tests.simnet.ber import Oid

Typed = tuple[int, int | bytes | Oid]
"""(snmprec type, value): 2 INTEGER, 4 OCTET STRING, 6 OID, 64 IpAddress, 65 Counter32,
66 Gauge32, 67 TimeTicks, 68 Opaque, 70 Counter64."""

TAGS = {
    2: ber.INTEGER,
    4: ber.OCTETS,
    6: ber.OID,
    64: ber.IP_ADDRESS,
    65: ber.COUNTER32,
    66: ber.GAUGE32,
    67: ber.TIMETICKS,
    68: ber.OPAQUE,
    70: ber.COUNTER64,
}


class RecordingError(ValueError):
    """A line of a recording cannot be read."""


def parse_oid(text: str) -> Oid:
    """ "1.3.6" → (1, 3, 6)."""
    return tuple(int(arc) for arc in text.strip().strip(".").split("."))


def parse_line(line: str) -> tuple[Oid, Typed]:
    """One recording line. Raises RecordingError."""
    try:
        oid, kind, text = line.split("|", 2)
        number = int(kind.removesuffix("x"))
        return parse_oid(oid), (number, _value(number, text, hexadecimal=kind.endswith("x")))
    except (ValueError, OSError) as error:
        raise RecordingError(f"not a recording line: {line[:80]!r} ({error})") from error


def _value(number: int, text: str, *, hexadecimal: bool) -> int | bytes | Oid:
    if number not in TAGS:
        raise ValueError(f"unknown type {number}")
    if hexadecimal:
        return bytes.fromhex(text)
    if number in (4, 68):
        return text.encode()
    if number == 6:
        return parse_oid(text)
    if number == 64:
        return socket.inet_aton(text)
    return int(text)


def parse(text: str) -> dict[Oid, Typed]:
    """All lines of a recording. Raises RecordingError, also for an OID given twice."""
    values: dict[Oid, Typed] = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        oid, typed = parse_line(line)
        if oid in values:
            raise RecordingError(f"{'.'.join(map(str, oid))} is given twice")
        values[oid] = typed
    return values


def load(path: Path) -> dict[Oid, Typed]:
    """A recording file. Raises RecordingError, OSError."""
    return parse(path.read_text(encoding="utf-8", errors="surrogateescape"))


def encode(typed: Typed) -> bytes:
    """The value as it goes on the wire."""
    number, value = typed
    if isinstance(value, bytes):
        return ber.tlv(TAGS[number], value)
    if isinstance(value, tuple):
        return ber.oid(value)
    return ber.integer(value, TAGS[number])


class Recording:
    """The values of one agent (or of one v3 context), ordered for GETNEXT.

    Encoded variable bindings are kept after their first use: a sweep asks every printer for the
    same few hundred instances.
    """

    def __init__(self, values: Mapping[Oid, Typed] | Iterable[tuple[Oid, Typed]]) -> None:
        self.values: dict[Oid, Typed] = dict(values)
        self.oids: list[Oid] = sorted(self.values)
        self._encoded: dict[Oid, bytes] = {}

    def __len__(self) -> int:
        return len(self.oids)

    def after(self, oid: Oid, *, counter64: bool = True) -> Oid | None:
        """The first instance behind `oid`; v1 never sees a Counter64 (RFC 3584 §4.2.2.1)."""
        at = bisect_right(self.oids, oid)
        while at < len(self.oids):
            if counter64 or self.values[self.oids[at]][0] != 70:
                return self.oids[at]
            at += 1
        return None

    def varbind(self, oid: Oid) -> bytes:
        """The encoded variable binding of an instance that exists."""
        known = self._encoded.get(oid)
        if known is None:
            known = ber.tlv(ber.SEQUENCE, ber.oid(oid) + encode(self.values[oid]))
            self._encoded[oid] = known
        return known

    def has_object(self, oid: Oid) -> bool:
        """Whether some instance shares all but the last arc: noSuchInstance, not noSuchObject."""
        parent = oid[:-1]
        following = self.after(parent)
        return following is not None and following[: len(parent)] == parent
