"""Which device hangs on which switch port, so that all the switches' tables agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.simnet.spec import School, Spec, SpecError, Template, mac_of

PORTS = 24
UPLINK, SECOND_UPLINK = 25, 26
ON_THE_CORE = {"server", "storage", "ups", "telephony", "network_device"}
VLANS = {1: "MANAGEMENT", 10: "DATA", 20: "VOICE", 30: "VIDEO"}


@dataclass(frozen=True, slots=True)
class Member:
    """A device as the switches see it."""

    spec: Spec
    template: Template
    address: str
    mac: bytes

    @property
    def vlan(self) -> int:
        """Telephones are in the voice network, cameras in the video network."""
        return {"telephone": 20, "telephony": 20, "camera": 30}.get(self.template.kind, 10)


@dataclass(slots=True)
class Switch:
    """One switch with what is plugged into its ports; `core` is None on the core itself."""

    member: Member
    ports: dict[int, Member] = field(default_factory=dict)
    core: Switch | None = None
    core_port: int = 0
    access: dict[int, Switch] = field(default_factory=dict)

    def port_name(self, port: int) -> str:
        """ifName of a port as the maker spells it."""
        return self.member.template.text.get("port_name", "{port}").format(port=port)

    def port_index(self, port: int) -> int:
        """ifIndex of a port; not the same as its bridge port on some makes."""
        return int(self.member.template.text.get("if_base", "0")) + port

    def port_mac(self, port: int) -> bytes:
        """Every port has an address of its own, counted on from the switch's."""
        base = int.from_bytes(self.member.mac, "big")
        return (base + port).to_bytes(6, "big")

    def heard(self) -> dict[int, list[Member]]:
        """Learnt MACs per port: own devices, and behind the uplinks everyone else's."""
        heard = {port: [member] for port, member in self.ports.items()}
        for port, switch in self.access.items():
            heard[port] = [switch.member, *switch.ports.values()]
        if self.core is not None:
            siblings = [s for s in self.core.access.values() if s is not self]
            behind = [self.core.member, *self.core.ports.values()]
            for sibling in siblings:
                behind += [sibling.member, *sibling.ports.values()]
            heard[UPLINK] = behind
        return heard


@dataclass(frozen=True, slots=True)
class Topology:
    """The switches of the district by name, and each device's (switch, port)."""

    switches: Mapping[str, Switch]
    places: Mapping[str, tuple[Switch, int]]

    def place(self, name: str) -> tuple[str, str]:
        """Switch and ifName of a device; ("", "") for the core switches."""
        if name not in self.places:
            return "", ""
        switch, port = self.places[name]
        return switch.member.spec.name, switch.port_name(port)


def members(
    specs: Sequence[Spec], templates: Mapping[str, Template], schools: Mapping[str, School]
) -> list[Member]:
    """The devices as the switches see them. Raises SpecError."""
    found = []
    for spec in specs:
        if spec.template not in templates or spec.school not in schools:
            raise SpecError(f"{spec.name}: unknown template or school")
        template = templates[spec.template]
        address = spec.address or schools[spec.school].address(spec.host)
        found.append(Member(spec, template, address, mac_of(spec, template)))
    return found


def wire(all_members: Sequence[Member], schools: Mapping[str, School]) -> Topology:
    """Plugs in every school's devices, in the order of the table. Raises SpecError."""
    topology = Topology({}, {})
    for key in schools:
        _wire_school([member for member in all_members if member.spec.school == key], topology)
    return topology


def _wire_school(found: Sequence[Member], topology: Topology) -> None:
    switches = {
        member.spec.name: Switch(member) for member in found if "switch" in member.template.mibs
    }
    cores = [s for s in switches.values() if s.member.spec.facts.get("role") == "core"]
    assert isinstance(topology.switches, dict) and isinstance(topology.places, dict)
    topology.switches.update(switches)
    if not cores:
        return
    core = cores[0]
    for port, access in enumerate((s for s in switches.values() if s is not core), 1):
        access.core, access.core_port = core, port
        core.access[port] = access
        topology.places[access.member.spec.name] = (core, port)
    turn = 0
    for member in found:
        if member.spec.name in switches:
            continue
        if member.template.kind in ON_THE_CORE or not core.access:
            switch = core
            port = len(core.access) + len(core.ports) + 1
        else:
            turn += 1
            switch = core.access[(turn - 1) % len(core.access) + 1]
            port = len(switch.ports) + 1
        if port > PORTS:
            raise SpecError(f"{member.spec.name}: no free port on {switch.member.spec.name}")
        switch.ports[port] = member
        topology.places[member.spec.name] = (switch, port)
