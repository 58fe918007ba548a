"""Devices as Mosyle Manager tells of them; invented, and the same for the same seed."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from random import Random
from typing import Any

_KINDS = (
    ("ios", "iPad12,1", "iPad (9th Generation)", "18.1", "1", "DEP"),
    ("ios", "iPhone14,6", "iPhone SE (3rd Generation)", "18.1", "1", "DEP"),
    ("mac", "Mac14,2", "MacBook Air (M2, 2022)", "15.1", "1", "DEP"),
    ("tvos", "AppleTV14,1", "Apple TV 4K (3rd Generation)", "18.1", "1", "DEP"),
    ("ios", "iPad13,16", "iPad Air (5th Generation)", "17.7", "0", "MANUAL"),
    ("mac", "MacBookPro14,1", "MacBook Pro (13-inch, 2017)", "13.7", "0", "MANUAL"),
    ("ios", "iPhone15,4", "iPhone 15", "18.0", "0", "USER"),
    ("visionos", "RealityDevice14,1", "Apple Vision Pro", "2.1", "1", "DEP"),
)
_PEOPLE = ("anna.reyes", "ben.okafor", "carla.nguyen", "david.cohen", "emma.larsson")


def device(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One device; kinds come in turn."""
    system, identifier, model, version, supervised, enrolled = _KINDS[number % len(_KINDS)]
    person, heard = random.choice(_PEOPLE), now - timedelta(minutes=random.randrange(5, 4320))
    udid = f"00008101-{random.getrandbits(64):016X}"
    if system == "mac":
        udid = str(uuid.UUID(int=random.getrandbits(128), version=4)).upper()
    management = {
        "EnrolledViaDEP": enrolled == "DEP", "IsUserEnrollment": enrolled == "USER",
        "UserApprovedEnrollment": True,
    }  # fmt: skip
    phone = identifier.startswith("iPhone")
    return {
        "deviceudid": udid,
        "device_name": f"WPS {system} {number:04d}",
        "total_disk": "256.0000000000",
        "os": system,
        "serial_number": f"DMP{random.getrandbits(36):09X}",
        "device_model": identifier,
        "device_model_name": model,
        "osversion": version,
        "imei": f"35 {random.randrange(10**5, 10**6)} {random.randrange(10**6, 10**7)}"
        if phone else "",
        "meid": "",
        "wifi_mac_address": f"a4:83:e7:00:{number >> 8:02x}:{number & 255:02x}",
        "bluetooth_mac_address": f"a4:83:e8:00:{number >> 8:02x}:{number & 255:02x}",
        "last_lan_ip": "10.1.2.3",
        "is_supervised": supervised,
        "date_last_beat": stamp(heard),
        "date_info": stamp(heard - timedelta(hours=9)),
        "date_enroll": stamp(now - timedelta(days=random.randrange(10, 900))),
        "status": "active",
        "is_deleted": "0",
        "lostmode_status": "",
        "asset_tag": f"A-{number:05d}",
        "userid": person,
        "username": person.replace(".", " ").title(),
        "useremail": f"{person}@willowpark.example" if number % 3 else "",
        "usertype": "S",
        "tags": f"cart{number % 9}",
        "ManagementStatus": json.dumps(management),
        "enrollment_type": enrolled,
    }  # fmt: skip


def stamp(at: datetime) -> str:
    """Seconds since 1970, as a text."""
    return str(int(at.timestamp()))
