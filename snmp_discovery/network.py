"""Interfaces, hardware addresses and network addresses (RFC 2863, 4293)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from snmp_discovery import oids
from snmp_discovery.tables import Tree, mac_text
from snmp_discovery.types import Interface, Oid

LOOPBACK, BRIDGE, LAG, L3_VLAN = 24, 209, 161, 136
MAX_INTERFACES = 1024
MAX_MACS = 64
MAX_ADDRESSES = 256
_IPV4, _IPV6, _IPV4_ZONED, _IPV6_ZONED = 1, 2, 3, 4


def interfaces(tree: Tree) -> tuple[Interface, ...]:
    """The rows of ifTable joined with ifXTable; speed in Mbit/s, 0 where unknown."""
    descriptions = tree.texts(oids.IF_DESCR)
    names = tree.texts(oids.IF_NAME)
    aliases = tree.texts(oids.IF_ALIAS)
    types = tree.numbers(oids.IF_TYPE)
    states = tree.numbers(oids.IF_OPER_STATUS)
    speeds = tree.numbers(oids.IF_SPEED)
    high_speeds = tree.numbers(oids.IF_HIGH_SPEED)
    macs = tree.raw(oids.IF_PHYS_ADDRESS)
    rows = sorted({*descriptions, *names, *types, *macs})
    found = []
    for index in [row for row in rows if len(row) == 1][:MAX_INTERFACES]:
        up = {1: True, 2: False, 7: False}.get(states.get(index, 0))
        speed = high_speeds.get(index) or speeds.get(index, 0) // 1_000_000
        name = names.get(index) or descriptions.get(index, "")
        mac = mac_text(macs.get(index))
        kind = types.get(index, 0)
        found.append(Interface(index[0], name, kind, mac, up, speed, aliases.get(index, "")))
    return tuple(found)


def hardware_addresses(rows: tuple[Interface, ...]) -> tuple[str, ...]:
    """The device's own MAC addresses, real unicast ones only, each once, in interface order."""
    macs = [row.mac for row in rows if row.mac and row.type != LOOPBACK]
    return tuple(dict.fromkeys(macs))[:MAX_MACS]


def addresses(tree: Tree) -> tuple[str, ...]:
    """The device's own IP addresses without loopback, link-local and unspecified ones."""
    found: list[IPv4Address | IPv6Address] = []
    for index in tree.column(oids.IP_AD_ENT_ADDR):
        found += address_of(index)
    for index in tree.column(oids.IP_ADDRESS_IF_INDEX):
        if len(index) > 2 and index[0] in (_IPV4, _IPV6, _IPV4_ZONED, _IPV6_ZONED):
            size = 4 if index[0] in (_IPV4, _IPV4_ZONED) else 16
            if index[1] >= size:
                found += address_of(index[2 : 2 + size])
    usable = (a for a in found if not (a.is_loopback or a.is_unspecified or a.is_link_local))
    return tuple(dict.fromkeys(str(address) for address in usable))[:MAX_ADDRESSES]


def address_of(octets: Oid) -> list[IPv4Address | IPv6Address]:
    """One address from 4 or 16 sub-identifiers; nothing from anything else."""
    if len(octets) not in (4, 16) or any(octet > 255 for octet in octets):
        return []
    return [ip_address(bytes(octets))]


def address_text(value: bytes) -> str:
    """4 or 16 octets as an address; "" for anything else."""
    return str(ip_address(value)) if len(value) in (4, 16) else ""


def port_names(tree: Tree) -> dict[int, str]:
    """{ifIndex: ifName, else ifDescr}."""
    named = tree.texts(oids.IF_DESCR) | tree.texts(oids.IF_NAME)
    return {index[0]: name for index, name in named.items() if len(index) == 1}


def bridge_port_names(tree: Tree) -> dict[int, str]:
    """{bridge port: interface name} through dot1dBasePortIfIndex (RFC 4188)."""
    names = port_names(tree)
    ports = tree.numbers(oids.DOT1D_BASE_PORT_IF_INDEX)
    return {i[0]: names.get(row, str(row)) for i, row in ports.items() if len(i) == 1}
