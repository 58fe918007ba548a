"""What standard objects say: sysObjectID, Printer-MIB, ENTITY-MIB, UPS-MIB, LLDP, a maker's name.

Weights: an object made for the purpose is heavy; what merely suggests something is light.
"""

from __future__ import annotations

import re

from snmp_discovery import oids
from snmp_discovery.clues import Clues
from snmp_discovery.entities import chassis
from snmp_discovery.rules import Known
from snmp_discovery.types import Kind, Oid, dotted

_MODEL_END = re.compile(r"[,;(:]| - |(?:^| )(?:v|Ver\.? ?|Version |Rev\.? ?|Release )?\d+\.\d")
_IEEE80211 = 71
_ETHERNET = (6, 62, 69, 117)
_MANY_PORTS = 8
_SWITCHING_SERVICES = (2, 3, 6, 7, 14, 15, 78, 79)
# LldpSystemCapabilitiesMap bits; bridging alone is no proof: servers bridge for their guests
_CAPABILITIES = (
    (0x04, Kind.TELEPHONE, 25),
    (0x10, Kind.WIRELESS, 25),
    (0x08, Kind.NETWORK_DEVICE, 9),
    (0x20, Kind.NETWORK_DEVICE, 8),
)


def standard_clues(clues: Clues) -> None:
    """Adds the claims of every standard source."""
    for source in (_object_id, _id_strings, _printer_mib, _entity, _ups, _services, _signs, _named):
        source(clues)


def _object_id(clues: Clues) -> None:
    maker = clues.maker()
    oid = dotted(clues.object_id)
    if maker is not None:
        source = f"sysObjectID enterprise {maker.number}"
        if not maker.generic:
            clues.add("vendor", maker.name, 50, source, oid)
        if maker.kind is not None:
            clues.add("kind", maker.kind, 10 if maker.generic else 40, source, oid)
    elif clues.object_id[:8] == (*oids.MIB2, 33):
        clues.add("kind", Kind.UPS, 40, "sysObjectID is the UPS-MIB", oid)
    for prefix, known in clues.rules.known(clues.object_id):
        _known(clues, prefix, known, oid)


def _known(clues: Clues, prefix: Oid, known: Known, oid: str) -> None:
    depth = min(len(prefix) - 6, 15)
    source = f"sysObjectID below {dotted(prefix)}"
    clues.add("kind", known.kind or "", 60 + depth, source, oid)
    clues.add("vendor", known.vendor, 60 + depth, source, oid)
    clues.add("model", known.model, 70, source, oid)


def _id_strings(clues: Clues) -> None:
    keys = {
        "vendor": ("MFG", "MANUFACTURER", "MANUFACTURE"),
        "model": ("MDL", "MODEL"),
        "serial": ("SN", "SERN", "SERIALNUMBER"),
    }
    weights = {"vendor": 75, "model": 70, "serial": 70}
    for text in clues.texts.get("id", []):
        pairs = [part.partition(":") for part in text.value.split(";")]
        fields = {key.strip().upper(): value.strip() for key, _, value in pairs}
        for name, spellings in keys.items():
            for key in spellings:
                source = f"{text.source} {key}"
                clues.add(name, fields.get(key, ""), weights[name], source, text.oid)


def _printer_mib(clues: Clues) -> None:
    if any(clues.tree.has((*oids.PRT, part)) for part in (5, 8, 9, 10, 11)):
        clues.add("kind", Kind.PRINTER, 78, "answers the Printer-MIB", dotted(oids.PRT))
    elif oids.HR_TYPE_PRINTER in clues.tree.column(oids.HR_DEVICE_TYPE).values():
        oid = dotted(oids.HR_DEVICE_TYPE)
        clues.add("kind", Kind.PRINTER, 35, "hrDeviceType is printer", oid)
    for index, serial in list(clues.tree.texts(oids.PRT_SERIAL).items())[:1]:
        oid = dotted((*oids.PRT_SERIAL, *index))
        clues.add("serial", serial, 90, "Printer-MIB prtGeneralSerialNumber", oid)
    for name, weight in (("device", 65), ("printer", 45)):
        for text in clues.texts.get(name, []):
            clues.add("model of a printer", text.value, weight, text.source, text.oid)


