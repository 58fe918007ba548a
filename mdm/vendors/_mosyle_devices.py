"""Devices of Mosyle Manager. Addresses on the network, and where a lost device is, are not kept.

The enrolment is the time that Mosyle gives it (`date_enroll`); its articles do not name the field,
scripts read it. Numbers, flags and times (seconds since 1970) come as texts.
"""

from __future__ import annotations

import json
import re

from mdm.fields import Fields, Unreadable
from mdm.identifiers import imeis, macs, meids
from mdm.types import Device, Ownership, Place, Platform

SYSTEMS = ("ios", "mac", "tvos", "visionos")
"""Mosyle lists one at a time, and needs to be told which."""

_LISTED_AS = {
    Platform.IOS: "ios", Platform.IPADOS: "ios", Platform.MACOS: "mac", Platform.TVOS: "tvos",
}  # fmt: skip
_PLATFORMS = {"ios": Platform.IOS, "mac": Platform.MACOS, "tvos": Platform.TVOS}
_NAMES = {
    Platform.IOS: "iOS", Platform.IPADOS: "iPadOS", Platform.MACOS: "macOS", Platform.TVOS: "tvOS",
}  # fmt: skip
_LOST = {"ENABLED": True, "PENDINGTODISABLE": True, "PENDINGTOENABLE": False, "DISABLED": False}
_MAX_STATUS = 4096
_EXTRAS = {
    "lost_mode": "lostmode_status",
    "enrolled_by": "enrollment_type",
    "tags": "tags",
    "cart": "SharedCartName",
    "user_type": "usertype",
    "os_build": "BuildVersion",
    "update": "needosupdate",
}


def system_of(platform: Platform) -> str:
    """The list in which a device of ours stands."""
    return _LISTED_AS.get(platform, "visionos")


def is_udid(value: str) -> bool:
    """Whether Mosyle can only take it for one device: it reads a text with commas as many."""
    return re.fullmatch(r"[0-9A-Za-z-]{8,64}", value, re.ASCII) is not None


def is_serial(value: str) -> bool:
    """Whether Mosyle can only take it for one serial number."""
    return re.fullmatch(r"[0-9A-Za-z]{4,32}", value, re.ASCII) is not None


def device(system: str, row: Fields) -> Device:
    """A row of the list of one system. Raises `Unreadable` where no command could name it."""
    udid = row.id("deviceudid")
    if not is_udid(udid):
        raise Unreadable("a row without a usable deviceudid")
    platform = _platform(system, row)
    heard = (row.moment("date_last_beat"), row.moment("date_info"))
    deleted = row.flag("is_deleted")
    lost = _LOST.get(row.text("lostmode_status") or "")
    return Device(
        vendor_id=udid,
        platform=platform,
        enrolment=row.text("date_enroll"),
        serial=row.text("serial_number"),
        imeis=imeis(row.text(name) for name in ("imei", "imeiOne", "imeiTwo")),
        meids=meids([row.text("meid")]),
        udid=udid,
        macs=macs(row.text("wifi_mac_address"), row.text("ethernet_mac_address")),
        manufacturer="Apple",
        model=row.text("device_model_name") or row.text("model_name"),
        model_identifier=row.text("device_model"),
        name=row.text("device_name"),
        os=_NAMES.get(platform, "visionOS"),
        os_version=row.text("osversion"),
        ownership=_ownership(row),
        supervised=row.flag("is_supervised"),
        managed=None if deleted is None else not deleted,
        state=row.text("status"),
        locked=True if lost else None,  # Mosyle does not tell of another lock
        lost_mode=lost,
        assigned_user=row.text("useremail") or row.text("userid"),
        asset_tag=row.text("asset_tag"),
        last_check_in=max((at for at in heard if at is not None), default=None),
        enrolled_at=row.moment("date_enroll"),
        extras=row.extras(_EXTRAS),
    )


def place_of(row: Fields) -> Place | None:
    """Where a device in lost mode was seen last; Mosyle tells no time and no accuracy."""
    north, east = row.number("latitude"), row.number("longitude")
    if north is None or east is None or (north, east) == (0, 0):
        return None
    return Place(north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def _platform(system: str, row: Fields) -> Platform:
    names = (row.text("device_model"), row.text("device_model_name"))
    if system == "ios" and any((name or "").lower().startswith("ipad") for name in names):
        return Platform.IPADOS
    return _PLATFORMS.get(system, Platform.OTHER)


def _ownership(row: Fields) -> Ownership:
    """Only automated enrolment proves that a device is the district's."""
    told = _management(row)
    if told.flag("IsUserEnrollment") is True:
        return Ownership.PERSONAL
    by_apple = (row.text("enrollment_type") or "").upper() in {"DEP", "ADE"}
    return (
        Ownership.COMPANY if by_apple or told.flag("EnrolledViaDEP") is True else Ownership.UNKNOWN
    )


def _management(row: Fields) -> Fields:
    """Apple's ManagementStatus: an object, also as the text of one."""
    told = row.get("ManagementStatus")
    if isinstance(told, str):
        try:
            told = json.loads(told[:_MAX_STATUS])
        except (ValueError, RecursionError):
            told = None
    return Fields(told)
