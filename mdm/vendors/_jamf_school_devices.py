"""Devices of Jamf School: one shape in the list, another for a single device.

What only one of the two tells is not read (passcode and encryption stand with the single device,
Ethernet addresses in the list), so that both ways give the same device. Where a device is, is left
out. There is nothing that changes when a device is enrolled anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mdm.fields import Fields
from mdm.identifiers import imeis, macs, meids
from mdm.types import Device, Ownership, Platform
from mdm.vendors._software import software

_BY_MODEL = {
    "iPad": Platform.IPADOS, "iPhone": Platform.IOS, "iPod": Platform.IOS,
    "AppleTV": Platform.TVOS, "Mac": Platform.MACOS, "iMac": Platform.MACOS,
    "VirtualMac": Platform.MACOS,
}  # fmt: skip
_BY_SYSTEM = {
    "ipados": Platform.IPADOS, "ios": Platform.IOS, "tvos": Platform.TVOS,
    "macos": Platform.MACOS, "os x": Platform.MACOS, "osx": Platform.MACOS,
}  # fmt: skip
_UTC_NAMES = {"UTC", "Z", "GMT", "Etc/UTC", "+00:00"}


def device(row: Fields) -> Device:
    """A device out of the list, or the `device` of an answer about one."""
    udid = row.id("UDID")
    return Device(
        vendor_id=udid,
        platform=_platform(row),
        serial=row.text("serialNumber"),
        imeis=imeis(plan.text("IMEI") for plan in _plans(row)),
        meids=meids(plan.text("MEID") for plan in _plans(row)),
        udid=row.text("UDID"),
        macs=macs(row.text("networkInformation", "WiFiMAC") or row.text("WiFiMAC")),
        manufacturer="Apple",
        model=row.text("model", "name"),
        model_identifier=row.text("model", "identifier"),
        name=row.text("name"),
        os=row.text("os", "prefix"),
        os_version=row.text("os", "version"),
        ownership=Ownership.COMPANY if _enrolled_by(row) == "dep" else Ownership.UNKNOWN,
        supervised=row.flag("isSupervised"),
        managed=row.flag("isManaged"),
        assigned_user=row.text("owner", "email") or row.text("owner", "username"),
        asset_tag=_word(row, "assetTag"),
        last_check_in=_last_check_in(row),
        software=software(row.rows("apps"), "identifier"),
        extras=_extras(row),
    )


def in_trash(row: Fields) -> bool:
    """Whether an administrator has thrown the device away; the list leaves such a one out."""
    return row.flag("inTrash") is True


def _platform(row: Fields) -> Platform:
    """By the model: "iPad13,4"; many iPads have "iOS" as their system."""
    identifier = row.text("model", "identifier") or ""
    family = identifier.rstrip("0123456789,")
    if family in _BY_MODEL:
        return _BY_MODEL[family]
    if family.startswith("Mac"):  # MacBookPro, Macmini
        return Platform.MACOS
    return _BY_SYSTEM.get((row.text("os", "prefix") or "").lower(), Platform.OTHER)


def _plans(row: Fields) -> list[Fields]:
    told = row.rows("networkInformation", "ServiceSubscription") or row.rows("serviceSubscription")
    return [Fields(plan) for plan in told or []]


def _last_check_in(row: Fields) -> datetime | None:
    """ "2026-03-18 20:48:54", in the list without a zone and taken as UTC; alone with its zone.

    A zone that cannot be read leaves the time unknown.
    """
    if row.text("lastCheckin") is not None:
        return row.moment("lastCheckin")
    told = row.inside("lastCheckin")
    at, zone = told.moment("date"), told.text("timezone")
    if at is None or zone is None or zone in _UTC_NAMES:
        return at
    try:
        if zone[0] in "+-":
            return datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S}{zone}").astimezone(UTC)
        return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OSError, LookupError, OverflowError):
        return None


def _extras(row: Fields) -> dict[str, str]:
    told = {
        "enrolled_by": _enrolled_by(row),
        "enrolment_profile": row.text("depProfile") or row.text("deviceDepProfile"),
        "location": row.text("locationId"),
    }
    return {name: word for name, word in told.items() if word is not None}


def _enrolled_by(row: Fields) -> str | None:
    """ "dep", which alone proves that it is the school's, "ac2" (by cable) or "manual"."""
    return _word(row, "enrollType") or _word(row, "deviceEnrollType")


def _word(row: Fields, name: str) -> str | None:
    """A text that may be wrapped: {"value": "dep"}."""
    return row.text(name) or row.text(name, "value")
