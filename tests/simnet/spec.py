"""What one simulated device is, as its row in `district/` says."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from snmp_discovery.types import (
    AuthProtocol,
    CommunityCredential,
    PrivProtocol,
    UsmCredential,
    Version,
)


class SpecError(ValueError):
    """A row of the district or a template is wrong."""


@dataclass(frozen=True, slots=True)
class Template:
    """A family of devices: its maker's habits. `records` are recording lines with {places}."""

    name: str
    kind: str
    vendor: str
    oui: str
    sys_object_id: str = "0.0"
    sys_descr: str = ""
    mibs: tuple[str, ...] = ("system", "interfaces")
    text: Mapping[str, str] = field(default_factory=dict)
    """Wording of the standard tables: printer_descr, printer_name, supply, ink, if_descr, ..."""
    records: str = ""
    max_message: int = 1472
    no_bulk: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """One device.

    host       last part of its address in the school's network
    supplies   "black 6100/8500 CF259X": colour or part, level/maximum, the maker's part number
    trays      "Tray 2|stationery|310/550"
    covers     "Front Door|open"
    alerts     "critical|Tray 3 is empty"
    facts      further {places} of the template
    records    recording lines that replace or add to the built ones
    silent     answers no SNMP; only the switches know it
    """

    school: str
    host: int
    name: str
    template: str
    model: str
    serial: str
    room: str = ""
    firmware: str = ""
    mac: str = ""
    version: str = "2c"
    community: str = "public"
    user: str = ""
    pages: int | None = None
    color_pages: int = 0
    supplies: tuple[str, ...] = ()
    trays: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    console: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    records: str = ""
    silent: bool = False
    address: str = ""
    """Set to leave the school's network; else made from the network and `host`."""


@dataclass(frozen=True, slots=True)
class School:
    """A building and its network."""

    key: str
    name: str
    code: str
    network: str

    def address(self, host: int) -> str:
        """The address of a host in the school's /24."""
        return f"{self.network.rsplit('.', 1)[0]}.{host}"


@dataclass(frozen=True, slots=True)
class User:
    """A v3 user. No auth key: noAuthNoPriv; no priv key: authNoPriv."""

    name: str
    auth: str = ""
    auth_key: str = ""
    priv: str = ""
    priv_key: str = ""
    context: str = ""

    def credential(self) -> UsmCredential:
        """The same in the library's shape."""
        return UsmCredential(
            user=self.name,
            auth_protocol=AuthProtocol(self.auth) if self.auth else None,
            auth_key=self.auth_key or None,
            priv_protocol=PrivProtocol(self.priv) if self.priv else None,
            priv_key=self.priv_key or None,
            context=self.context,
            label=f"v3 {self.name}",
        )


def community_credential(spec: Spec) -> CommunityCredential:
    """The community of a v1 or v2c device in the library's shape."""
    return CommunityCredential(
        spec.community.encode(), Version(spec.version), label=f"v{spec.version} {spec.community}"
    )


def mac_of(spec: Spec, template: Template) -> bytes:
    """The device's MAC: given, or the maker's prefix and three octets that follow the serial.

    A swapped device therefore brings another MAC along, as it would in life.
    """
    if spec.mac:
        return bytes.fromhex(spec.mac.replace(":", ""))
    tail = zlib.crc32(f"{spec.template}/{spec.serial or spec.name}".encode()) & 0xFFFFFF
    if "switch" in template.mibs:
        tail &= 0xFFFFC0  # the ports count on from here
    return bytes.fromhex(template.oui.replace(":", "")) + tail.to_bytes(3, "big")


def colons(mac: bytes) -> str:
    """Lower case with colons."""
    return mac.hex(":")
