"""Devices as Intune tells of them; invented, and the same for the same seed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

_KINDS = (
    ("Windows", "LENOVO", "20Q6S0LM00", "10.0.22631.4317", "company", False),
    ("iOS", "Apple", "iPad (9th generation)", "18.1", "company", True),
    ("Windows", "Dell Inc.", "Latitude 3140", "10.0.26100.2033", "company", False),
    ("macOS", "Apple", "MacBook Air", "15.1 (24B83)", "company", True),
    ("Android", "Google", "Pixel 7a", "15", "company", False),
    ("iOS", "Apple", "iPhone 14", "18.1", "personal", False),
    ("Windows", "Microsoft Corporation", "Surface Go 3", "10.0.22631.4317", "unknown", False),
    ("Android", "samsung", "SM-A546U", "14", "personal", False),
    ("tvOS", "Apple", "Apple TV 4K", "18.1", "company", True),
    ("iOS", "Apple", "iPad Pro", "17.7", "company", True),
    ("Linux (ubuntu)", "Dell Inc.", "OptiPlex 7010", "24.04", "company", False),
)
_PEOPLE = ("anna.reyes", "ben.okafor", "carla.nguyen", "david.cohen", "emma.larsson")
_COMPLIANCE = ("compliant", "compliant", "noncompliant", "inGracePeriod", "unknown")
NEVER = "0001-01-01T00:00:00Z"

# What only comes for a single device that is asked for it by name; in a list it is empty.
SINGLE_ONLY: dict[str, Any] = {
    "udid": "", "iccid": "", "ethernetMacAddress": None, "notes": None,
    "activationLockBypassCode": None, "physicalMemoryInBytes": 0,
}  # fmt: skip


def device(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One managed device; systems come in turn, so that every kind is there."""
    system, maker, model, version, owner, supervised = _KINDS[number % len(_KINDS)]
    person, apple = random.choice(_PEOPLE), maker == "Apple"
    enrolled = now - timedelta(days=random.randrange(10, 900), seconds=random.randrange(86_400))
    phone = system in {"iOS", "Android"}
    return {
        "id": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "userId": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "deviceName": f"WPS-{number:05d}",
        "managedDeviceOwnerType": owner,
        "managementState": "managed",
        "enrolledDateTime": text(enrolled),
        "lastSyncDateTime": text(now - timedelta(minutes=random.randrange(5, 4320))),
        "operatingSystem": system,
        "complianceState": random.choice(_COMPLIANCE),
        "jailBroken": "False" if phone else "Unknown",
        "managementAgent": "mdm",
        "osVersion": version,
        "azureADRegistered": True,
        "azureADDeviceId": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "deviceEnrollmentType": "appleBulkWithUser" if apple else "windowsAzureADJoin",
        "deviceCategoryDisplayName": "Cart" if number % 3 == 0 else "",
        "isSupervised": supervised,
        "isEncrypted": random.random() < 0.8,
        "userPrincipalName": f"{person}@willowpark.example",
        "userDisplayName": person.replace(".", " ").title(),
        "emailAddress": f"{person}@willowpark.example",
        "model": model,
        "manufacturer": maker,
        "imei": f"{random.randrange(10**14, 10**15)}" if phone else None,
        "meid": "",
        "serialNumber": f"{random.choice('CFHLM')}{random.getrandbits(44):011X}"[:12],
        "phoneNumber": "",
        "androidSecurityPatchLevel": "2026-07-05" if system == "Android" else "",
        "wiFiMacAddress": f"{0x3C2AF4100000 + number:012X}",
        "ethernetMacAddress": f"{0x3C2AF4200000 + number:012X}" if system == "Windows" else None,
        "udid": f"{random.getrandbits(96):024x}" if apple else None,
        "partnerReportedThreatState": "unknown",
        "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59Z",
        "managementCertificateExpirationDate": text(enrolled + timedelta(days=365)),
        "easActivationDateTime": NEVER,
        "deviceActionResults": [],
    }


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def precise(at: datetime) -> str:
    """With seven digits below the second, as the results of actions have it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "1Z"
