"""The standard groups that most agents serve: system, interfaces, addresses, entity."""

from __future__ import annotations

import socket
import zlib
from dataclasses import dataclass, field

from tests.simnet.ber import Oid
from tests.simnet.recording import Typed, parse_oid
from tests.simnet.spec import School, Spec, SpecError, Template, colons
from tests.simnet.topology import Switch

CONTACT = "helpdesk@district.example"


@dataclass(slots=True)
class Build:
    """A recording in the making."""

    spec: Spec
    template: Template
    school: School
    mac: bytes
    address: str
    switch: Switch | None = None
    values: dict[Oid, Typed] = field(default_factory=dict)

    def put(self, oid: str, kind: int, value: int | bytes | str | Oid) -> None:
        """Sets one instance; text is encoded as UTF-8."""
        self.values[parse_oid(oid)] = (kind, value.encode() if isinstance(value, str) else value)

    def column(self, base: str, index: object, row: dict[int, int | str | bytes]) -> None:
        """A table row: integers become INTEGER, text OCTET STRING."""
        for column, value in row.items():
            self.put(f"{base}.{column}.{index}", 2 if isinstance(value, int) else 4, value)

    @property
    def location(self) -> str:
        """sysLocation: building and room."""
        return f"{self.school.name}, {self.spec.room}" if self.spec.room else self.school.name

    def fill(self, text: str) -> str:
        """`text` with its {places} filled. Raises SpecError for an unknown place."""
        try:
            return text.format_map(self.places())
        except (KeyError, IndexError, ValueError) as error:
            raise SpecError(f"{self.spec.name}: template {self.template.name}: {error}") from error

    def places(self) -> dict[str, str]:
        """What templates may name."""
        spec, pages = self.spec, self.spec.pages or 0
        return {
            "name": spec.name,
            "model": spec.model,
            "serial": spec.serial,
            "firmware": spec.firmware,
            "vendor": self.template.vendor,
            "location": self.location,
            "address": self.address,
            "mac": colons(self.mac),
            "mac_hex": self.mac.hex(),
            "mac_index": ".".join(map(str, self.mac)),
            "pages": str(pages),
            "color_pages": str(spec.color_pages),
            "mono_pages": str(pages - spec.color_pages),
            **spec.facts,
        }

    def number(self, salt: str, low: int, high: int) -> int:
        """A number that looks measured and is the same in every run."""
        return low + zlib.crc32(f"{self.spec.name}/{salt}".encode()) % (high - low)


def system(build: Build) -> None:
    """SNMPv2-MIB system group (RFC 3418)."""
    base = "1.3.6.1.2.1.1"
    build.put(f"{base}.1.0", 4, build.fill(build.template.sys_descr))
    build.put(f"{base}.2.0", 6, parse_oid(build.fill(build.template.sys_object_id)))
    build.put(f"{base}.3.0", 67, build.number("uptime", 1_000_000, 400_000_000))
    build.put(f"{base}.4.0", 4, CONTACT)
    build.put(f"{base}.5.0", 4, build.spec.name)
    build.put(f"{base}.6.0", 4, build.location)
    build.put(f"{base}.7.0", 2, 72)


def interfaces(build: Build) -> None:
    """One Ethernet port, with a loopback before it where the template says so."""
    text = build.template.text
    first = 1
    if "loopback" in text:
        interface(build, 1, text["loopback"], b"", kind=24, speed=10)
        first = 2
    interface(
        build, first, text.get("if_descr", "eth0"), build.mac, speed=int(text.get("speed", "1000"))
    )
    build.put("1.3.6.1.2.1.2.1.0", 2, first)
    addresses(build, {build.address: first})


def interface(
    build: Build,
    index: int,
    name: str,
    mac: bytes,
    *,
    kind: int = 6,
    speed: int = 1000,
    up: bool = True,
    alias: str = "",
) -> None:
    """A row of ifTable and ifXTable (RFC 2863); `speed` in Mbit/s."""
    base, extended = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
    build.column(
        base, index, {1: index, 2: name, 3: kind, 4: 1500, 6: mac, 7: 1, 8: 1 if up else 2}
    )
    build.put(f"{base}.5.{index}", 66, min(speed * 1_000_000, 2**32 - 1))
    build.put(f"{base}.10.{index}", 65, build.number(f"in{index}", 10**6, 4 * 10**9) * up)
    build.put(f"{base}.14.{index}", 65, build.number(f"err{index}", 0, 50) * up)
    build.put(f"{base}.16.{index}", 65, build.number(f"out{index}", 10**6, 4 * 10**9) * up)
    build.column(extended, index, {1: name, 18: alias})
    build.put(f"{extended}.6.{index}", 70, build.number(f"hcin{index}", 10**9, 10**12) * up)
    build.put(f"{extended}.10.{index}", 70, build.number(f"hcout{index}", 10**9, 10**12) * up)
    build.put(f"{extended}.15.{index}", 66, speed)


def addresses(build: Build, interface_of: dict[str, int]) -> None:
    """ipAddrTable (RFC 1213 form)."""
    for address, index in interface_of.items():
        base = "1.3.6.1.2.1.4.20.1"
        build.put(f"{base}.1.{address}", 64, socket.inet_aton(address))
        build.put(f"{base}.2.{address}", 2, index)
        build.put(f"{base}.3.{address}", 64, socket.inet_aton("255.255.255.0"))


def entity(build: Build) -> None:
    """The chassis in entPhysicalTable (RFC 6933, class 3)."""
    text, spec = build.template.text, build.spec
    row: dict[int, int | str | bytes] = {
        2: build.fill(text.get("entity_descr", "{vendor} {model}")),
        4: 0,
        5: 3,
        6: -1,
        7: "chassis",
        8: build.fill(text.get("hardware", "1.0")),
        9: "",
        10: spec.firmware,
        11: spec.serial,
        12: build.fill(text.get("manufacturer", "{vendor}")),
        13: build.fill(text.get("entity_model", "{model}")),
        14: "",
        15: "",
        16: 1,
    }
    build.column("1.3.6.1.2.1.47.1.1.1.1", 1, row)
    build.put("1.3.6.1.2.1.47.1.1.1.1.3.1", 6, (0, 0))
