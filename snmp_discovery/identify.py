"""What a device is: kind, vendor, model, serial, firmware, and why. Pure; no input or output."""

from __future__ import annotations

from collections.abc import Iterable

from snmp_discovery import oids
from snmp_discovery.clues import MAX_CLUES, PRINTING, Clue, Clues
from snmp_discovery.rules import Signatures
from snmp_discovery.signature_files import signatures
from snmp_discovery.standards import standard_clues
from snmp_discovery.text import looks_like_placeholder, tidy_model, tidy_serial
from snmp_discovery.types import Evidence, Facts, Identity, Kind

_COMPANY_ENDINGS = (
    " incorporated", " corporation", " technologies", " networks", " systems", " company",
    " limited", " gmbh", " corp", " inc", " ltd", " llc", " co", " ag", " sa", " kg", " bv", " plc",
)  # fmt: skip
_SORTS_OF_PRINTER = PRINTING - {Kind.PRINTER, Kind.SCANNER}
MAX_DEVICES = 32
_MAX_VENDOR = 40
_MAX_FIRMWARE = 64


def identify(facts: Facts, rules: Signatures | None = None) -> Identity:
    """The identity that `facts` support, with every claim that was weighed as evidence.

    `rules` default to the package's own. Never raises for anything a device may say: a value of
    the wrong type is no claim. A field that nothing supports is empty.
    """
    rules = rules or signatures()
    clues = Clues(facts, rules)
    standard_clues(clues)
    clues.apply_rules()
    found = sorted(clues.found[:MAX_CLUES], key=lambda clue: -clue.weight)
    evidence: list[Evidence] = []

    vendor = _pick(_vendors(found, rules), evidence)
    names = _names(vendor, rules)
    kind = _kind(found)
    models = _models(found, names, printing=kind in PRINTING)
    refined = _refine(kind, vendor, models, clues, rules)
    kind_clues = [clue for clue in found if clue.field == "kind"]
    if refined is not None:
        kind, kind_clues = Kind(refined.value), [refined, *kind_clues]
    evidence += [c.evidence(chosen=n == 0) for n, c in enumerate(_first(kind_clues, kind))]
    model = _pick(models, evidence)
    serial = _pick(_serials(found), evidence)
    firmware = _pick(_firmwares(found), evidence)
    return Identity(kind, vendor, model, serial, firmware, tuple(evidence))


def _pick(clues: list[Clue], evidence: list[Evidence]) -> str:
    evidence += [clue.evidence(chosen=number == 0) for number, clue in enumerate(clues)]
    return clues[0].value if clues else ""


def _first(clues: list[Clue], kind: Kind) -> list[Clue]:
    """The clue that says `kind` in front of the others."""
    ahead = [clue for clue in clues if clue.value == kind]
    return ahead + [clue for clue in clues if clue.value != kind]


def _kind(found: list[Clue]) -> Kind:
    kinds = [Kind(clue.value) for clue in found if clue.field == "kind"]
    if not kinds:
        return Kind.OTHER
    if kinds[0] is Kind.PRINTER:
        # the Printer-MIB says "prints"; a lesser clue may tell which sort of printer it is
        return next((kind for kind in kinds if kind in _SORTS_OF_PRINTER), kinds[0])
    return kinds[0]


def _vendors(found: list[Clue], rules: Signatures) -> list[Clue]:
    vendors = [_with(clue, vendor_name(clue.value, rules)) for clue in _of(found, "vendor")]
    return [clue for clue in vendors if clue.value]


def vendor_name(text: str, rules: Signatures) -> str:
    """A maker's name as a person writes it: "Hewlett-Packard Co." → "HP"; "" if it is none."""
    name = " ".join(text.split()).strip(" .,'\"")
    if "<" in name or not any(c.isalpha() for c in name):
        return ""
    low = name.lower()
    if name in rules.names:
        return name
    while True:
        if low in rules.aliases:
            return rules.aliases[low]
        short = next((low.removesuffix(e) for e in _COMPANY_ENDINGS if low.endswith(e)), low)
        short = short.rstrip(" .,")
        if short == low or not short:
            break
        low = short
    words = low.split(" ")
    for count in range(len(words) - 1, 0, -1):
        if " ".join(words[:count]) in rules.aliases:
            return rules.aliases[" ".join(words[:count])]
    return name[: len(low)][:_MAX_VENDOR]


def _names(vendor: str, rules: Signatures) -> tuple[str, ...]:
    """The spellings of a maker's name that may stand in front of a model, longest first."""
    spellings = {alias for alias, name in rules.aliases.items() if name == vendor}
    return tuple(sorted({*spellings, vendor} - {""}, key=lambda name: (-len(name), name)))


def _models(found: list[Clue], names: tuple[str, ...], *, printing: bool) -> list[Clue]:
    wanted = {"model", "model of a printer"} if printing else {"model"}
    models = []
    for clue in found:
        if clue.field in wanted:
            value = tidy_model(clue.value, names)
            if value:
                models.append(Clue("model", value, clue.weight, clue.source, clue.oid))
    return models


def _serials(found: list[Clue]) -> list[Clue]:
    serials = []
    for clue in _of(found, "serial"):
        value = tidy_serial(clue.value)
        if value and looks_like_placeholder(value):
            source = f"{clue.source} (looks like a placeholder)"
            serials.append(Clue("serial", value, clue.weight - 50, source, clue.oid))
        elif value:
            serials.append(_with(clue, value))
    return sorted(serials, key=lambda clue: -clue.weight)


def _firmwares(found: list[Clue]) -> list[Clue]:
    texts = [_with(c, c.value.strip(" ,;'\"")[:_MAX_FIRMWARE]) for c in _of(found, "firmware")]
    return [c for c in texts if "<" not in c.value and any(x.isalnum() for x in c.value)]


def _refine(
    kind: Kind, vendor: str, models: list[Clue], clues: Clues, rules: Signatures
) -> Clue | None:
    """A finer kind told by the model or by the texts: a printer that also scans, a plotter."""
    model = models[0].value if models else ""
    texts = [t.value for name in ("descr", "id") for t in clues.texts.get(name, [])]
    texts += list(clues.tree.texts(oids.HR_DEVICE_DESCR).values())[:MAX_DEVICES]
    for pattern in rules.refine:
        if kind not in pattern.kinds or (pattern.vendor and pattern.vendor != vendor):
            continue
        subjects = [model] if "product" in pattern.on else [model, *texts]
        if any(subject and pattern.match(subject) for subject in subjects):
            source = f"model or description pattern {pattern.name}"
            return Clue("kind", str(pattern.kind), 100, source)
    return None


def _of(found: Iterable[Clue], field: str) -> list[Clue]:
    return [clue for clue in found if clue.field == field]


def _with(clue: Clue, value: str) -> Clue:
    return Clue(clue.field, value, clue.weight, clue.source, clue.oid)
