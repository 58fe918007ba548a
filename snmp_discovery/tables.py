"""Reading tables out of `Facts`: one sort, then every column by bisection."""

from __future__ import annotations

from bisect import bisect_left

from snmp_discovery.types import Facts, Oid, Value, clean_text, dotted

NO_MAC = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})


class Tree:
    """The facts of one device in OID order; columns come as {index: value}."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._keys = sorted(facts.values)

    def column(self, root: Oid) -> dict[Oid, Value]:
        """{index below `root`: value}, in OID order; whatever types the agent sent."""
        depth = len(root)
        start = bisect_left(self._keys, root)
        found: dict[Oid, Value] = {}
        for oid in self._keys[start:]:
            if oid[:depth] != root:
                break
            if len(oid) > depth:
                found[oid[depth:]] = self.facts.values[oid]
        return found

    def texts(self, root: Oid) -> dict[Oid, str]:
        """The octet strings of a column, cleaned; other types and empty ones are left out."""
        cleaned = {i: clean_text(v) for i, v in self.column(root).items() if isinstance(v, bytes)}
        return {index: text for index, text in cleaned.items() if text}

    def numbers(self, root: Oid) -> dict[Oid, int]:
        """The integers of a column; other types are left out."""
        return {i: v for i, v in self.column(root).items() if isinstance(v, int)}

    def raw(self, root: Oid) -> dict[Oid, bytes]:
        """The octet strings of a column, untouched."""
        return {i: v for i, v in self.column(root).items() if isinstance(v, bytes)}

    def has(self, root: Oid) -> bool:
        """Whether anything lies below `root`."""
        start = bisect_left(self._keys, root)
        return start < len(self._keys) and self._keys[start][: len(root)] == root


def mac_text(value: Value | None) -> str:
    """Six octets, or the same spelt out, as "0a:1b:.."; "" for anything else or no real unicast.

    Agents that answer a DisplayString instead of six octets spell it with colons, hyphens or
    blanks, with or without leading zeros.
    """
    if not isinstance(value, bytes):
        return ""
    octets = value if len(value) == 6 else _spelt(value)
    if len(octets) != 6 or octets[0] & 1:
        return ""
    mac = octets.hex(":")
    return "" if mac in NO_MAC else mac


def _spelt(value: bytes) -> bytes:
    if not 11 <= len(value) <= 20:
        return b""
    text = clean_text(value)
    for separator in (":", "-", " "):
        parts = text.split(separator)
        if len(parts) == 6:
            try:
                return bytes(int(part, 16) for part in parts)
            except ValueError:
                return b""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def index_text(index: Oid) -> str:
    """An index as text: (1, 3) → "1.3"."""
    return dotted(index)