def _ups(clues: Clues) -> None:
    if clues.tree.has((*oids.MIB2, 33, 1)):
        clues.add("kind", Kind.UPS, 42, "answers the UPS-MIB", dotted((*oids.MIB2, 33)))
    for name, oid, weight in (
        ("vendor", oids.UPS_MANUFACTURER, 40),
        ("model", oids.UPS_MODEL, 60),
        ("firmware", oids.UPS_SOFTWARE, 60),
        ("firmware", oids.UPS_AGENT_SOFTWARE, 50),
    ):
        value = clues.facts.values.get(oid)
        if isinstance(value, bytes):
            clues.add(name, clues.facts.text(oid), weight, "UPS-MIB", dotted(oid))


def _services(clues: Clues) -> None:
    """sysServices (RFC 3418) and LLDP's own capabilities: weak, for devices of unknown kind."""
    services = clues.facts.number(oids.SYS_SERVICES)
    if services in _SWITCHING_SERVICES:
        oid = dotted(oids.SYS_SERVICES)
        clues.add("kind", Kind.NETWORK_DEVICE, 8, f"sysServices {services}", oid)
    bits = clues.facts.values.get(oids.LLDP_LOC_CAPABILITIES)
    if isinstance(bits, bytes) and bits:
        for bit, kind, weight in _CAPABILITIES:
            if bits[0] & bit:
                oid = dotted(oids.LLDP_LOC_CAPABILITIES)
                clues.add("kind", kind, weight, "LLDP lldpLocSysCapEnabled", oid)
                break


def _signs(clues: Clues) -> None:
    """Radios, bridge ports, many Ethernet ports: for devices whose kind nothing else tells."""
    tree = clues.tree
    types = list(tree.numbers(oids.IF_TYPE).values())
    if tree.has(oids.DOT11_MANUFACTURER) or tree.has(oids.DOT11_PRODUCT):
        oid = dotted(oids.DOT11_MANUFACTURER)
        clues.add("kind", Kind.WIRELESS, 26, "answers the IEEE802dot11-MIB", oid)
    if _IEEE80211 in types:
        clues.add("kind", Kind.WIRELESS, 9, "has an IEEE 802.11 radio", dotted(oids.IF_TYPE))
    if tree.has(oids.DOT1D_BASE_PORT_IF_INDEX):
        oid = dotted(oids.DOT1D_BASE_PORT_IF_INDEX)
        clues.add("kind", Kind.NETWORK_DEVICE, 8.5, "answers the BRIDGE-MIB", oid)
    if sum(kind in _ETHERNET for kind in types) >= _MANY_PORTS:
        source = "has many Ethernet ports"
        clues.add("kind", Kind.NETWORK_DEVICE, 7, source, dotted(oids.IF_TYPE))


def _named(clues: Clues) -> None:
    """A known maker's name in front of sysDescr, and what follows it if it is short."""
    for text in clues.texts.get("descr", []):
        words = text.value.split(" ")
        for count in (3, 2, 1):
            vendor = clues.rules.aliases.get(" ".join(words[:count]).lower().rstrip(",;:"), "")
            if vendor:
                source = f"{text.source} begins with the maker's name"
                clues.add("vendor", vendor, 45, source, text.oid)
                model = _MODEL_END.split(" ".join(words[count:]))[0].strip()
                if len(model) <= 40 and any(c.isdigit() for c in model):
                    clues.add("model", model, 30, source, text.oid)
                break


def _entity(clues: Clues) -> None:
    row = chassis(clues.tree)
    if row is None:
        return
    for name, column, weight in (
        ("vendor", oids.ENT_MANUFACTURER, 45),
        ("model", oids.ENT_MODEL, 72),
        ("model", oids.ENT_DESCR, 44),
        ("model", oids.ENT_NAME, 42),
        ("serial", oids.ENT_SERIAL, 75),
        ("firmware", oids.ENT_SOFTWARE, 70),
        ("firmware", oids.ENT_FIRMWARE, 48),
    ):
        oid = (*column, row)
        if isinstance(clues.facts.values.get(oid), bytes):
            source = "ENTITY-MIB chassis"
            clues.add(name, clues.facts.text(oid), weight, source, dotted(oid))
    clues.text("entity", (*oids.ENT_DESCR, row), "ENTITY-MIB chassis description")
    clues.text("entity", (*oids.ENT_NAME, row), "ENTITY-MIB chassis name")
    clues.text("product", (*oids.ENT_MODEL, row), "ENTITY-MIB chassis model")
