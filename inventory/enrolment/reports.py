"""What a computer tells of itself: every string may be anything, since the script runs there."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.assets.identifiers import is_placeholder, serial_value
from inventory.assets.kinds import Category, Source
from inventory.assets.observation import Observation, tidy
from inventory.assets.words import clean

MOST_SOFTWARE, MOST_ADMINISTRATORS, MOST_GUARDS, MOST_MACS = 3000, 200, 20, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """None: not told, which is not the same as "none".

    tag       the tag that the device bears already; "" for one of the counter's
    site_id   where it stands; None: the place of the token
    """

    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    kind: Category | None = None
    name: str = ""
    system: str = ""
    system_version: str = ""
    macs: tuple[str, ...] = ()
    encrypted: bool | None = None
    firewall: bool | None = None
    antimalware: tuple[dict[str, Any], ...] | None = None
    administrators: tuple[str, ...] | None = None
    software: tuple[tuple[str, str], ...] | None = None
    tag: str = ""
    site_id: int | None = None


def observation_of(report: Report, site_id: int | None, *, now: datetime) -> Observation:
    """The report as the inventory matches it: by serial and MACs, as every other source."""
    return tidy(
        Observation(
            source=Source.ENROLMENT, source_ref=_reference(report), at=now,
            category=report.kind, manufacturer=report.manufacturer, model=report.model,
            serial=report.serial, firmware=report.system_version, name=report.name,
            macs=report.macs, site_id=site_id, evidence=_evidence(report),
        )
    )  # fmt: skip


def _reference(report: Report) -> str:
    """The same at every report of one computer."""
    if report.serial and not is_placeholder(report.serial):
        return f"serial {serial_value(report.serial)}"[:200]
    return f"computer {min(report.macs, default=report.name)}"[:200]


def _evidence(report: Report) -> tuple[tuple[str, str], ...]:
    told = "told by the enrolment script on the computer"
    fields = ("manufacturer", "model", "serial", "name")
    return tuple((field, told) for field in fields if getattr(report, field))


def state_of(report: Report) -> dict[str, Any]:
    """The columns of `EnrolledState` that the report tells, cleaned and bounded."""
    guards = [
        {
            "product": clean(str(each.get("product", "")), 120),
            "running": each.get("running"),
            "definitions_on": each.get("definitions_on"),
        }
        for each in (report.antimalware or ())[:MOST_GUARDS]
    ]
    people = sorted({clean(name, 200) for name in (report.administrators or ())} - {""})
    packages = sorted(
        {(clean(name, 200), clean(version, 100)) for name, version in report.software or ()}
    )
    return {
        "system": clean(report.system, 20),
        "system_version": clean(report.system_version, 200),
        "encrypted": report.encrypted,
        "firewall": report.firewall,
        "antimalware": None if report.antimalware is None else guards,
        "administrators": None if report.administrators is None else people[:MOST_ADMINISTRATORS],
        "software": None
        if report.software is None
        else [list(each) for each in packages if each[0]][:MOST_SOFTWARE],
    }


def digest_of(state: dict[str, Any]) -> str:
    """Equal for equal states."""
    return hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()
