"""Learnt hardware addresses: which MAC on which port, and which MAC has which address."""

from __future__ import annotations

from snmp_discovery import oids
from snmp_discovery.network import address_of, bridge_port_names
from snmp_discovery.tables import Tree, mac_text
from snmp_discovery.types import BridgeEntry, Oid

MAX_ENTRIES = 16_384


def bridge_table(tree: Tree) -> tuple[BridgeEntry, ...]:
    """Learnt addresses by port: Q-BRIDGE-MIB (RFC 4363), else BRIDGE-MIB (RFC 4188).

    dot1qTpFdbTable is indexed by a filtering database, not a VLAN; dot1qVlanFdbId joins them, and
    where a switch does not tell, the two numbers are the same (independent VLAN learning).
    """
    names = bridge_port_names(tree)
    vlans = {
        fdb: index[-1]
        for index, fdb in tree.numbers(oids.DOT1Q_VLAN_FDB_ID).items()
        if len(index) == 2
    }
    found: dict[tuple[str, int | None], BridgeEntry] = {}
    for index, port in tree.numbers(oids.DOT1Q_TP_FDB_PORT).items():
        if len(index) == 7:
            _learn(found, index[1:], port, names, vlans.get(index[0], index[0]))
    if not found:
        for index, port in tree.numbers(oids.DOT1D_TP_FDB_PORT).items():
            _learn(found, index, port, names, None)
    return tuple(found.values())[:MAX_ENTRIES]


def _learn(
    found: dict[tuple[str, int | None], BridgeEntry],
    octets: Oid,
    port: int,
    names: dict[int, str],
    vlan: int | None,
) -> None:
    mac = _mac(octets)
    if mac and port > 0:  # port 0: learnt, but the port is unknown
        found[mac, vlan] = BridgeEntry(mac, names.get(port, str(port)), vlan)


def _mac(octets: Oid) -> str:
    if len(octets) != 6 or any(octet > 255 for octet in octets):
        return ""
    return mac_text(bytes(octets))


def arp_table(tree: Tree) -> dict[str, str]:
    """{IPv4 address: MAC} from ipNetToMediaTable, indexed by interface and address."""
    found: dict[str, str] = {}
    for index, value in tree.raw(oids.IP_NET_TO_MEDIA_PHYS).items():
        mac = mac_text(value)
        for address in address_of(index[1:]) if len(index) == 5 and mac else []:
            found[str(address)] = mac
        if len(found) >= MAX_ENTRIES:
            break
    return found
