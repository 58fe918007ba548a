"""From a vendor's device to what the inventory observes and to the columns of `MdmDevice`."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from inventory.assets.identifiers import IMEI, MEID, UDID, VENDOR
from inventory.assets.kinds import Category, Source
from inventory.assets.observation import Observation, tidy
from inventory.assets.words import clean, maker_key, plain
from inventory.fleet.connection_rules import vendor_of
from inventory.fleet.models import MdmConnection, MdmDevice
from mdm.types import Device, Ownership, Platform

MAX_LISTED = 200
"""Pieces of software, or administrators, that are kept of one device."""
_GLOBAL_ID = 16
"""An id of so many characters is the vendor's own everywhere; a shorter one, such as the number
that Jamf counts with, only within its tenant."""

_TEXTS = (
    "serial", "udid", "enrolment", "state", "manufacturer", "model", "os", "os_version", "name",
    "assigned_user", "asset_tag",
)  # fmt: skip
_PLAIN = (
    "platform", "ownership", "supervised", "managed", "locked", "lost_mode", "encrypted",
    "passcode_set", "passcode_compliant", "compliant", "auto_update_until", "last_check_in",
    "enrolled_at",
)  # fmt: skip
_SAID = attrgetter(*_TEXTS, *(name for name in _PLAIN if name != "last_check_in"))
_MAKERS = {
    "acer", "asus", "ctl", "dell", "google", "hp", "lenovo", "samsung", "toshiba", "viewsonic",
    "haier", "hisense", "positivo", "prowise", "poin2", "edxis", "lg",
}  # fmt: skip
"""Makers that Google puts in front of a Chromebook's model."""

