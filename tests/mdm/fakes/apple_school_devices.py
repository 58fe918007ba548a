"""Devices of an invented school as Apple School Manager tells them, and its way to refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.mdm.fakes.http import Reply

HOST = "https://api-school.apple.com/v1"
_KINDS = (
    ("iPad", "iPad (10th generation)", "iPad13,18", "64GB", "MPQ03LL/A"),
    ("Mac", 'MacBook Air 13"', "Mac14,2", "256GB", "MLXY3LL/A"),
    ("iPad", "iPad Air 11-inch (M2) Wi-Fi + Cellular", "iPad14,9", "128GB", "MUXD3LL/A"),
    ("iPhone", "iPhone 15", "iPhone15,4", "128GB", "MTMF3LL/A"),
    ("AppleTV", "Apple TV 4K (3rd generation)", "AppleTV14,1", "64GB", "MN873LL/A"),
    ("iPad", "iPad (9th generation)", "iPad12,1", "64GB", "MK2K3LL/A"),
    ("Watch", "Apple Watch SE", "Watch6,10", "32GB", "MNJT3LL/A"),
    ("Vision", "Apple Vision Pro", "RealityDevice14,1", "256GB", "MQL83LL/A"),
)
_CELLULAR = {"iPad14,9", "iPhone15,4"}
_SOURCES = ("APPLE", "RESELLER", "MANUALLY_ADDED")
_LETTERS = "CDFGHJKLMNPQRTVWXY0123456789"


def org_device(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One device; families and ways to buy come in turn. Its id is the serial, as Apple has it."""
    family, model, product, capacity, part = _KINDS[number % len(_KINDS)]
    source = _SOURCES[number % 3]
    added = now - timedelta(days=random.randrange(20, 1400), seconds=random.randrange(86_400))
    serial = f"{''.join(random.choices(_LETTERS, k=6))}{number:04d}"
    cellular = product in _CELLULAR
    wifi = ":".join(f"{byte:02X}" for byte in (0x3C22FB000000 + number).to_bytes(6))
    attributes: dict[str, Any] = {
        "serialNumber": serial,
        "addedToOrgDateTime": text(added),
        "releasedFromOrgDateTime": None,
        "updatedDateTime": text(added + timedelta(days=2)),
        "deviceModel": model,
        "productFamily": family,
        "productType": product,
        "deviceCapacity": capacity,
        "partNumber": part,
        "color": random.choice(("SILVER", "SPACE GRAY", "BLUE")),
        "status": "ASSIGNED" if number % 5 else "UNASSIGNED",
        "imei": [f"35{random.randrange(10**12, 10**13)}" for _ in range(2)] if cellular else [],
        "meid": [f"35{random.randrange(10**11, 10**12)}"] if cellular else [],
        "eid": f"89049032{random.randrange(10**23, 10**24)}" if cellular else "",
        # Apple's own description allows both forms.
        "wifiMacAddress": [wifi] if number % 2 else wifi,
        "bluetoothMacAddress": [wifi[:-2] + "FE"],
        "purchaseSourceType": source,
    }
    if source != "MANUALLY_ADDED":
        attributes |= {
            "orderNumber": f"11{random.randrange(10**7, 10**8)}",
            "orderDateTime": text(added - timedelta(days=9)),
            "purchaseSourceId": f"{random.randrange(10**6, 10**7)}",
        }
    itself = f"{HOST}/orgDevices/{serial}"
    server = {"self": f"{itself}/relationships/assignedServer",
              "related": f"{itself}/assignedServer"}  # fmt: skip
    return {
        "type": "orgDevices",
        "id": serial,
        "attributes": attributes,
        "relationships": {"assignedServer": {"links": server}},
        "links": {"self": itself},
    }


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def error(status: int, code: str, title: str, detail: str, parameter: str = "") -> Reply:
    """An error body as Apple has it."""
    told: dict[str, Any] = {"id": "d41f0ce2-8e12-41b7-bffd-91fd628f6628", "status": str(status),
                            "code": code, "title": title, "detail": detail}  # fmt: skip
    if parameter:
        told["source"] = {"parameter": parameter}
    return Reply(status, {"errors": [told]})
