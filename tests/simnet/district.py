"""From the tables in `district.toml` and `templates/` to devices with their recordings."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from snmp_discovery.types import Credential
from tests.simnet import mibs, printer_mib, vendor_mibs
from tests.simnet.mibs import Build
from tests.simnet.recording import Recording, parse
from tests.simnet.spec import School, Spec, SpecError, Template, User, colons, community_credential

HERE = Path(__file__).parent
MIBS: Mapping[str, Callable[[Build], None]] = {
    "system": mibs.system,
    "interfaces": mibs.interfaces,
    "entity": mibs.entity,
    "printer": printer_mib.printer,
}


@dataclass(frozen=True, slots=True)
class SimDevice:
    """One device of the simulated network: what a sweep should find, and what it answers.

    kind        as in `snmp_discovery.types.Kind`
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
        """Every device with its recordings, in the order of the table."""
        return [build_device(spec, self) for spec in self.specs]


@cache
def load_district() -> District:
    """The project's simulated district. Raises SpecError."""
    data = _toml(HERE / "district.toml")
    schools = {key: School(key=key, **row) for key, row in data.pop("schools").items()}
    users = {name: User(name=name, **row) for name, row in data.pop("users", {}).items()}
    specs = [
        _row(Spec, {"school": key, **row}) for key in schools for row in data.get(key, ())
    ]
    return District(schools, users, tuple(specs))


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


def _row(shape: type[Any], row: Mapping[str, Any]) -> Any:
    """A TOML row as a dataclass, lists as tuples. Raises SpecError for unknown columns."""
    fixed = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
    try:
        return shape(**fixed)
    except TypeError as error:
        raise SpecError(f"{row.get('name')}: {error}") from error


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def build_device(spec: Spec, district: District) -> SimDevice:
    """One device with its recordings. Raises SpecError."""
    template, school = _lookup(spec, district)
    build = mibs.start(spec, template, school)
    if not spec.silent:
        fill(build)
    user = district.users[spec.user] if spec.user else None
    return SimDevice(
        address=build.address,
        name=spec.name,
        kind=template.kind,
        vendor=template.vendor,
        model=spec.model,
        serial=spec.serial,
        firmware=spec.firmware,
        version=spec.version,
        credential=user.credential() if user else community_credential(spec),
        school=spec.school,
        location=build.location,
        macs=(colons(build.mac),),
        page_count=spec.pages,
        spec=spec,
        template=template,
        answers=not spec.silent,
        user=user,
        contexts={"": Recording(build.values)},
    )


def fill(build: Build) -> None:
    """Standard groups first, then the maker's own records, then the device's."""
    for name in build.template.mibs:
        MIBS[name](build)
    vendor_mibs.derive(build)
    for text in (build.template.records, build.spec.records):
        build.values.update(parse(build.fill(text)))


def _lookup(spec: Spec, district: District) -> tuple[Template, School]:
    try:
        return load_templates()[spec.template], district.schools[spec.school]
    except KeyError as error:
        raise SpecError(f"{spec.name}: unknown template or school {error}") from error


def choose(devices: Sequence[SimDevice], names: Sequence[str]) -> list[SimDevice]:
    """The devices of these names. Raises SpecError for an unknown one."""
    known = {device.name: device for device in devices}
    missing = [name for name in names if name not in known]
    if missing:
        raise SpecError(f"no simulated device is named {', '.join(missing)}")
    return [known[name] for name in names]
