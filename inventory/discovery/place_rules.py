"""Behind which switch port a device stands, from what the switches told. Pure rules.

LLDP and CDP neighbours are on the port by definition. A learnt MAC counts only on a port that is
no uplink; among several such ports the one with the fewest MACs is nearest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from inventory.assets.identifiers import MAC, colons, usable
from inventory.assets.words import clean
from snmp_discovery.types import Evidence, Finding, Identity, Kind, Neighbor, Version

UPLINK_MACS = 8
"""A port with more MACs than this leads to more than a telephone, its computer, and a small
unmanaged switch: whatever is behind it does not stand there."""

MAX_SWITCHES, MAX_ENTRIES, MAX_ARP = 2_000, 200_000, 200_000
"""What one sweep remembers of the switches' tables; the rest is left out, and said so."""

_THROUGH = {"bridge", "router"}
_END = {"telephone", "wlanAccessPoint", "wlanaccesspoint", "stationOnly", "docsisCableDevice"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A switch port. `switch` is the address at which the switch answered."""

    switch: str
    switch_name: str
    port: str
    vlan: int | None
    source: str


@dataclass(slots=True)
class Hearsay:
    """What the switches and routers of one sweep told of others.

    ports  (switch, port) → MAC → VLAN; vlans: of each MAC by whichever switch tells VLANs at all
    """

    names: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    ports: dict[tuple[str, str], dict[str, int | None]] = field(default_factory=dict)
    neighbors: list[tuple[str, Neighbor]] = field(default_factory=list)
    arp: dict[str, str] = field(default_factory=dict)
    vlans: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    cut: bool = False

    def add(self, finding: Finding) -> None:
        """Remember the tables of a finding; adding the same finding again changes nothing."""
        if not (finding.bridge or finding.neighbors or finding.arp):
            return
        if finding.address not in self.names and len(self.names) >= MAX_SWITCHES:
            self.cut = True
            return
        if finding.address in self.names:
            return
        self.names[finding.address] = clean(finding.name, 200)
        self.own.update(macs_of(finding.macs))
        for entry in finding.bridge:
            if self.entries >= MAX_ENTRIES:
                self.cut = True
                break
            for mac in macs_of([entry.mac]):
                self.entries += 1
                self.ports.setdefault((finding.address, _port(entry.port)), {})[mac] = entry.vlan
                if entry.vlan is not None:
                    self.vlans.setdefault(mac, entry.vlan)
        self.neighbors += [(finding.address, neighbor) for neighbor in finding.neighbors]
        for address, mac in finding.arp.items():
            if len(self.arp) < MAX_ARP and (usual := macs_of([mac])):
                self.arp.setdefault(address, usual[0])


def _port(text: str) -> str:
    return text[:80] if text.isprintable() else clean(text, 80)


def macs_of(texts: Iterable[str]) -> list[str]:
    """Those that belong to a single device, lower case with colons, each once."""
    return list(dict.fromkeys(mac for text in texts if (mac := _single(text))))


@lru_cache(maxsize=65_536)
def _single(text: str) -> str:
    """The same MAC stands in the tables of every switch on the way."""
    return next((colons(key.value) for key in usable(MAC, [text])), "")


def locate(heard: Hearsay) -> dict[str, Spot]:
    """The port of each MAC that stands behind one."""
    uplinks = _uplinks(heard)
    found: dict[str, tuple[int, Spot]] = {}
    for (switch, port), macs in heard.ports.items():
        if (switch, port) in uplinks:
            continue
        for mac, vlan in macs.items():
            if mac in heard.own:
                continue
            vlan = heard.vlans.get(mac) if vlan is None else vlan
            spot = Spot(switch, heard.names[switch], port, vlan, "bridge")
            if mac not in found or len(macs) < found[mac][0]:
                found[mac] = (len(macs), spot)
    spots = {mac: spot for mac, (_, spot) in found.items()}
    spots.update(_told_by_neighbors(heard))
    return spots


def _told_by_neighbors(heard: Hearsay) -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    for switch, neighbor in heard.neighbors:
        port = _port(neighbor.local_port)
        for mac in neighbor_macs(neighbor):
            vlan = heard.ports.get((switch, port), {}).get(mac) or heard.vlans.get(mac)
            source = "cdp" if neighbor.protocol.lower() == "cdp" else "lldp"
            spots.setdefault(mac, Spot(switch, heard.names[switch], port, vlan, source))
    return spots


def _uplinks(heard: Hearsay) -> set[tuple[str, str]]:
    crowded = {spot for spot, macs in heard.ports.items() if len(macs) > UPLINK_MACS}
    leading = {
        (switch, _port(neighbor.local_port))
        for switch, neighbor in heard.neighbors
        if _leads_on(neighbor) or not heard.own.isdisjoint(neighbor_macs(neighbor))
    }
    return crowded | leading


def _leads_on(neighbor: Neighbor) -> bool:
    """A switch or router; a telephone bridges too, but only to the computer behind it."""
    capabilities = set(neighbor.capabilities)
    return bool(capabilities & _THROUGH) and not capabilities & _END


def neighbor_macs(neighbor: Neighbor) -> list[str]:
    """The neighbour's own MAC; its chassis id where that is one."""
    return macs_of(text for text in (neighbor.mac, neighbor.chassis) if text)


def silent_devices(
    heard: Hearsay, *, macs: set[str], serials: set[str], addresses: set[str]
) -> list[tuple[str, Finding]]:
    """Telephones and access points that only a switch told of, as ("via", finding).

    macs, serials, addresses  of everything that answered by itself in this sweep
    """
    found: dict[str, tuple[str, Finding]] = {}
    for switch, neighbor in heard.neighbors:
        kind = _kind(neighbor.capabilities)
        own = neighbor_macs(neighbor)
        known = (
            not macs.isdisjoint(own)
            or neighbor.serial in serials
            or not addresses.isdisjoint(neighbor.addresses)
        )
        if kind is None or known or not (own or neighbor.serial):
            continue
        via = f"{heard.names[switch] or switch} port {neighbor.local_port}"[:300]
        found.setdefault(
            own[0] if own else neighbor.serial, (via, _as_finding(neighbor, kind, via))
        )
    return list(found.values())


def _kind(capabilities: Sequence[str]) -> Kind | None:
    lowered = {name.lower() for name in capabilities}
    if "telephone" in lowered:
        return Kind.TELEPHONE
    return Kind.WIRELESS if "wlanaccesspoint" in lowered else None


def _as_finding(neighbor: Neighbor, kind: Kind, via: str) -> Finding:
    source = f"{neighbor.protocol.upper()} neighbour of {via}"
    said: Mapping[str, str] = {
        "kind": kind.value,
        "vendor": neighbor.vendor,
        "model": neighbor.model,
        "serial": neighbor.serial,
        "firmware": neighbor.firmware,
    }
    evidence = tuple(
        Evidence(name, value, source, chosen=True) for name, value in said.items() if value
    )
    return Finding(
        address=neighbor.addresses[0] if neighbor.addresses else "",
        port=0,
        version=Version.V2C,
        identity=Identity(
            kind,
            neighbor.vendor,
            neighbor.model,
            neighbor.serial,
            neighbor.firmware,
            evidence,
        ),
        name=neighbor.name,
        macs=tuple(neighbor_macs(neighbor)),
        addresses=neighbor.addresses,
        sys_descr=neighbor.description,
    )
