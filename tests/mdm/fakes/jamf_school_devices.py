"""Devices as Jamf School tells of them, in both of its shapes; invented, and the same each time."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

_KINDS = (
    ("iPad", "iPad (9th generation)", "iPad12,1", "iPadOS", "18.1", "dep"),
    ("iPad", "iPad Air 2", "iPad5,3", "iOS", "12.5.7", "ac2"),
    ("Mac", "MacBook Air (M2, 2022)", "Mac14,2", "macOS", "15.1", "dep"),
    ("iPhone", "iPhone 14", "iPhone14,7", "iOS", "18.1", "dep"),
    ("AppleTV", "Apple TV 4K", "AppleTV14,1", "tvOS", "18.1", "dep"),
    ("iPad", "iPad Pro 11", "iPad8,9", "iPadOS", "17.7", "manual"),
    ("Mac", "MacBook Pro 13", "MacBookPro16,3", "macOS", "14.7", "manual"),
    ("iPad", "iPad (10th generation)", "iPad13,19", "iPadOS", "18.0", "ac2"),
)
_OWNER = ("username", "email", "firstName", "lastName", "name", "notes", "modified")


def listed(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One device as the list has it; kinds come in turn. Few have an owner."""
    kind, model, identifier, system, version, enrolled = _KINDS[number % len(_KINDS)]
    seen, mac = now - timedelta(minutes=random.randrange(5, 4320)), kind == "Mac"
    record: dict[str, Any] = {
        "UDID": f"{random.getrandbits(32):08x}-{random.getrandbits(64):016x}",
        "locationId": number % 3,
        "serialNumber": f"DMP{random.getrandbits(36):09X}",
        "assetTag": f"T{number:05d}" if number % 2 else "",
        "class": kind.lower(),
        "model": {"name": model, "identifier": identifier, "type": kind},
        "os": {"prefix": system, "version": version},
        "name": f"Cart {number % 9} {number:04d}",
        "owner": _owner(number) if number % 4 == 0 else {"id": 0} | dict.fromkeys(_OWNER, ""),
        "isManaged": True,
        "isSupervised": enrolled in {"dep", "ac2"},
        "enrollType": enrolled,
        "depProfile": "Carts" if enrolled == "dep" else "",
        "groups": ["Carts"],
        "batteryLevel": 0.9,
        "totalCapacity": 64,
        "availableCapacity": 31,
        "iCloudBackupEnabled": False,
        "iTunesStoreLoggedIn": False,
        "region": {"string": "Willow Park", "coordinates": "40.1,-75.2"},
        "notes": "",
        "apps": [
            {
                "identifier": "com.apple.Pages",
                "name": "Pages",
                "version": "14.2",
                "vendor": "",
                "icon": "",
            }
        ],
        "lastCheckin": text(seen),
        "modified": text(seen),
        "networkInformation": {
            "IPAddress": "10.4.1.17",
            "isNetworkTethered": "0",
            "BluetoothMAC": "",
            "WiFiMAC": f"ee:00:7c:01:{number >> 8:02x}:{number & 255:02x}",
        },
    }
    if kind == "iPhone":
        plan = {"IMEI": f"35 319310 {random.randrange(10**6):06d} 6", "MEID": "35319310940039",
                "Slot": "CTSubscriptionSlotOne", "PhoneNumber": ""}  # fmt: skip
        record["networkInformation"]["ServiceSubscription"] = [plan]
    if mac:
        record["isBootstrapStored"] = True
        record["networkInformation"]["EthernetMACs"] = f"ee:00:7d:00:00:{number & 255:02x}"
    return record


def alone(record: dict[str, Any], zone: str, shift: timedelta) -> dict[str, Any]:
    """The same device as the answer about one has it; its clock is `shift` from UTC in `zone`."""
    told = deepcopy(record)
    network = told.pop("networkInformation")
    seen = datetime.fromisoformat(told["lastCheckin"]) + shift
    told["model"]["type"] = {"value": told["model"]["type"]}
    if not told["owner"]["id"]:
        told["owner"] = {}
    told |= {
        "inTrash": told.get("inTrash", False),
        "deviceEnrollType": told.pop("enrollType"),
        "deviceDepProfile": told.pop("depProfile") or None,
        "hasPasscode": True,
        "passcodeCompliant": 1,
        "hardwareEncryptionEnabled": 3,
        "iTunesStoreLoggedIn": 0,
        "WiFiMAC": network["WiFiMAC"],
        "bluetoothMAC": network["BluetoothMAC"],
        "IPAddress": network["IPAddress"],
        "lastCheckin": {"date": f"{seen:%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3,
                        "timezone": zone},
    }  # fmt: skip
    if "ServiceSubscription" in network:
        told["serviceSubscription"] = network["ServiceSubscription"]
    return told


def _owner(number: int) -> dict[str, Any]:
    person = f"pupil.{number}"
    return {"id": 1000 + number, "locationId": number % 3, "username": person,
            "email": f"{person}@willowpark.example" if number % 8 == 0 else "",
            "firstName": "Pupil", "lastName": str(number), "name": f"Pupil {number}",
            "vpp": [], "notes": "", "modified": "2026-08-20 09:00:00"}  # fmt: skip


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
