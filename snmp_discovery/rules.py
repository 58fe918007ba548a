"""The shapes of the rules of identification, and looking them up.

The rules themselves are data in `signatures/*.toml`, read by `signature_files`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from snmp_discovery.errors import DiscoveryError
from snmp_discovery.types import Kind, Oid

_REMEMBERED = 2048


class SignatureError(DiscoveryError):
    """A signature file says something that cannot be used."""


@dataclass(frozen=True, slots=True)
class Read:
    """An object to ask for. `column`: `oid` is a column whose first usable row counts.

    A `probe` is asked of devices of unknown make; its answer names the maker. `own`: the column
    lists several devices by MAC address, and only the row of the device's own counts.
    """

    field: str
    oid: Oid
    label: str
    maker: int
    rank: int = 0
    regex: str = ""
    vendor: str = ""
    kind: Kind | None = None
    column: bool = False
    template: str = ""
    probe: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a sysObjectID prefix tells."""

    kind: Kind | None = None
    vendor: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """One enterprise number. A `generic` one names the agent's author, not the device's maker."""

    number: int
    name: str
    kind: Kind | None = None
    generic: bool = False
    everyone: bool = False
    also: frozenset[int] = frozenset()
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression over some of a device's texts; group names are the fields it fills.

    `has` is a literal (lower case) that must occur before the expression is tried. `model` and
    `firmware` may refer to groups: "{line} {number}".
    """

    name: str
    on: tuple[str, ...]
    regex: str
    has: str = ""
    within: frozenset[int] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    kind: Kind | None = None
    vendor: str = ""
    model: str = ""
    firmware: str = ""
    weight: int = 0

    def match(self, text: str) -> re.Match[str] | None:
        """The first match in `text` (callers bound its length); `has` alone matches anywhere."""
        return compiled(self.regex or ".").search(text)


@dataclass(slots=True)
class Signatures:
    """All rules, indexed for use."""

    makers: dict[int, Maker] = field(default_factory=dict)
    objects: dict[Oid, Known] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)
    refine: list[Pattern] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    id_strings: list[Oid] = field(default_factory=list)
    everyone: list[Read] = field(default_factory=list)
    asked: dict[int, list[Read]] = field(default_factory=dict)
    _applicable: dict[int, list[Pattern]] = field(default_factory=dict)
    _told: dict[tuple[int, str, str], tuple[Pattern, ...]] = field(default_factory=dict)

    def known(self, oid: Oid) -> Iterator[tuple[Oid, Known]]:
        """What is known of `oid`'s prefixes, the longest first."""
        for size in range(len(oid), 6, -1):
            found = self.objects.get(oid[:size])
            if found is not None:
                yield oid[:size], found

    def matching(self, enterprise: int, source: str, text: str) -> tuple[Pattern, ...]:
        """The patterns that say something of `text`, a device's text of kind `source`.

        Remembered: a device is identified several times, and its siblings say the same.
        """
        key = (enterprise, source, text)
        if key not in self._told:
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            low = text.lower()
            self._told[key] = tuple(
                pattern
                for pattern in self._patterns_for(enterprise)
                if source in pattern.on and pattern.has in low and pattern.match(text)
            )
        return self._told[key]

    def _patterns_for(self, enterprise: int) -> list[Pattern]:
        known = enterprise if enterprise in self.makers else 0
        if known not in self._applicable:
            self._applicable[known] = [
                p for p in self.patterns if not p.within or enterprise in p.within
            ]
        return self._applicable[known]

    def reads_for(self, enterprise: int) -> list[Read]:
        """The objects to ask a device of this enterprise for; 0 or a generic one: everyone's."""
        maker = self.makers.get(enterprise)
        if maker is None or maker.generic:
            return (list(maker.reads) if maker else []) + self.everyone
        return self.asked.get(enterprise, [])


@cache
def compiled(regex: str) -> re.Pattern[str]:
    """`regex`, compiled once, when first needed: most runs meet few makers."""
    try:
        return re.compile(regex, re.IGNORECASE | re.ASCII)
    except re.error as error:
        raise SignatureError(f"bad regular expression {regex!r}: {error}") from error
