"""Chromebooks and phones as Google tells of them; invented, and the same for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

_MODELS = ("Dell Chromebook 3110", "HP Chromebook 11 G9 EE", "Lenovo 300e Chromebook Gen 3",
           "Acer Chromebook Spin 512", "ASUS Chromebook CR1")  # fmt: skip
_PHONES = (("Google", "Pixel 7a", "Android 15", "ANDROID"), ("samsung", "SM-A546U", "Android 14",
           "ANDROID"), ("Apple", "iPhone 14", "iOS 18.1", "IOS_SYNC"),
           ("Apple", "iPad (9th generation)", "iPadOS 18.1", "IOS_SYNC"))  # fmt: skip
_PRIVILEGES = ("PROFILE_OWNER", "DEVICE_OWNER", "UNDETECTED")
_SCHOOLS = ("Lincoln Elementary", "Willow Park Middle", "Willow Park High")
_NAMES = ("anna.reyes", "ben.okafor", "carla.nguyen", "david.cohen", "emma.larsson", "felix.ortiz")


def chromebook(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One enrolled Chromebook that synchronised within the last three days."""
    enrolled = now - timedelta(days=random.randrange(30, 1400), seconds=random.randrange(86_400))
    return {
        "kind": "admin#directory#chromeosdevice",
        "deviceId": f"{random.getrandbits(96):024x}{number:012x}",
        "serialNumber": f"5CD{random.randrange(36**4):06d}{number:04d}",
        "model": random.choice(_MODELS),
        "osVersion": f"{random.randrange(126, 132)}.0.{random.randrange(6000, 6999)}.71",
        "firmwareVersion": "Google_Drawcia.13606.483.0",
        "status": "ACTIVE",
        "bootMode": "Verified",
        "chromeOsType": "chromeOs",
        "macAddress": f"{0x3C2AF4000000 + number:012x}",
        "meid": f"{random.randrange(10**14, 10**15)}" if number % 7 == 0 else "",
        "annotatedAssetId": f"WPS-{number:05d}" if number % 3 else "",
        "annotatedUser": f"{random.choice(_NAMES)}@willowpark.example",
        "annotatedLocation": f"Room {random.randrange(100, 240)}",
        "orgUnitPath": f"/Students/{random.choice(_SCHOOLS)}",
        "recentUsers": [{"type": "USER_TYPE_MANAGED", "email": "student@willowpark.example"}],
        "lastKnownNetwork": [{"ipAddress": "10.4.1.17", "wanIpAddress": "198.51.100.7"}],
        "lastSync": _text(now - timedelta(minutes=random.randrange(5, 4320))),
        "lastEnrollmentTime": _text(enrolled),
        "osVersionCompliance": random.choice(("compliant", "compliant", "pending", "notCompliant")),
        "autoUpdateThrough": f"{random.randrange(2027, 2034)}-06-30",
        "deviceLicenseType": "education",
    }


def phone(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One phone or tablet; makes and privileges come in turn, so that every kind is there."""
    maker, model, system, kind = _PHONES[number % 4]
    privilege = _PRIVILEGES[number // 4 % 3] if maker != "Apple" else "UNDETECTED"
    person = random.choice(_NAMES)
    return {
        "kind": "admin#directory#mobiledevice",
        "resourceId": f"AFi{random.getrandbits(120):030x}{number}",
        "deviceId": f"{random.getrandbits(64):016x}",
        "serialNumber": f"R5C{random.getrandbits(40):010X}",
        "imei": f"{random.randrange(10**14, 10**15)}",
        "wifiMacAddress": ":".join(f"{b:02x}" for b in (0x3085A9000000 + number).to_bytes(6)),
        "manufacturer": maker,
        "model": model,
        "os": system,
        "type": kind,
        "status": "APPROVED",
        "email": [f"{person}@willowpark.example"],
        "name": [person.replace(".", " ").title()],
        "firstSync": _text(now - timedelta(days=random.randrange(10, 700))),
        "lastSync": _text(now - timedelta(minutes=random.randrange(5, 4320))),
        "encryptionStatus": random.choice(("ENCRYPTED", "NOT_ENCRYPTED")),
        "devicePasswordStatus": random.choice(("PASSWORD_SET", "PASSWORD_NOT_SET", "UNKNOWN")),
        "deviceCompromisedStatus": "UNCOMPROMISED",
        "privilege": privilege,
    }


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
