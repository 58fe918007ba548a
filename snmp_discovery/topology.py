"""How fast a range may be probed: attached subnets, routed ranges, this machine itself.

A directly attached address needs an entry in the kernel's neighbour table, silent ones included.
When the table is full (1,024 entries by default) Linux reports success for datagrams it never
sends, so a fast sweep of an attached /20 loses more than half of its devices without any error.
An unanswered entry lives about three seconds; hence the pace below.
"""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

LOOPBACK_RATE = 20_000
ROUTED_RATE = 2_000
"""Probes per second: this machine, and ranges behind a router (weak printers, weak switches)."""
_PER_TABLE_ENTRY = 0.3  # probes per second and entry that were measured to lose nothing
_USABLE = 0.75  # share of the table a sweep may fill at once; the rest is for everybody else
_DEFAULT_TABLE = 1_024  # Linux's own default, where it cannot be read
_UP, _GATEWAY, _REJECT = 0x1, 0x2, 0x200  # linux/route.h RTF_*
_NOARP = 0x80  # linux/if.h IFF_NOARP


class Place(Enum):
    """Where an address lies, seen from this machine."""

    LOOPBACK = "loopback"
    ATTACHED = "attached"
    ROUTED = "routed"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a routing table; `network` and `mask` as numbers."""

    network: int
    mask: int
    attached: bool
    name: str


@dataclass(slots=True)
class Surroundings:
    """What the kernel tells of this machine's place: routes (longest prefix first), own addresses,
    and how many neighbours each family's table holds and has."""

    routes: dict[int, list[Route]] = field(default_factory=lambda: {4: [], 6: []})
    own: set[str] = field(default_factory=set)
    table: dict[int, int] = field(default_factory=lambda: {4: _DEFAULT_TABLE, 6: _DEFAULT_TABLE})
    neighbours: int = 0

    def place(self, address: str) -> tuple[Place, str]:
        """(where `address` lies, the attached subnet's text or "")."""
        host = address.partition("%")[0]
        if host.startswith("127.") or host == "::1" or host in self.own:
            return Place.LOOPBACK, ""
        version, family = (6, socket.AF_INET6) if ":" in host else (4, socket.AF_INET)
        number = int.from_bytes(socket.inet_pton(family, host), "big")
        for route in self.routes[version]:
            if number & route.mask == route.network:
                return (Place.ATTACHED, route.name) if route.attached else (Place.ROUTED, "")
        return Place.ROUTED, ""


def read_surroundings(proc: Path = Path("/proc"), sys: Path = Path("/sys")) -> Surroundings:
    """Read Linux's tables; what cannot be read (another system, a sandbox) is left out."""
    found = Surroundings()
    for version, read in ((4, _routes_v4), (6, _routes_v6)):
        with suppress(OSError, ValueError, IndexError):
            found.routes[version] = sorted(read(proc, sys), key=lambda route: -route.mask)
        limit = proc / f"sys/net/ipv{version}/neigh/default/gc_thresh3"
        with suppress(OSError, ValueError):
            found.table[version] = max(1, int(limit.read_text()))
    with suppress(OSError):
        found.own |= _own_v4((proc / "net/fib_trie").read_text())
    with suppress(OSError, ValueError, IndexError):
        found.own |= _own_v6((proc / "net/if_inet6").read_text())
    with suppress(OSError):
        found.neighbours = max(0, len((proc / "net/arp").read_text().splitlines()) - 1)
    return found


def _routes_v4(proc: Path, sys: Path) -> list[Route]:
    """/proc/net/route: hexadecimal numbers in the machine's byte order (little-endian here)."""
    routes = []
    for line in (proc / "net/route").read_text().splitlines()[1:]:
        interface, target, _, flags, *_, mask = line.split()[:8]
        bits = int(flags, 16)
        if bits & _UP and not bits & _REJECT:
            network, netmask = (socket.ntohl(int(text, 16)) for text in (target, mask))
            name = f"{ipaddress.IPv4Address(network)}/{netmask.bit_count()}"
            attached = not bits & _GATEWAY and _resolves_neighbours(sys, interface)
            routes.append(Route(network, netmask, attached, name))
    return routes


