"""Everything a device's facts say about what it is, each piece with its weight.

A clue's weight orders the sources: what a device says of itself in an object made for the purpose
outranks what is guessed from a free text, and that outranks what its maker mostly builds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from snmp_discovery import oids
from snmp_discovery.rules import Maker, Pattern, Read, Signatures, compiled
from snmp_discovery.tables import Tree, mac_text
from snmp_discovery.types import Evidence, Facts, Kind, Oid, dotted

PRINTING = frozenset(
    {Kind.PRINTER, Kind.MULTIFUNCTION, Kind.PLOTTER, Kind.LABEL_PRINTER, Kind.FAX, Kind.SCANNER}
)
MAX_CLUES = 400
MAX_ROWS = 32


@dataclass(frozen=True, slots=True)
class Clue:
    """One claim about one field; the heaviest plausible claim of a field is chosen."""

    field: str
    value: str
    weight: float
    source: str
    oid: str = ""

    def evidence(self, *, chosen: bool) -> Evidence:
        """The claim as the caller sees it."""
        return Evidence(self.field, self.value, self.source, self.oid, chosen)


@dataclass(frozen=True, slots=True)
class Text:
    """A text the patterns are tried on."""

    value: str
    source: str
    oid: str


class Clues:
    """Gathers the clues of one device."""

    def __init__(self, facts: Facts, rules: Signatures) -> None:
        self.rules = rules
        self.tree = Tree(facts)
        self.facts = facts
        object_id = facts.values.get(oids.SYS_OBJECT_ID)
        self.object_id: Oid = object_id if isinstance(object_id, tuple) else ()
        inside = self.object_id[:6] == oids.ENTERPRISES and len(self.object_id) > 6
        self.enterprise = self.object_id[6] if inside else 0
        self.found: list[Clue] = []
        self.texts: dict[str, list[Text]] = {}
        self._texts()

    def add(self, field: str, value: str, weight: float, source: str, oid: str = "") -> None:
        """Adds a claim; an empty value is no claim."""
        if value:
            self.found.append(Clue(field, value, weight, source, oid))

    # texts

    def text(self, name: str, oid: Oid, source: str) -> None:
        """Takes the string at `oid` for a text of kind `name` that patterns are tried on."""
        value = self.facts.values.get(oid)
        text = self.facts.text(oid) if isinstance(value, bytes) else ""
        if text:
            self.texts.setdefault(name, []).append(Text(text, source, dotted(oid)))

    def _texts(self) -> None:
        self.text("descr", oids.SYS_DESCR, "sysDescr")
        self.text("name", oids.SYS_NAME, "sysName")
        self.text("printer", (*oids.PRT_NAME, 1), "Printer-MIB prtGeneralPrinterName")
        self.text("device", (*oids.HR_DEVICE_DESCR, self._device()), "hrDeviceDescr")
        for index in self.tree.column(oids.HR_SW_INSTALLED_NAME):
            self.text("software", (*oids.HR_SW_INSTALLED_NAME, *index), "hrSWInstalledName")
        for root in (oids.DOT11_MANUFACTURER, oids.DOT11_PRODUCT):
            for index in list(self.tree.column(root))[:1]:
                self.text("product", (*root, *index), "IEEE802dot11-MIB")
        for oid in self.rules.id_strings:
            if oid in self.facts.values:
                self.text("id", oid, "IEEE 1284 device id")
            elif oid[:9] == (*oids.ENTERPRISES, 2699, 1, 2):
                for index in list(self.tree.column(oid))[:1]:
                    self.text("id", (*oid, *index), "IEEE 1284 device id")

    def _device(self) -> int:
        """The row of hrDeviceTable that is the device itself: a printer, else "other" in row 1."""
        types = self.tree.column(oids.HR_DEVICE_TYPE)
        rows = [i[0] for i, v in types.items() if v == oids.HR_TYPE_PRINTER and len(i) == 1]
        if rows:
            return rows[0]
        return 1 if types.get((1,), oids.HR_TYPE_OTHER) == oids.HR_TYPE_OTHER else 0

    def maker(self) -> Maker | None:
        """The maker named by sysObjectID's enterprise number."""
        return self.rules.makers.get(self.enterprise)

    def apply_rules(self) -> None:
        """Adds what the makers' own objects and the patterns say."""
        self._reads()
        self._patterns()

    # rules

    def _reads(self) -> None:
        reads = list(self.rules.reads_for(self.enterprise))
        asked = {read.oid for read in reads}
        # what another maker's object answered counts as well, though for less
        values = self.facts.values
        reads += [r for r in self.rules.everyone if r.oid in values and r.oid not in asked]
        for read in reads:
            for oid, value in self._values(read):
                if value:
                    self._read(read, oid, value)
                    break

    def _values(self, read: Read) -> list[tuple[Oid, str]]:
        if read.oid in self.facts.values:
            rows = [read.oid]
        elif read.column:
            indexes = list(self.tree.column(read.oid))
            if read.own and len(indexes) > 1:
                indexes = [index for index in indexes if index[-6:] in self._own_macs()]
            rows = [(*read.oid, *index) for index in indexes[:MAX_ROWS]]
        else:
            return []
        return [(oid, self._value(read, oid)) for oid in rows]

    def _own_macs(self) -> set[Oid]:
        macs = (mac_text(v) for v in self.tree.column(oids.IF_PHYS_ADDRESS).values())
        return {tuple(bytes.fromhex(mac.replace(":", ""))) for mac in macs if mac}

    def _value(self, read: Read, oid: Oid) -> str:
        value = self.facts.values[oid]
        if read.regex == "mac":
            return mac_text(value).replace(":", "").upper()
        if isinstance(value, tuple) or (isinstance(value, int) and read.field != "serial"):
            return ""
        text = self.facts.text(oid)
        if not read.regex:
            return text
        match = compiled(read.regex).search(text)
        found = (match.groupdict().get("value") or match.group(0)) if match else ""
        return read.template.replace("{value}", found) if found and read.template else found

    def _read(self, read: Read, oid: Oid, value: str) -> None:
        maker = self.rules.makers[read.maker]
        own = self.maker()
        generic = own is None or own.generic
        foreign = read.maker != self.enterprise and self.enterprise not in maker.also
        source = f"{maker.name} {read.label}".strip()
        self.add(read.field, value, self._read_weight(read, foreign, generic), source, dotted(oid))
        if foreign and generic and not maker.generic:
            self.add("vendor", read.vendor or maker.name, 65, source, dotted(oid))
            self.add("kind", read.kind or maker.kind or "", 55, source, dotted(oid))
        elif read.kind is not None or read.vendor:
            self.add("vendor", read.vendor, 66, source, dotted(oid))
            self.add("kind", read.kind or "", 77, source, dotted(oid))

    @staticmethod
    def _read_weight(read: Read, foreign: bool, generic: bool) -> float:
        if foreign and not generic:
            return 46
        # a table of several units may begin with another one than the device itself
        best = 70 if read.field == "vendor" else 69 if read.column else 85
        return best - read.rank * 0.5

    def _patterns(self) -> None:
        done: set[str] = set()
        for source, texts in self.texts.items():
            for text in texts:
                for pattern in self.rules.matching(self.enterprise, source, text.value):
                    if pattern.name not in done:
                        done.add(pattern.name)
                        self._matched(pattern, text, pattern.match(text.value))

    def _matched(self, pattern: Pattern, text: Text, match: re.Match[str] | None) -> None:
        groups = {k: (v or "").strip() for k, v in match.groupdict().items()} if match else {}
        source = f"{text.source} pattern {pattern.name}"
        claims = {
            "kind": (str(pattern.kind or ""), 80),
            "vendor": (pattern.vendor or groups.get("vendor", ""), 80),
            "model": (_filled(pattern.model, groups) or groups.get("model", ""), 74),
            "serial": (groups.get("serial", ""), 60),
            "firmware": (_filled(pattern.firmware, groups) or groups.get("firmware", ""), 60),
        }
        for name, (value, weight) in claims.items():
            self.add(name, value, pattern.weight or weight, source, text.oid)


def _filled(template: str, groups: dict[str, str]) -> str:
    for name, value in groups.items():
        template = template.replace("{" + name + "}", value)
        template = template.replace("{" + name + "^}", value.upper())
    return template.strip()
