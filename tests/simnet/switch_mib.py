"""Ports, BRIDGE-MIB, Q-BRIDGE-MIB, LLDP with LLDP-MED, CDP and ARP of a simulated switch."""

from __future__ import annotations

import socket

from tests.simnet import mibs
from tests.simnet.mibs import Build
from tests.simnet.spec import SpecError
from tests.simnet.topology import PORTS, SECOND_UPLINK, UPLINK, VLANS, Member, Switch

LLDP, MED = "1.0.8802.1.1.2.1", "1.0.8802.1.1.2.1.5.4795.1.3.3.1"
CDP = "1.3.6.1.4.1.9.9.23.1.2.1.1"
BRIDGE = "1.3.6.1.2.1.17"
CAPABILITIES = {"network_device": 0x28, "wireless": 0x30, "telephone": 0x24}
ENABLED = {"network_device": 0x20, "wireless": 0x10, "telephone": 0x24}
SPEAKS_LLDP = {"network_device", "wireless", "telephone", "telephony"}


def switch(build: Build) -> None:
    """All tables of a switch; `build.switch` says what is plugged in."""
    if build.switch is None:
        raise SpecError(f"{build.spec.name} has the switch MIBs but no place in the topology")
    ports(build, build.switch)
    bridge(build, build.switch)
    lldp_local(build, build.switch)
    for number, (port, neighbor) in enumerate(neighbors(build.switch), 1):
        lldp_remote(build, build.switch, port, number, neighbor)
        if build.template.text.get("cdp") and neighbor.template.kind in (
            "network_device",
            "telephone",
        ):
            cdp(build, build.switch, port, number, neighbor)
    if build.switch.core is None:
        arp(build, build.switch)


def ports(build: Build, switch: Switch) -> None:
    """Ports, uplinks and the management interface that holds the address."""
    heard = switch.heard()
    for port in range(1, SECOND_UPLINK + 1):
        alias = "Uplink" if port in (UPLINK, SECOND_UPLINK) else ""
        if port in switch.ports:
            alias = switch.ports[port].spec.room
        mibs.interface(
            build,
            switch.port_index(port),
            switch.port_name(port),
            switch.port_mac(port),
            speed=10_000 if port > PORTS else 1000,
            up=port in heard,
            alias=alias,
        )
    management = switch.port_index(900)
    mibs.interface(build, management, "Vlan1", build.mac, kind=53)
    build.put("1.3.6.1.2.1.2.1.0", 2, SECOND_UPLINK + 1)
    mibs.addresses(build, {build.address: management})


def bridge(build: Build, switch: Switch) -> None:
    """Learnt MACs (status 3), without VLAN and, unless `fdb = "bridge"`, with it."""
    build.put(f"{BRIDGE}.1.1.0", 4, build.mac)
    build.put(f"{BRIDGE}.1.2.0", 2, SECOND_UPLINK)
    for port in range(1, SECOND_UPLINK + 1):
        build.put(f"{BRIDGE}.1.4.1.1.{port}", 2, port)
        build.put(f"{BRIDGE}.1.4.1.2.{port}", 2, switch.port_index(port))
    fdb = build.template.text.get("fdb", "both")
    if fdb != "bridge":
        for vlan, name in VLANS.items():
            build.put(f"{BRIDGE}.7.1.4.3.1.1.{vlan}", 4, name)
    for port, found in switch.heard().items():
        for member in found:
            index = ".".join(map(str, member.mac))
            if fdb != "q":
                build.put(f"{BRIDGE}.4.3.1.1.{index}", 4, member.mac)
                build.put(f"{BRIDGE}.4.3.1.2.{index}", 2, port)
                build.put(f"{BRIDGE}.4.3.1.3.{index}", 2, 3)
            if fdb != "bridge":
                build.put(f"{BRIDGE}.7.1.2.2.1.2.{member.vlan}.{index}", 2, port)
                build.put(f"{BRIDGE}.7.1.2.2.1.3.{member.vlan}.{index}", 2, 3)


def lldp_local(build: Build, switch: Switch) -> None:
    """lldpLocalSystemData: chassis by MAC (4), ports by ifName (5)."""
    build.put(f"{LLDP}.3.1.0", 2, 4)
    build.put(f"{LLDP}.3.2.0", 4, build.mac)
    build.put(f"{LLDP}.3.3.0", 4, build.spec.name)
    build.put(f"{LLDP}.3.4.0", 4, build.fill(build.template.sys_descr))
    for port in range(1, SECOND_UPLINK + 1):
        name = switch.port_name(port)
        build.column(f"{LLDP}.3.7.1", port, {2: 5, 3: name, 4: name})


