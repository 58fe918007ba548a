"""From the tables in `district/` and `templates/` to devices with their recordings."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from snmp_discovery.types import Credential
from tests.simnet import host_mib, mibs, printer_mib, switch_mib, topology, vendor_mibs
from tests.simnet.mibs import Build
from tests.simnet.recording import Recording, parse
from tests.simnet.spec import School, Spec, SpecError, Template, User, colons, community_credential
from tests.simnet.topology import Member, Topology

HERE = Path(__file__).parent
MIBS: Mapping[str, Callable[[Build], None]] = {
    "system": mibs.system,
    "interfaces": mibs.interfaces,
    "entity": mibs.entity,
    "printer": printer_mib.printer,
    "host": host_mib.host,
    "ups": host_mib.ups,
    "switch": switch_mib.switch,
}
Row = TypeVar("Row")
SUPPLY_TABLES = {(1, 3, 6, 1, 2, 1, 43, 11), (1, 3, 6, 1, 2, 1, 43, 12)}


@dataclass(frozen=True, slots=True)
class SimDevice:
    """One device of the simulated network: what a sweep should find, and what it answers.

    kind        as in `snmp_discovery.types.Kind`
    model, serial, firmware  "" where the agent does not tell them
    version     "1", "2c" (which answers v1 too) or "3" (v3 only)
    macs        lower case with colons
    contexts    recording of each v3 context; "" is the default one
    answers     False for a device that only the switches know
    switch, switch_port  where it is plugged in: the switch's name and its ifName
    """

    address: str
    name: str
    kind: str
    vendor: str
    model: str
    serial: str
    firmware: str
    version: str
    credential: Credential
    school: str
    location: str
    macs: tuple[str, ...]
    page_count: int | None
    spec: Spec
    template: Template
    answers: bool = True
    switch: str = ""
    switch_port: str = ""
    user: User | None = None
    contexts: Mapping[str, Recording] = field(default_factory=dict, repr=False)

    @property
    def recording(self) -> Recording:
        """What the device tells in its default context."""
        return self.contexts[""]


@dataclass(frozen=True, slots=True)
class District:
    """The tables as read: schools, users and the rows of all devices."""

    schools: Mapping[str, School]
    users: Mapping[str, User]
    specs: tuple[Spec, ...]

    def changed(self, name: str, spec: Spec) -> District:
        """The same with the device `name` replaced. Raises SpecError for an unknown name."""
        if name not in {known.name for known in self.specs}:
            raise SpecError(f"no simulated device is named {name!r}")
        rows = tuple(spec if known.name == name else known for known in self.specs)
        return dataclasses.replace(self, specs=rows)

    def devices(self) -> list[SimDevice]:
        """Every device with its recordings, in the order of the table. Raises SpecError."""
        found = topology.members(self.specs, load_templates(), self.schools)
        plan = topology.wire(found, self.schools)
        return [build_device(member, self, plan) for member in found]


@cache
def load_district() -> District:
    """The project's simulated district. Raises SpecError."""
    data = _toml(HERE / "district" / "schools.toml")
    schools = {key: _row(School, {"key": key, **row}) for key, row in data["schools"].items()}
    users = {name: _row(User, {"name": name, **row}) for name, row in data["users"].items()}
    specs = tuple(
        _row(Spec, {"school": key, **row})
        for key in schools
        for row in _toml(HERE / "district" / f"{key}.toml")["device"]
    )
    return District(schools, users, specs)


@cache
def load_templates() -> Mapping[str, Template]:
    """All families of devices, by name. Raises SpecError."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted((HERE / "templates").glob("*.toml")):
        rows.update(_toml(path))
    return {name: _template(name, rows) for name in rows}


def _template(name: str, rows: Mapping[str, dict[str, Any]]) -> Template:
    row = dict(rows[name])
    parent = row.pop("extends", None)
    if parent is not None:
        base = {key: value for key, value in rows[parent].items() if key != "extends"}
        row = {**base, **row, "text": {**base.get("text", {}), **row.get("text", {})}}
    return _row(Template, {"name": name, **row})


def _row(shape: type[Row], row: Mapping[str, Any]) -> Row:
    """A TOML row as a dataclass, lists as tuples. Raises SpecError for unknown columns."""
    fixed = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
    try:
        return shape(**fixed)
    except TypeError as error:
        raise SpecError(f"{row.get('name')}: {error}") from error


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def build_device(member: Member, district: District, plan: Topology) -> SimDevice:
    """One device with its recordings. Raises SpecError."""
    spec, template = member.spec, member.template
    build = Build(
        spec,
        template,
        district.schools[spec.school],
        member.mac,
        member.address,
        plan.switches.get(spec.name),
    )
    if not spec.silent:
        fill(build)
    user = district.users[spec.user] if spec.user else None
    switch, port = plan.place(spec.name)
    return SimDevice(
        address=build.address,
        name=spec.name,
        kind=template.kind,
        vendor=template.vendor,
        model=spec.model.removesuffix(" Series"),
        serial=build.mac.hex().upper() if "serial_is_mac" in template.text else spec.serial,
        firmware=spec.firmware,
        version=spec.version,
        credential=user.credential() if user else community_credential(spec),
        school=spec.school,
        location=build.location,
        macs=_macs(build),
        page_count=spec.pages,
        spec=spec,
        template=template,
        answers=not spec.silent,
        switch=switch,
        switch_port=port,
        user=user,
        contexts=_contexts(build, user),
    )


def _macs(build: Build) -> tuple[str, ...]:
    """The device's own first, then the other ports'."""
    column = (1, 3, 6, 1, 2, 1, 2, 2, 1, 6)
    told = [v for oid, (_, v) in build.values.items() if oid[:10] == column]
    return tuple(
        dict.fromkeys([colons(build.mac), *(colons(v) for v in told if isinstance(v, bytes) and v)])
    )


def _contexts(build: Build, user: User | None) -> dict[str, Recording]:
    """A user's context holds everything; supplies are then missing from the default one."""
    if user is None or not user.context:
        return {"": Recording(build.values)}
    visible = {oid: typed for oid, typed in build.values.items() if oid[:8] not in SUPPLY_TABLES}
    return {"": Recording(visible), user.context: Recording(build.values)}


def fill(build: Build) -> None:
    """Standard groups first, then the maker's own records, then the device's."""
    for name in build.template.mibs:
        MIBS[name](build)
    vendor_mibs.derive(build)
    for text in (build.template.records, build.spec.records):
        build.values.update(parse(build.fill(text)))


def choose(devices: Sequence[SimDevice], names: Sequence[str]) -> list[SimDevice]:
    """The devices of these names. Raises SpecError for an unknown one."""
    known = {device.name: device for device in devices}
    missing = [name for name in names if name not in known]
    if missing:
        raise SpecError(f"no simulated device is named {', '.join(missing)}")
    return [known[name] for name in names]
