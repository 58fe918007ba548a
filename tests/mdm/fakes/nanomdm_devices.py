"""Apple devices as they tell of themselves by MDM; invented, and the same for the same seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

# Product, model, system, supervised (None: it was never asked), enrolled by its user.
_KINDS = (
    ("iPad13,18", "iPad", "18.1", True, False),
    ("Mac14,2", "MacBook Air", "15.1", True, False),
    ("iPhone14,7", "iPhone", "18.1", True, False),
    ("AppleTV11,1", "Apple TV", "18.1", True, False),
    ("iPad14,1", "iPad", "17.7", False, False),
    ("iPhone15,4", "iPhone", "18.1", False, True),
    ("MacBookPro16,2", "MacBook Pro", "13.7", False, False),
    (None, None, None, None, False),
)


def device(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """What the fake knows of a device: `facts` as it answers queries, and its enrolment."""
    product, model, version, supervised, personal = _KINDS[number % len(_KINDS)]
    phone, mac = bool(product and product.startswith("iP")), bool(product and "Mac" in product)
    facts: dict[str, Any] = {}
    if product is not None:
        facts = {
            "DeviceName": f"WPS-{number:05d}",
            "ProductName": product,
            "ModelName": model,
            "Model": f"M{number:04d}LL" if phone else product,
            "OSVersion": version,
            "BuildVersion": "22B83",
            "IsSupervised": supervised,
            "WiFiMAC": ":".join(f"{b:02x}" for b in (0xF4D488000000 + number).to_bytes(6)),
        }
    if product is not None and not personal:
        facts["SerialNumber"] = f"{random.choice('CFHLM')}{random.getrandbits(44):011X}"[:12]
    if phone:
        facts |= {"IsMDMLostModeEnabled": False, "ServiceSubscriptions": [_sim(random)]}
    if mac:
        facts |= {"EthernetMAC": f"3c:22:fb:00:{number // 256:02x}:{number % 256:02x}",
                  "IsAppleSilicon": product == "Mac14,2", "EACSPreflight": "success"}  # fmt: skip
    enrolled = now - timedelta(days=random.randrange(100, 900), seconds=random.randrange(86_400))
    return {
        "id": f"{random.getrandbits(160):040x}" if phone else _uuid(random),
        "personal": personal,
        "enrolled": enrolled,
        "unlock": random.randbytes(60) if phone and not personal else None,
        "facts": facts,
    }


def _sim(random: Random) -> dict[str, Any]:
    return {"Slot": "CTSubscriptionSlotOne", "IMEI": f"35 {random.randrange(10**12, 10**13)}",
            "PhoneNumber": "+15550100", "CurrentCarrierNetwork": "Willow Mobile"}  # fmt: skip


def _uuid(random: Random) -> str:
    bits = f"{random.getrandbits(128):032X}"
    return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))
