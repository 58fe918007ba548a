"""Devices of Meraki Systems Manager: which fields are asked for, and what they mean.

Where a device is, its addresses on the network, its phone number and its disks are not asked for.
Installed software would take a request a device, so it is not read. Nothing in a record is
promised to change when a device is enrolled anew, and who owns a device is not told.
"""

from __future__ import annotations

import re

from mdm.fields import Fields
from mdm.identifiers import imeis, macs, meids
from mdm.types import AntiMalware, Device, Platform

FIELDS = (
    "lastConnected", "osBuild", "isManaged", "hasMdm", "isSupervised", "imei", "meid",
    "ownerEmail", "ownerUsername", "lastUser", "diskEncryptionEnabled", "passCodeLock", "avName",
    "avRunning", "quarantined", "isRooted", "androidSecurityPatchVersion", "hasDesktopAgent",
)  # fmt: skip

_SYSTEMS = {
    "ios": Platform.IOS, "ipados": Platform.IPADOS, "macos": Platform.MACOS, "mac": Platform.MACOS,
    "os": Platform.MACOS, "osx": Platform.MACOS, "tvos": Platform.TVOS,
    "android": Platform.ANDROID, "windows": Platform.WINDOWS, "chrome": Platform.CHROMEOS,
    "chromeos": Platform.CHROMEOS, "linux": Platform.LINUX, "ubuntu": Platform.LINUX,
}  # fmt: skip
_APPLE = {Platform.IOS, Platform.IPADOS, Platform.TVOS, Platform.MACOS}
_OS = re.compile(r"([^\d]*[^\d\s])\s+(\d[\w.]*)(?:\s.*)?", re.ASCII | re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z]+\d+,\d+", re.ASCII)


def device(row: Fields) -> Device:
    """One device of a list."""
    platform, system, model = _platform(row), row.text("osName"), row.text("systemModel")
    split = _OS.fullmatch(system or "")
    identifier = model if model is not None and _IDENTIFIER.fullmatch(model) else None
    return Device(
        vendor_id=row.id("id"),
        platform=platform,
        serial=row.text("serialNumber") or row.text("serial"),
        imeis=imeis([row.text("imei")]),
        meids=meids([row.text("meid")]),
        udid=row.text("uuid"),
        macs=macs(row.text("wifiMac")),
        manufacturer="Apple" if platform in _APPLE else None,
        model=None if identifier else model,
        model_identifier=identifier,
        name=row.text("name"),
        os=split[1] if split else system,
        os_version=split[2] if split else None,
        # Elsewhere nothing can be supervised.
        supervised=row.flag("isSupervised") if platform in _APPLE else None,
        managed=_managed(row),
        encrypted=row.flag("diskEncryptionEnabled"),
        passcode_set=row.flag("passCodeLock"),
        antimalware=_antimalware(row),
        assigned_user=row.text("ownerEmail") or row.text("ownerUsername"),
        last_check_in=row.moment("lastConnected"),
        extras=row.extras(
            {
                "os_name": "osName",
                "os_build": "osBuild",
                "last_user": "lastUser",
                "security_patch": "androidSecurityPatchVersion",
            }
        )
        | _flags(row),
    )


def _platform(row: Fields) -> Platform:
    """By the first word of the system: "iOS 9.3.5". Many iPads are told as iOS."""
    words = re.split(r"[\s\d]", (row.text("osName") or "").lower().strip(), maxsplit=1)
    found = _SYSTEMS.get(words[0], Platform.OTHER)
    if found is Platform.IOS and (row.text("systemModel") or "").lower().startswith("ipad"):
        return Platform.IPADOS
    return found


def _managed(row: Fields) -> bool | None:
    told = row.flag("isManaged")
    return row.flag("hasMdm") if told is None else told


def _antimalware(row: Fields) -> AntiMalware | None:
    """Only told of computers with Meraki's own agent."""
    product, running = row.text("avName"), row.flag("avRunning")
    return None if product is None and running is None else AntiMalware(running, product)


def _flags(row: Fields) -> dict[str, str]:
    """Whether it is shut out, jailbroken or watched by an agent; `Fields.extras` takes no flags."""
    named = {"quarantined": "quarantined", "jailbroken": "isRooted", "agent": "hasDesktopAgent"}
    told = {ours: row.flag(theirs) for ours, theirs in named.items()}
    return {ours: str(flag).lower() for ours, flag in told.items() if flag is not None}