def _routes_v6(proc: Path, sys: Path) -> list[Route]:
    routes = []
    for line in (proc / "net/ipv6_route").read_text().splitlines():
        target, prefix, _, _, gateway, _, _, _, flags, interface = line.split()[:10]
        bits, length = int(flags, 16), int(prefix, 16)
        if bits & _UP and not bits & _REJECT and interface != "lo":
            network = int(target, 16)
            mask = (1 << 128) - (1 << (128 - length))
            name = f"{ipaddress.IPv6Address(network)}/{length}"
            attached = int(gateway, 16) == 0 and _resolves_neighbours(sys, interface)
            routes.append(Route(network, mask, attached, name))
    return routes


def _resolves_neighbours(sys: Path, interface: str) -> bool:
    """False for tunnels and point-to-point links, which need no neighbour table."""
    with suppress(OSError, ValueError):
        return not int((sys / f"class/net/{interface}/flags").read_text(), 16) & _NOARP
    return True


def _own_v4(trie: str) -> set[str]:
    """The addresses that /proc/net/fib_trie marks as local: `|-- ADDRESS` above `host LOCAL`."""
    own, last = set(), ""
    for line in trie.splitlines():
        words = line.split()
        if words[:1] == ["|--"] and len(words) > 1:
            last = words[1]
        elif words[1:] == ["host", "LOCAL"]:
            own.add(last)
    return own


def _own_v6(text: str) -> set[str]:
    raw = (bytes.fromhex(line.split()[0]) for line in text.splitlines())
    return {socket.inet_ntop(socket.AF_INET6, address) for address in raw}


@dataclass(frozen=True, slots=True)
class Lane:
    """Addresses that are probed one after the other, `rate` datagrams per second."""

    addresses: Sequence[str]
    rate: int


@dataclass(frozen=True, slots=True)
class Pacing:
    """Lanes that run side by side, and remarks for the person who asked."""

    lanes: tuple[Lane, ...]
    notes: tuple[str, ...] = ()


def pace(
    addresses: Sequence[str], rate: int | None = None, *, around: Surroundings | None = None
) -> Pacing:
    """Sort `addresses` (IP addresses as text) into lanes by where they lie.

    An explicit `rate` (datagrams per second, at least 1) is obeyed for everything, with a warning
    where the neighbour table will not bear it. `around` defaults to this machine's surroundings.
    """
    around = read_surroundings() if around is None else around
    lanes: dict[int, list[str]] = {}
    attached: dict[int, list[str]] = {4: [], 6: []}
    subnets: dict[int, Counter[str]] = {4: Counter(), 6: Counter()}
    for address in addresses:
        place, subnet = around.place(address)
        if place is Place.ATTACHED:
            version = 6 if ":" in address else 4
            attached[version].append(address)
            subnets[version][subnet] += 1
        else:
            usual = LOOPBACK_RATE if place is Place.LOOPBACK else ROUTED_RATE
            lanes.setdefault(usual, []).append(address)
    notes = []
    for version, members in attached.items():
        bearable = _bearable(len(members), version, around)
        if bearable < (ROUTED_RATE if rate is None else rate):
            notes.append(_note(version, subnets[version], bearable, rate, around.table[version]))
        if members:
            lanes.setdefault(bearable, []).extend(members)
    if rate is not None:
        return Pacing((Lane(addresses, max(1, rate)),), tuple(notes))
    return Pacing(tuple(Lane(lane, pps) for pps, lane in lanes.items()), tuple(notes))


def _bearable(count: int, version: int, around: Surroundings) -> int:
    """Probes per second that lose nothing when `count` attached addresses are probed."""
    used = around.neighbours if version == 4 else 0
    if count <= around.table[version] * _USABLE - used:
        return ROUTED_RATE
    return max(10, min(ROUTED_RATE, int(around.table[version] * _PER_TABLE_ENTRY)))


def _note(version: int, subnets: Counter[str], bearable: int, rate: int | None, table: int) -> str:
    names = ", ".join(name for name, _ in subnets.most_common(3))
    setting = f"net.ipv{version}.neigh.default.gc_thresh3"
    reason = f"the neighbour table holds {table:,} entries and overflows silently"
    what = f"{subnets.total():,} targets in the attached subnet {names}"
    if rate is None:
        return f"{what} are paced at {bearable}/s, as {reason}; raise {setting} to go faster"
    return (
        f"{what} at {rate}/s: answers will be lost, as {reason}; "
        f"raise {setting} or stay below {bearable}/s"
    )
