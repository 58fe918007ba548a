"""Hosts as Fleet tells of them; invented, and the same for the same seed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

_KINDS = (
    ("darwin", "Apple Inc.", "MacBookPro18,3", "macOS 15.1", "On (automatic)"),
    ("windows", "Dell Inc.", "Latitude 3140", "Windows 11 Pro 23H2 10.0.22631.4317", "On (manual)"),
    ("ubuntu", "LENOVO", "ThinkPad L14", "Ubuntu 24.04.1 LTS", None),
    ("ipados", "Apple Inc.", "iPad12,1", "iPadOS 18.1", "On (company-owned)"),
    ("android", "Google", "Pixel 7a", "Android 15", "On (automatic)"),
    ("ios", "Apple Inc.", "iPhone14,7", "iOS 18.1", "On (personal)"),
    ("android", "samsung", "SM-A546U", "Android 14", "On (personal)"),
    ("darwin", "Apple Inc.", "Mac14,2", "macOS 14.7", "On (manual)"),
    ("ios", "Apple Inc.", "iPhone14,7", "iOS 17.7", "On (automatic)"),
    ("rhel", "Dell Inc.", "OptiPlex 7010", "Rocky Linux 9.4", None),
)


def host(random: Random, number: int, now: datetime) -> dict[str, Any]:
    """One host; kinds come in turn. Some have never been heard of by the agent."""
    platform, maker, model, system, enrolment = _KINDS[number % len(_KINDS)]
    seen = now - timedelta(minutes=random.randrange(5, 4320))
    mobile = platform in {"ios", "ipados", "android"}
    name = f"wps-{number:05d}"
    return {
        "created_at": text(now - timedelta(days=900)),
        "updated_at": text(seen),
        "id": number,
        "detail_updated_at": text(seen - timedelta(minutes=20)),
        "last_enrolled_at": text(now - timedelta(days=random.randrange(10, 800))),
        "seen_time": "2000-01-01T00:00:00Z" if mobile else text(seen),
        "hostname": f"{name}.willowpark.example",
        "uuid": str(uuid.UUID(int=random.getrandbits(128), version=4)).upper(),
        "platform": platform,
        "osquery_version": "" if mobile else "5.14.1",
        "orbit_version": None if mobile else "1.35.0",
        "os_version": system,
        "hardware_vendor": maker,
        "hardware_model": model,
        "hardware_serial": f"C02{random.getrandbits(40):010X}",
        "computer_name": name.upper(),
        "display_name": name.upper(),
        "primary_ip": "10.4.1.17",
        "primary_mac": "" if mobile else _mac(number),
        "status": random.choice(("online", "offline")),
        "team_id": 2,
        "team_name": "Staff" if number % 2 else "Students",
        "disk_encryption_enabled": random.random() < 0.8,
        "additional": _additional(platform),
        "device_mapping": [
            {"email": "ana.private@gmail.example", "source": "google_chrome_profiles"},
            {"email": "ana.ruiz@willowpark.example", "source": "mdm_idp_accounts"},
        ],
        "software": []
        if mobile
        else [
            {
                "id": 7,
                "name": "osquery",
                "version": "5.14.1",
                "source": "rpm_packages",
                "vulnerabilities": None,
            },
            {
                "id": 8,
                "name": "Chess.app",
                "version": "3.1",
                "source": "apps",
                "bundle_identifier": "com.apple.Chess",
                "vulnerabilities": [],
            },
        ],
        "issues": {"failing_policies_count": random.randrange(3), "total_issues_count": 2},
        "mdm": {
            "enrollment_status": enrolment,
            "name": "Fleet" if enrolment else "",
            "server_url": "https://fleet.willowpark.example/mdm" if enrolment else None,
            "encryption_key_available": False,
            "device_status": "unlocked",
            "pending_action": "",
        },
    }


def _additional(platform: str) -> dict[str, Any]:
    """What the district's own query found: nothing is asked of phones."""
    admins = [{"username": "wpsadmin"}, {"username": "ana.ruiz"}]
    found = {"darwin": admins, "windows": []}
    return {"homeroom_admins": found[platform]} if platform in found else {}


def text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mac(number: int) -> str:
    return ":".join(f"{b:02x}" for b in (0x3C2AF4300000 + number).to_bytes(6))