_BOOKS = re.compile(
    r"book|laptop|notebook|latitude|thinkpad|elite ?x2|probook|travelmate|vostro|inspiron|xps|"
    r"precision [357]\d|surface (?:go|pro)|portege|tecra|\b(?:100|300|500)[ew]\b",
    re.IGNORECASE,
)
_DESKS = re.compile(r"chromebox|chromebase|chromebit", re.IGNORECASE)
_TABLETS = re.compile(
    r"\btab\b|tablet|\bpad\b|mi ?pad|\bsm-[tpx]\d|\btb-?[x\d]|galaxy tab|\bkf[a-z]{3,4}\b|"
    r"nexus (?:7|9|10)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where devices come from: `uid` of the connection, `where` for people."""

    uid: str
    vendor: str
    where: str
    site_id: int | None = None


def category_of(device: Device) -> Category:
    """What a thing it is, by its platform and model."""
    model = f"{device.model or ''} {device.model_identifier or ''}"
    match device.platform:
        case Platform.CHROMEOS:
            return Category.WORKSTATION if _DESKS.search(model) else Category.CHROMEBOOK
        case Platform.IPADOS:
            return Category.TABLET
        case Platform.IOS:
            return Category.TABLET if "ipad" in model.lower() else Category.MOBILE_PHONE
        case Platform.ANDROID:
            return Category.TABLET if _TABLETS.search(model) else Category.MOBILE_PHONE
        case Platform.WINDOWS | Platform.MACOS | Platform.LINUX:
            if "server" in (device.os or "").lower():
                return Category.SERVER
            return Category.LAPTOP if _BOOKS.search(model) else Category.WORKSTATION
        case _:
            return Category.OTHER


def maker_of(device: Device) -> str:
    """Who made it: as told, else as the platform or the model's first word tells; else ""."""
    if device.manufacturer:
        return device.manufacturer
    if device.platform in {Platform.IOS, Platform.IPADOS, Platform.MACOS, Platform.TVOS}:
        return "Apple"
    first = (device.model or "").partition(" ")[0]
    return first if first.lower() in _MAKERS else ""


def observation_of(origin: Origin, device: Device, *, now: datetime) -> Observation:
    """The observation that the matching understands, every text harmless.

    It is as old as the device's last word to its vendor: a Chromebook in a drawer is told of
    every night, and was not seen.
    """
    maker = maker_of(device)
    maker = maker if maker_key(clean(maker, 120)) else ""
    model = device.model if plain(clean(device.model or "", 200)) else ""
    at = min(device.last_check_in or device.enrolled_at or now, now)
    says = f"{origin.where} says so"
    return tidy(
        Observation(
            source=Source.VENDOR,
            source_ref=ref_of(origin, device.vendor_id),
            at=at,
            category=category_of(device),
            manufacturer=maker,
            model=model or "",
            serial=device.serial or "",
            name=device.name or "",
            macs=device.macs,
            identifiers=tuple(identifiers_of(origin, device)),
            evidence=(
                ("category", f"{says}: {device.platform.value}, {device.model or 'no model'}"),
                *((field, says) for field in ("manufacturer", "model", "serial", "name")),
            ),
            site_id=origin.site_id,
        )
    )


def identifiers_of(origin: Origin, device: Device) -> Iterable[tuple[str, str]]:
    """(kind, value) beside serial and MACs."""
    yield VENDOR + origin.vendor, vendor_key(origin, device.vendor_id)
    yield from ((IMEI, imei) for imei in device.imeis[:4])
    yield from ((MEID, meid) for meid in device.meids[:4])
    if device.udid:
        yield UDID, device.udid


def vendor_key(origin: Origin, vendor_id: str) -> str:
    """The vendor's id in a form that no other tenant of the vendor can have."""
    return vendor_id if len(vendor_id) >= _GLOBAL_ID else f"{origin.uid[:12]}:{vendor_id}"


def ref_of(origin: Origin, vendor_id: str) -> str:
    """Where the source found it: the same at every report."""
    if len(vendor_id) > 150:
        vendor_id = hashlib.sha256(vendor_id.encode()).hexdigest()
    return f"mdm {origin.uid[:12]} {vendor_id}"


def facts_of(device: Device) -> dict[str, Any]:
    """What has no column of its own; empty things are left out."""
    guard, admins = device.antimalware, device.local_admins
    told: dict[str, Any] = {
        "imeis": list(device.imeis),
        "meids": list(device.meids),
        "macs": list(device.macs),
        "model_identifier": device.model_identifier,
        "extras": dict(device.extras),
        "local_admins": None if admins is None else list(admins[:MAX_LISTED]),
        "software": [
            [s.name, s.version, s.identifier] for s in (device.software or ())[:MAX_LISTED]
        ],
        "antimalware": guard
        and {
            "active": guard.active,
            "product": guard.product,
            "definitions_at": guard.definitions_at and guard.definitions_at.isoformat(),
        },
    }
    keep = {"local_admins"}  # none at all says something
    return {k: v for k, v in told.items() if v not in (None, [], {}, "") or (k in keep and v == [])}


def fingerprint(device: Device, facts: dict[str, Any]) -> str:
    """Equal as long as the vendor tells the same; the last check-in does not count."""
    text = json.dumps([_SAID(device), facts], default=str, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def columns(device: Device) -> dict[str, Any]:
    """The columns of `MdmDevice` that repeat what the vendor tells."""
    texts = {name: getattr(device, name) or "" for name in _TEXTS}
    return texts | {name: getattr(device, name) for name in _PLAIN}


def device_of(row: MdmDevice) -> Device:
    """What the vendor told of a kept device, as far as it says which one it is."""
    texts: dict[str, Any] = {name: getattr(row, name) or None for name in _TEXTS}
    plain_ones: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    facts = row.facts
    return Device(
        row.vendor_id, imeis=tuple(facts.get("imeis", ())), meids=tuple(facts.get("meids", ())),
        macs=tuple(facts.get("macs", ())), model_identifier=facts.get("model_identifier"),
        **texts, **plain_ones,
    )  # fmt: skip


def origin_of(connection: MdmConnection) -> Origin:
    """The connection as where its devices come from."""
    where = f"{vendor_of(connection.vendor).label} ({connection.label})"
    return Origin(connection.uid, connection.vendor, where, connection.site_id)


def hardware(facts: dict[str, Any], udid: str) -> dict[str, frozenset[str]]:
    """What the hardware is told apart by, beside its serial: kind → values."""
    return {
        "UDID": frozenset([udid] if udid else ()),
        "IMEI": frozenset(facts.get("imeis", ())),
        "MAC": frozenset(facts.get("macs", ())),
    }


def contradiction(one: dict[str, frozenset[str]], other: dict[str, frozenset[str]]) -> str:
    """The kind of hardware id that both have and do not share; "" where nothing contradicts."""
    for kind, mine in one.items():
        theirs = other[kind]
        if mine & theirs:
            return ""
    return next((kind for kind, mine in one.items() if mine and other[kind]), "")


def is_personal(device: Device) -> bool:
    """Whether it belongs to a person: it never becomes one of the district's assets by itself."""
    return device.ownership is Ownership.PERSONAL
