"""Devices as Systems Manager tells of them; invented, and the same each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

USUAL = (
    "id", "name", "tags", "ssid", "wifiMac", "osName", "systemModel", "uuid", "serialNumber",
    "serial", "ip", "notes",
)  # fmt: skip
_KINDS = (
    ("iPad (9th generation)", "iPadOS 18.1", True),
    ("iPad", "iOS 12.5.7", True),
    ("MacBook Air", "macOS 15.1", True),
    ("iPhone 14", "iOS 18.1", True),
    ("AppleTV11,1", "tvOS 18.1", True),
    ("Pixel 7", "Android 14", None),
    ("Latitude 3120", "Windows 11 Pro", None),
    ("iPad6,11", "iOS 16.7.10", False),
    ("MacBookPro16,3", "Mac OS X 10.15.7", False),
    ("Samsung Chromebook 4", "Chrome OS 129.0", None),
)
DESKTOPS = ("mac", "windows")


def device(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One whole record; kinds come in turn, most have no owner."""
    model, system, supervised = _KINDS[number % len(_KINDS)]
    desktop, serial = system.lower().startswith(DESKTOPS), f"C0{random.getrandbits(40):010X}"
    owned, phone = number % 4 == 0, "iPhone" in model
    return {
        "id": str(584_342_051_651_300_000 + number),
        "name": f"Cart {number % 9} {number:04d}",
        "tags": ["carts", "recently-added"],
        "ssid": "Willow Park",
        "wifiMac": f"ee:00:88:01:{number >> 8:02x}:{number & 255:02x}",
        "osName": system,
        "systemModel": model,
        "uuid": f"{random.getrandbits(160):040x}",
        "serialNumber": serial,
        "serial": serial,
        "ip": "10.4.2.17",
        "notes": "",
        "lastConnected": int((now - timedelta(minutes=random.randrange(5, 4320))).timestamp()),
        "osBuild": "22B83",
        "isManaged": True,
        "hasMdm": True,
        "isSupervised": supervised,
        "imei": f"3531931{random.randrange(10**8):08d}" if phone else "",
        "meid": "35319310940039" if phone else "",
        "ownerEmail": f"teacher{number}@willow.example" if owned else None,
        "ownerUsername": f"teacher{number}" if owned else None,
        "lastUser": "labuser" if desktop else None,
        "diskEncryptionEnabled": number % 3 > 0,
        "passCodeLock": number % 2 > 0,
        "avName": "Defender" if "Windows" in system else None,
        "avRunning": True if "Windows" in system else None,
        "quarantined": False,
        "isRooted": False,
        "androidSecurityPatchVersion": "2026-08-01" if "Android" in system else None,
        "hasDesktopAgent": desktop,
        "location": "40.1, -75.2",
        "phoneNumber": "+1 555 0100" if phone else "",
        "publicIp": "198.51.100.7",
    }
