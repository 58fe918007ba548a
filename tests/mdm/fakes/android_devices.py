"""Devices as the Android Management API tells of them; invented, and the same for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

ENTERPRISE = "LC02willow"
_MODELS = (("Google", "Pixel 7a"), ("samsung", "SM-T870"), ("Lenovo", "Tab M10"))
# Fully managed, a work profile on a school's phone, a personal phone, and one that tells nothing.
_KINDS = (
    ("COMPANY_OWNED", "DEVICE_OWNER"), ("COMPANY_OWNED", "PROFILE_OWNER"),
    ("PERSONALLY_OWNED", "PROFILE_OWNER"), ("COMPANY_OWNED", "DEVICE_OWNER"),
    ("OWNERSHIP_UNSPECIFIED", "PROFILE_OWNER"),
)  # fmt: skip


def device(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One enrolled device; kinds of management come in turn."""
    (maker, model), (owner, mode) = _MODELS[number % 3], _KINDS[number % len(_KINDS)]
    own_id = f"{random.getrandbits(64):016X}" if owner == "PERSONALLY_OWNED" else None
    hardware = {
        "brand": maker.lower(),
        "manufacturer": maker,
        "model": model,
        "hardware": "lynx",
        "serialNumber": own_id or f"R5C{random.getrandbits(40):010X}",
    }
    if own_id is not None:
        hardware["enterpriseSpecificId"] = own_id
    seen = now - timedelta(minutes=random.randrange(5, 4320))
    return {
        "name": f"enterprises/{ENTERPRISE}/devices/{random.getrandbits(60):015x}{number}",
        "managementMode": mode,
        "ownership": owner,
        "state": "ACTIVE",
        "appliedState": "ACTIVE",
        "policyCompliant": random.random() < 0.9,
        "enrollmentTime": text(now - timedelta(days=random.randrange(10, 700))),
        "lastStatusReportTime": text(seen),
        "lastPolicySyncTime": text(seen - timedelta(minutes=3)),
        "policyName": f"enterprises/{ENTERPRISE}/policies/students",
        "enrollmentTokenData": f"WPS-{number:05d}" if number % 3 == 0 else "",
        "userName": f"enterprises/{ENTERPRISE}/users/{number}",
        "user": {"accountIdentifier": f"asset#{number}"},
        "hardwareInfo": hardware,
        "networkInfo": {
            "imei": f"{random.randrange(10**14, 10**15)}",
            "wifiMacAddress": ":".join(f"{b:02x}" for b in (0x3085A9100000 + number).to_bytes(6)),
        },
        "softwareInfo": {"androidVersion": "15", "securityPatchLevel": "2026-07-05"},
        "deviceSettings": {"isDeviceSecure": True, "encryptionStatus": "ACTIVE_PER_USER"},
        "securityPosture": {"devicePosture": "SECURE"},
        "applicationReports": [{"packageName": "com.example.game", "displayName": "A game"}],
        "previousDeviceNames": [],
    }


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