def neighbors(switch: Switch) -> list[tuple[int, Member]]:
    """Who speaks LLDP on which port."""
    found = [(port, access.member) for port, access in switch.access.items()]
    found += [(p, m) for p, m in switch.ports.items() if m.template.kind in SPEAKS_LLDP]
    if switch.core is not None:
        found.append((UPLINK, switch.core.member))
    return sorted(found, key=lambda pair: pair[0])


def lldp_remote(build: Build, switch: Switch, port: int, number: int, neighbor: Member) -> None:
    """lldpRemTable, its management address, and LLDP-MED inventory for telephones and radios.

    MED columns (ANSI/TIA-1057 LLDP-EXT-MED-MIB): 1-3 hardware, firmware, software, 4 serial,
    5 manufacturer, 6 model, 7 asset id.
    """
    index, kind, spec = f"0.{port}.{number}", neighbor.template.kind, neighbor.spec
    remote_port = _remote_port(switch, neighbor)
    build.column(
        f"{LLDP}.4.1.1",
        index,
        {
            4: 4,
            5: neighbor.mac,
            6: 5 if remote_port else 3,
            7: remote_port or neighbor.mac,
            8: remote_port or "LAN port",
            9: spec.name,
            10: _description(build, neighbor),
            11: bytes((CAPABILITIES.get(kind, 0x01), 0)),
            12: bytes((ENABLED.get(kind, 0x01), 0)),
        },
    )
    address = f"{LLDP}.4.2.1"
    build.put(f"{address}.3.{index}.1.4.{neighbor.address}", 2, 2)
    build.put(f"{address}.4.{index}.1.4.{neighbor.address}", 2, 1)
    build.put(f"{address}.5.{index}.1.4.{neighbor.address}", 6, (0, 0))
    if kind in ("telephone", "wireless"):
        hardware = neighbor.template.text.get("hardware", "A0")
        texts = (
            hardware,
            spec.firmware,
            spec.firmware,
            spec.serial,
            neighbor.template.vendor,
            spec.model,
        )
        row: dict[int, int | str | bytes] = dict(enumerate(texts, 1))
        build.column(MED, index, {**row, 7: spec.facts.get("asset_tag", "")})


def _description(build: Build, neighbor: Member) -> str:
    other = mibs.Build(
        neighbor.spec, neighbor.template, build.school, neighbor.mac, neighbor.address
    )
    text = neighbor.template.text.get("lldp_descr", neighbor.template.sys_descr)
    return other.fill(text)


def _remote_port(switch: Switch, neighbor: Member) -> str:
    if switch.core is not None and neighbor is switch.core.member:
        return switch.core.port_name(switch.core_port)
    for access in switch.access.values():
        if access.member is neighbor:
            return access.port_name(UPLINK)
    return ""


def cdp(build: Build, switch: Switch, port: int, number: int, neighbor: Member) -> None:
    """cdpCacheTable (CISCO-CDP-MIB), by ifIndex."""
    index = f"{switch.port_index(port)}.{number}"
    telephone = neighbor.template.kind == "telephone"
    build.column(
        CDP,
        index,
        {
            3: 1,
            4: socket.inet_aton(neighbor.address),
            5: f"{neighbor.template.vendor} {neighbor.spec.firmware}",
            6: f"SEP{neighbor.mac.hex().upper()}" if telephone else neighbor.spec.name,
            7: _remote_port(switch, neighbor) or "Port 1",
            8: f"{neighbor.template.vendor} {neighbor.spec.model}",
            9: bytes((0, 0, 0, 0x90 if telephone else 0x28)),
        },
    )


def arp(build: Build, switch: Switch) -> None:
    """ipNetToMediaTable of the school's router: all of its network (type 3, dynamic)."""
    management = switch.port_index(900)
    for found in switch.heard().values():
        for member in found:
            index = f"{management}.{member.address}"
            base = "1.3.6.1.2.1.4.22.1"
            build.put(f"{base}.1.{index}", 2, management)
            build.put(f"{base}.2.{index}", 4, member.mac)
            build.put(f"{base}.3.{index}", 64, socket.inet_aton(member.address))
            build.put(f"{base}.4.{index}", 2, 3)
