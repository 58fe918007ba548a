"""Hosts of Fleet as devices. A host's users, browser profiles and networks are not kept.

Fleet has no field for administrators: its groups of users are primary groups. They are told where
the district has made an additional query of Fleet's under the name `ADMINS` (see `_fleet_info`).
"""

from __future__ import annotations

from datetime import datetime

from mdm.fields import Fields
from mdm.identifiers import macs
from mdm.types import Device, Ownership, Platform
from mdm.vendors._software import software

ADMINS = "homeroom_admins"

_PLATFORMS = {
    "darwin": Platform.MACOS, "windows": Platform.WINDOWS, "ios": Platform.IOS,
    "ipados": Platform.IPADOS, "android": Platform.ANDROID, "chrome": Platform.CHROMEOS,
}  # fmt: skip
_LINUX = {
    "linux", "ubuntu", "debian", "rhel", "centos", "fedora", "sles", "kali", "gentoo", "amzn",
    "pop", "arch", "linuxmint", "void", "nixos", "endeavouros", "manjaro", "manjaro-arm", "neon",
    "opensuse-leap", "opensuse-tumbleweed", "tuxedo", "archarm",
}  # fmt: skip
_MOBILE = {Platform.IOS, Platform.IPADOS}
_APPLE = _MOBILE | {Platform.MACOS}
_OWNERS = {
    "On (automatic)": Ownership.COMPANY,  # what newer versions call company-owned
    "On (company-owned)": Ownership.COMPANY,
    "On (personal)": Ownership.PERSONAL,
    "On (manual - personal)": Ownership.PERSONAL,
}
_LOCKED = {
    "locked": True, "unlocking": True, "unlocked": False, "locking": False, "wiping": False,
}  # fmt: skip
_BROWSER = "google_chrome_profiles"
_NEVER = 2000
"""Fleet writes the first moment of this year for what has not happened."""
_EXTRAS = {
    "status": "status",
    "mdm": "mdm.name",
    "enrolment": "mdm.enrollment_status",
    "device_status": "mdm.device_status",
    "pending_action": "mdm.pending_action",
    "failing_policies": "issues.failing_policies_count",
    "team": "team_name",
    "fleet": "fleet_name",
    "agent": "orbit_version",
    "osquery": "osquery_version",
}


def device(row: Fields) -> Device:
    """A host, out of the list or alone. Fleet's document shows `device_status` only alone."""
    platform = _platform(row)
    locked = _LOCKED.get(row.text("mdm", "device_status") or "")
    enrolment = row.text("mdm", "enrollment_status") or ""
    system, version = _system(row.text("os_version") or "")
    model = row.text("hardware_model")
    return Device(
        vendor_id=row.id("id"),
        platform=platform,
        enrolment=row.text("last_enrolled_at"),
        serial=row.text("hardware_serial"),
        udid=row.text("uuid"),
        macs=macs(row.text("primary_mac")),
        manufacturer=row.text("hardware_vendor"),
        model=row.text("hardware_marketing_name") or model,
        model_identifier=model if platform in _APPLE else None,
        name=row.text("computer_name") or row.text("display_name") or row.text("hostname"),
        os=system,
        os_version=version,
        ownership=_OWNERS.get(enrolment, Ownership.UNKNOWN),
        managed=True if enrolment.startswith("On") else False if enrolment == "Off" else None,
        state=_state(row),
        locked=locked,
        lost_mode=locked if platform in _MOBILE else None,  # what Fleet calls a lock there
        encrypted=row.flag("disk_encryption_enabled"),
        compliant=_compliant(row),
        assigned_user=_assigned(row),
        last_check_in=_latest(_moment(row, "seen_time"), _moment(row, "detail_updated_at")),
        enrolled_at=_moment(row, "last_enrolled_at"),
        local_admins=_admins(row),
        software=software(row.rows("software"), "bundle_identifier"),
        extras=row.extras(_EXTRAS),
    )


def _state(row: Fields) -> str | None:
    """As Fleet's own pages say it: "wipe pending", "wiped"."""
    pending = row.text("mdm", "pending_action")
    return f"{pending} pending" if pending else row.text("mdm", "device_status")


def _compliant(row: Fields) -> bool | None:
    """A failing policy is told; that none fails, where there may be none, proves nothing."""
    failing = row.number("issues", "failing_policies_count")
    return False if failing else None


def _assigned(row: Fields) -> str | None:
    """Whom somebody named, else who signed in at enrolment; not whose browser profiles it has."""
    told = [Fields(one) for one in row.rows("device_mapping") or []]
    named = [one for one in told if one.text("source") not in {None, _BROWSER}]
    named.sort(key=lambda one: not (one.text("source") or "").startswith("custom"))
    return next((email for one in named if (email := one.text("email"))), None)


def _admins(row: Fields) -> tuple[str, ...] | None:
    """None where nothing was asked or no name can be read; () where the query found nobody."""
    rows = row.rows("additional", ADMINS)
    names = [Fields(one).text("username") for one in rows or []]
    found = tuple(dict.fromkeys(name for name in names if name))
    return found if found or rows == [] else None


def _platform(row: Fields) -> Platform:
    told = row.text("platform") or ""
    return Platform.LINUX if told in _LINUX else _PLATFORMS.get(told, Platform.OTHER)


def _system(told: str) -> tuple[str | None, str | None]:
    """ "Ubuntu 24.04.1 LTS" → "Ubuntu", "24.04.1 LTS"."""
    words = told.split()
    number = next((n for n, word in enumerate(words) if word[0].isdigit()), len(words))
    return " ".join(words[:number]) or None, " ".join(words[number:]) or None


def _moment(row: Fields, name: str) -> datetime | None:
    found = row.moment(name)
    return found if found is not None and found.year > _NEVER else None


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
