"""Computers and mobile devices as Jamf Pro tells of them; invented, the same for the same seed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

_MACS = (
    ("MacBook Air (M2, 2022)", "Mac14,2", "15.1", True, "ALL_ENCRYPTED"),
    ("iMac (24-inch, M1, 2021)", "iMac21,1", "14.7", True, "NOT_ENCRYPTED"),
    ("MacBook Pro (13-inch, 2017)", "MacBookPro14,1", "13.7", False, "NOT_APPLICABLE"),
)
_MOBILE = (
    ("iOS", "iPad (9th generation)", "iPad12,1", "18.1", True, "Institutional"),
    ("iOS", "iPhone SE (3rd generation)", "iPhone14,6", "18.1", True, "Institutional"),
    ("tvOS", "Apple TV 4K (3rd generation)", "AppleTV14,1", "18.1", True, "Institutional"),
    ("iOS", "iPhone 15", "iPhone15,4", "18.0", False, "AccountDrivenUserEnrollment"),
    ("iOS", "iPad Pro (11-inch)", "iPad13,4", "17.7", True, "AccountDrivenDeviceEnrollment"),
    ("iOS", "iPad Air (5th generation)", "iPad13,16", "18.1", False, None),
    ("watchOS", "Apple Watch SE", "Watch6,10", "11.1", False, "Institutional"),
)
_PEOPLE = ("anna.reyes", "ben.okafor", "carla.nguyen", "david.cohen", "emma.larsson")


def computer(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One ComputerInventoryV4 with all the sections that the fake has."""
    model, identifier, version, by_apple, vault = _MACS[number % len(_MACS)]
    person, heard = random.choice(_PEOPLE), now - timedelta(minutes=random.randrange(5, 4320))
    return {
        "udid": new_uuid(random).upper(),
        "id": str(number),
        "general": {
            "name": f"WPS-M{number:04d}",
            "platform": "Mac",
            "assetTag": f"M{number:05d}" if number % 2 else "",
            "remoteManagement": {"managed": True},
            "supervised": by_apple,
            "lastCheckIn": text(heard),
            "lastContact": text(heard - timedelta(minutes=3)),
            "reportDate": text(heard - timedelta(hours=2)),
            "lastEnrolledDate": text(now - timedelta(days=random.randrange(10, 900))),
            "mdmProfileExpiration": text(now + timedelta(days=700)),
            "enrollmentMethod": {"id": "2", "objectName": "Labs", "objectType": "PreStage"},
            "site": {"id": "-1", "name": "None"},
            "enrolledViaAutomatedDeviceEnrollment": by_apple,
            "managementId": new_uuid(random),
        },
        "hardware": {
            "make": "Apple", "model": model, "modelIdentifier": identifier,
            "serialNumber": f"C02{random.getrandbits(36):09X}",
            "macAddress": f"6A:2C:4B:00:{number >> 8:02X}:{number & 255:02X}",
            "altMacAddress": f"6A:2C:4C:00:{number >> 8:02X}:{number & 255:02X}",
        },
        "operatingSystem": {"name": "macOS", "version": version, "build": "24B83",
                            "fileVault2Status": vault},
        "userAndLocation": {"username": person, "realname": person.replace(".", " ").title(),
                            "email": f"{person}@willowpark.example", "room": "12"},
        "localUserAccounts": [
            {"uid": "501", "username": "wpsadmin", "fullName": "WPS", "admin": True},
            {"uid": "502", "username": person, "fullName": person, "admin": number % 4 == 0},
        ],
        "security": {"sipStatus": "ENABLED", "gatekeeperStatus": "APP_STORE",
                     "xprotectVersion": "5283", "activationLockEnabled": number % 3 == 0,
                     "firewallEnabled": False, "secureBootLevel": "FULL_SECURITY",
                     "bootstrapTokenEscrowedStatus": "ESCROWED"},
        "applications": [
            {"name": "Safari.app", "path": "/Applications/Safari.app", "version": version,
             "macAppStore": False, "bundleId": "com.apple.Safari"},
            {"name": "Firefox.app", "path": "/Applications/Firefox.app", "version": "131.0",
             "macAppStore": False, "bundleId": "org.mozilla.firefox"},
        ],
    }  # fmt: skip


def mobile(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One mobile device with all the sections that the fake has; an Apple TV has fewer."""
    system, model, identifier, version, supervised, owner = _MOBILE[number % len(_MOBILE)]
    person, heard = random.choice(_PEOPLE), now - timedelta(minutes=random.randrange(5, 4320))
    phone = identifier.startswith("iPhone")
    record: dict[str, Any] = {
        "deviceType": system,
        "mobileDeviceId": str(number),
        "general": {
            "udid": f"00008101-{random.getrandbits(64):016X}",
            "displayName": f"Cart {number % 9} {number:04d}",
            "assetTag": f"T{number:05d}",
            "siteId": "-1",
            "lastInventoryUpdateDate": precise(heard - timedelta(hours=9)),
            "lastContactDate": precise(heard),
            "osVersion": version,
            "osBuild": "22B83",
            "managed": True,
            "supervised": supervised,
            "deviceOwnershipType": owner,
            "enrollmentMethodPrestage": {"mobileDevicePrestageId": "5", "profileName": "Carts"},
            "lastEnrolledDate": precise(now - timedelta(days=random.randrange(10, 900))),
            "mdmProfileExpirationDate": precise(now + timedelta(days=700)),
            "managementId": new_uuid(random),
        },
        "hardware": {
            "serialNumber": f"DMP{random.getrandbits(36):09X}", "model": model,
            "modelIdentifier": identifier, "deviceId": new_uuid(random),
            "wifiMacAddress": f"ee:00:7c:00:{number >> 8:02x}:{number & 255:02x}",
        },
        "userAndLocation": {"username": person, "realName": person.replace(".", " ").title(),
                            "emailAddress": f"{person}@willowpark.example" if phone else "",
                            "building": "North", "room": "7"},
    }  # fmt: skip
    record["applications"] = [
        {
            "identifier": "com.apple.Pages",
            "name": "Pages",
            "version": "14.2",
            "shortVersion": "14.2",
            "managementStatus": "Managed",
        }
    ]
    if owner is None:
        del record["general"]["deviceOwnershipType"]
    if system != "tvOS":
        record["security"] = {
            "dataProtected": not phone, "passcodePresent": not phone, "passcodeCompliant": True,
            "hardwareEncryption": 3, "lostModeEnabled": False, "jailBreakDetected": False,
        }  # fmt: skip
        imei = f"35 {random.randrange(10**5, 10**6)} {random.randrange(10**6, 10**7)}"
        record["network"] = {"imei": imei if phone else "", "meid": "", "phoneNumber": ""}
        plan = {"imei": f"{imei[:-1]}0", "meid": "15302309236898", "slot": "CTSubscriptionSlotTwo"}
        record["serviceSubscriptions"] = [plan] if phone else []
    return record


def new_uuid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def precise(at: datetime) -> str:
    """With milliseconds, as mobile devices have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
