"""Who is plugged in where: LLDP with its MED inventory, and CDP.

LLDP-MIB (IEEE 802.1AB-2005) rows are indexed by time mark, local port number and a remote index;
the LLDP-MED inventory (ANSI/TIA-1057 lldpXMedRemInventoryTable: 1-3 hardware, firmware, software
revision, 4 serial, 5 manufacturer, 6 model, 7 asset id) shares that index. Phones and access
points that answer no SNMP themselves are seen here with model and serial.
"""

from __future__ import annotations

import re

from snmp_discovery import oids
from snmp_discovery.network import address_of, address_text, bridge_port_names, port_names
from snmp_discovery.tables import Tree, mac_text
from snmp_discovery.text import tidy_model, tidy_serial
from snmp_discovery.types import Neighbor, Oid, clean_text

MAX_NEIGHBORS = 1024
CHASSIS_MAC, CHASSIS_ADDRESS = 4, 5
PORT_MAC, PORT_ADDRESS = 3, 4
PORT_INTERFACE_NAME = 5
_CAPABILITIES = (
    "other", "repeater", "bridge", "wlanAccessPoint", "router", "telephone", "docsisCableDevice",
    "stationOnly",
)  # fmt: skip
_CDP_CAPABILITIES = (
    (0x01, "router"), (0x02, "bridge"), (0x08, "bridge"), (0x10, "stationOnly"),
    (0x40, "repeater"), (0x80, "telephone"),
)  # fmt: skip


def neighbors(tree: Tree) -> tuple[Neighbor, ...]:
    """LLDP neighbours first, then those that only CDP told."""
    found = _lldp(tree)
    known = {(n.local_port, n.name) for n in found}
    found += [n for n in _cdp(tree) if (n.local_port, n.name) not in known]
    return tuple(found[:MAX_NEIGHBORS])


def _lldp(tree: Tree) -> list[Neighbor]:
    remote = {number: tree.column((*oids.LLDP_REM, number)) for number in range(4, 13)}
    med = {number: tree.texts((*oids.LLDP_MED_REM_INVENTORY, number)) for number in range(1, 8)}
    addresses = _management_addresses(tree)
    ports = _local_ports(tree)
    found = []
    rows = sorted({index for number in (5, 7, 9) for index in remote[number] if len(index) == 3})
    for index in rows[:MAX_NEIGHBORS]:
        texts = {number: column.get(index) for number, column in remote.items()}
        raw = {number: v if isinstance(v, bytes) else b"" for number, v in texts.items()}
        chassis, mac = _identifier(raw[5], texts[4], CHASSIS_MAC, CHASSIS_ADDRESS)
        port, port_mac = _identifier(raw[7], texts[6], PORT_MAC, PORT_ADDRESS)
        enabled = raw[12] or raw[11]
        found.append(
            Neighbor(
                protocol="lldp",
                local_port=ports.get(index[1], str(index[1])),
                chassis=chassis,
                port=port,
                name=clean_text(raw[9]),
                description=clean_text(raw[10]),
                vendor=med[5].get(index, ""),
                model=tidy_model(med[6].get(index, ""), (med[5].get(index, ""),)),
                serial=tidy_serial(med[4].get(index, "")),
                firmware=med[3].get(index, "") or med[2].get(index, ""),
                asset_tag=med[7].get(index, ""),
                addresses=tuple(addresses.get(index, ())),
                mac=mac or port_mac,
                capabilities=_capabilities(enabled),
            )
        )
    return found


def _identifier(value: bytes, subtype: object, mac: int, address: int) -> tuple[str, str]:
    """A chassis or port id as text, and the MAC address if it is one."""
    if subtype == mac or (subtype is None and len(value) == 6 and not value.isascii()):
        text = mac_text(value)
        return (text or value.hex(":")[:60], text)
    if subtype == address and len(value) in (5, 17):
        return address_text(value[1:]), ""
    return clean_text(value), ""


def _capabilities(bits: bytes) -> tuple[str, ...]:
    """LldpSystemCapabilitiesMap is a BITS: the first bit is the highest of the first octet."""
    if not bits:
        return ()
    return tuple(name for n, name in enumerate(_CAPABILITIES) if bits[0] & (0x80 >> n))


def _local_ports(tree: Tree) -> dict[int, str]:
    """{lldpLocPortNum: name}. The number is an ifIndex or a bridge port, depending on the maker."""
    subtypes = tree.numbers(oids.LLDP_LOC_PORT_SUBTYPE)
    identifiers = tree.texts(oids.LLDP_LOC_PORT_ID)
    descriptions = tree.texts(oids.LLDP_LOC_PORT_DESCR)
    by_row = port_names(tree)
    found = dict(by_row)
    found.update(bridge_port_names(tree))
    known = set(by_row.values())
    for index in {*identifiers, *descriptions}:
        if len(index) != 1:
            continue
        told = [identifiers.get(index, ""), descriptions.get(index, "")]
        if subtypes.get(index) == PORT_INTERFACE_NAME and told[0]:
            found[index[0]] = told[0]
            continue
        named = [name for name in told if name in known]
        usable = named or [name for name in reversed(told) if name]
        if usable and (named or index[0] not in found):
            found[index[0]] = usable[0]
    return found


def _management_addresses(tree: Tree) -> dict[Oid, list[str]]:
    """{row: addresses}; the address is part of the index: subtype, length, octets."""
    found: dict[Oid, list[str]] = {}
    for index in tree.column(oids.LLDP_REM_MAN_ADDR):
        row, rest = index[:3], index[3:]
        if len(rest) < 2 or rest[0] not in (1, 2) or rest[1] != len(rest) - 2:
            continue
        for address in address_of(rest[2:]):
            found.setdefault(row, []).append(str(address))
    return found


_CDP_MAC = re.compile(r"(?:SEP|SIP|ATA|AP|SP)?([0-9a-fA-F]{12})")


def _cdp(tree: Tree) -> list[Neighbor]:
    columns = {number: tree.raw((*oids.CDP_CACHE, number)) for number in range(3, 10)}
    ports = port_names(tree)
    found = []
    rows = sorted({index for column in columns.values() for index in column if len(index) == 2})
    for index in rows[:MAX_NEIGHBORS]:
        raw = {number: column.get(index, b"") for number, column in columns.items()}
        name = clean_text(raw[6])
        told = _CDP_MAC.fullmatch(name)
        mac = mac_text(bytes.fromhex(told[1])) if told else ""
        platform = clean_text(raw[8])
        vendor, _, model = platform.partition(" ")
        if vendor.lower() not in ("cisco", "polycom", "mitel", "avaya", "hp", "aruba"):
            vendor, model = "", platform
        found.append(
            Neighbor(
                protocol="cdp",
                local_port=ports.get(index[0], str(index[0])),
                chassis=name,
                port=clean_text(raw[7]),
                name=name,
                description=clean_text(raw[5]),
                vendor="Cisco" if vendor.lower() == "cisco" else vendor,
                model=tidy_model(model),
                addresses=tuple(filter(None, [address_text(raw[4])])),
                mac=mac,
                capabilities=_cdp_capabilities(raw[9]),
            )
        )
    return found


def _cdp_capabilities(octets: bytes) -> tuple[str, ...]:
    bits = int.from_bytes(octets[:4], "big")
    return tuple(dict.fromkeys(name for bit, name in _CDP_CAPABILITIES if bits & bit))
