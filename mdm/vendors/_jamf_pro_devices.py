"""Computers and mobile devices of Jamf Pro: which of their sections are asked for, what they mean.

Both kinds count their records from 1, so an id of ours says the kind: computer-12, mobile-12. The
enrolment is the management id, which commands go to, and the time. Applications are asked for only
where the connection says so; addresses on the network, purchasing and phone numbers never: they
stay at Jamf.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mdm.fields import Fields, Unreadable
from mdm.identifiers import imeis, macs, meids
from mdm.types import AntiMalware, Device, DeviceRef, Ownership, Platform
from mdm.vendors._software import software

SECTIONS = {
    "computer": ("GENERAL", "HARDWARE", "OPERATING_SYSTEM", "USER_AND_LOCATION",
                 "LOCAL_USER_ACCOUNTS", "SECURITY"),
    "mobile": ("GENERAL", "HARDWARE", "USER_AND_LOCATION", "SECURITY", "NETWORK",
               "SERVICE_SUBSCRIPTIONS"),
}  # fmt: skip
WITH_SOFTWARE = {kind: (*names, "APPLICATIONS") for kind, names in SECTIONS.items()}
ID = {"computer": "id", "mobile": "mobileDeviceId"}
LISTS = {"computer": "/v4/computers-inventory", "mobile": "/v2/mobile-devices/detail"}
HEARD = {
    "computer": ("general.lastContact", "general.lastCheckIn", "general.reportDate"),
    "mobile": ("lastContactDate", "lastInventoryUpdateDate"),
}
"""Every time at which Jamf may have heard of a device."""

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_OWNERS = {
    "Institutional": Ownership.COMPANY,
    "AccountDrivenDeviceEnrollment": Ownership.COMPANY,
    "UserEnrollment": Ownership.PERSONAL,
    "AccountDrivenUserEnrollment": Ownership.PERSONAL,
}
_COMPUTERS = {"mac": Platform.MACOS, "windows": Platform.WINDOWS}
_MOBILE = {"ios": Platform.IOS, "tvos": Platform.TVOS}
_ABOUT_COMPUTERS = {
    "room": "userAndLocation.room",
    "site": "general.site.name",
    "enrolled_by": "general.enrollmentMethod.objectType",
    "management_until": "general.mdmProfileExpiration",
    "os_build": "operatingSystem.build",
    "inventory_at": "general.reportDate",
    "activation_lock": "security.activationLockEnabled",
    "system_integrity_protection": "security.sipStatus",
    "gatekeeper": "security.gatekeeperStatus",
    "firewall": "security.firewallEnabled",
    "secure_boot": "security.secureBootLevel",
    "bootstrap": "security.bootstrapTokenEscrowedStatus",
}
_ABOUT_MOBILE = {
    "building": "userAndLocation.building",
    "room": "userAndLocation.room",
    "enrolled_by": "general.deviceOwnershipType",
    "prestage": "general.enrollmentMethodPrestage.profileName",
    "management_until": "general.mdmProfileExpirationDate",
    "os_build": "general.osBuild",
    "inventory_at": "general.lastInventoryUpdateDate",
    "activation_lock": "security.activationLockEnabled",
    "jailbroken": "security.jailBreakDetected",
}
_FILEVAULT = {"ALL_ENCRYPTED": True, "BOOT_ENCRYPTED": True, "NOT_ENCRYPTED": False}


def record_of(ref: DeviceRef) -> tuple[str, str] | None:
    """Kind and Jamf's own number; None for an id that is none of ours."""
    found = re.fullmatch(r"(computer|mobile)-([\w-]{1,64})", ref.vendor_id, re.ASCII)
    return (found[1], found[2]) if found else None


def management_id(ref: DeviceRef) -> str | None:
    """Where commands for this enrolment go, None where Jamf tells none."""
    found = re.match(rf"({_UUID})(?: |$)", ref.enrolment or "")
    return found[1] if found else None


def computer(row: Fields) -> Device:
    """A ComputerInventoryV4. Only automated enrolment proves who owns a Mac."""
    general, hardware = row.inside("general"), row.inside("hardware")
    system, holder = row.inside("operatingSystem"), row.inside("userAndLocation")
    enrolled_by_apple = general.flag("enrolledViaAutomatedDeviceEnrollment") is True
    contacts = (general.moment("lastContact"), general.moment("lastCheckIn"))
    return Device(
        vendor_id=_id(row, "computer"),
        platform=_COMPUTERS.get((general.text("platform") or "").lower(), Platform.OTHER),
        enrolment=_enrolment(general),
        serial=hardware.text("serialNumber"),
        udid=row.text("udid"),
        macs=macs(hardware.text("macAddress"), hardware.text("altMacAddress")),
        manufacturer=hardware.text("make"),
        model=hardware.text("model"),
        model_identifier=hardware.text("modelIdentifier"),
        name=general.text("name"),
        os=system.text("name"),
        os_version=system.text("version"),
        ownership=Ownership.COMPANY if enrolled_by_apple else Ownership.UNKNOWN,
        supervised=general.flag("supervised"),
        managed=general.flag("remoteManagement", "managed"),
        encrypted=_FILEVAULT.get(system.text("fileVault2Status") or ""),
        assigned_user=holder.text("email") or holder.text("username"),
        asset_tag=general.text("assetTag"),
        last_check_in=max((at for at in contacts if at is not None), default=None),
        enrolled_at=general.moment("lastEnrolledDate"),
        antimalware=_xprotect(row),
        local_admins=_admins(row),
        software=software(row.rows("applications"), "bundleId"),
        extras=_extras(row, _ABOUT_COMPUTERS),
    )


def mobile(row: Fields) -> Device:
    """A mobile device as /v2/mobile-devices/detail lists it: iPad, iPhone, Apple TV, Watch."""
    general, hardware = row.inside("general"), row.inside("hardware")
    network, security = row.inside("network"), row.inside("security")
    holder, kind = row.inside("userAndLocation"), row.text("deviceType") or ""
    plans = [Fields(one) for one in row.rows("serviceSubscriptions") or []]
    platform = _MOBILE.get(kind.lower(), Platform.OTHER)
    lost = security.flag("lostModeEnabled")
    ipad = (hardware.text("modelIdentifier") or "").lower().startswith("ipad")
    owner = general.text("deviceOwnershipType") or ""
    return Device(
        vendor_id=_id(row, "mobile"),
        platform=Platform.IPADOS if platform is Platform.IOS and ipad else platform,
        enrolment=_enrolment(general),
        serial=hardware.text("serialNumber"),
        imeis=imeis([network.text("imei"), *(plan.text("imei") for plan in plans)]),
        meids=meids([network.text("meid"), *(plan.text("meid") for plan in plans)]),
        udid=general.text("udid"),
        macs=macs(hardware.text("wifiMacAddress")),
        manufacturer="Apple",
        model=hardware.text("model"),
        model_identifier=hardware.text("modelIdentifier"),
        name=general.text("displayName"),
        os=kind or None,
        os_version=general.text("osVersion"),
        ownership=_OWNERS.get(owner, Ownership.UNKNOWN),
        supervised=general.flag("supervised"),
        managed=general.flag("managed"),
        locked=True if lost else None,  # Jamf does not tell of another lock
        lost_mode=lost,
        encrypted=security.flag("dataProtected"),
        passcode_set=security.flag("passcodePresent"),
        passcode_compliant=security.flag("passcodeCompliant"),
        assigned_user=holder.text("emailAddress") or holder.text("username"),
        asset_tag=general.text("assetTag"),
        last_check_in=general.moment("lastContactDate"),
        enrolled_at=general.moment("lastEnrolledDate"),
        software=software(row.rows("applications"), "identifier"),
        extras=_extras(row, _ABOUT_MOBILE),
    )


READ = {"computer": computer, "mobile": mobile}


def _id(row: Fields, kind: str) -> str:
    number = row.id(ID[kind])
    if not re.fullmatch(r"[\w-]{1,64}", number, re.ASCII):
        raise Unreadable(f"a row without a usable {ID[kind]}")
    return f"{kind}-{number}"


def _enrolment(general: Fields) -> str | None:
    told = (general.text("managementId"), general.text("lastEnrolledDate"))
    return " ".join(filter(None, told)) or None


def _extras(row: Fields, names: Mapping[str, str]) -> dict[str, str]:
    """Texts, and flags as texts."""
    told = {ours: row.get(*theirs.split(".")) for ours, theirs in names.items()}
    flags = {ours: str(flag).lower() for ours, flag in told.items() if isinstance(flag, bool)}
    return row.extras(names) | flags


def _xprotect(row: Fields) -> AntiMalware | None:
    """Apple's own, which every Mac has; Jamf tells of no other, nor whether it is running."""
    version = row.text("security", "xprotectVersion")
    return AntiMalware(product=f"XProtect {version}") if version else None


def _admins(row: Fields) -> tuple[str, ...] | None:
    """None where no account is told (they were not collected), or none for sure."""
    accounts = [Fields(one) for one in row.rows("localUserAccounts") or []]
    flags = [one.flag("admin") for one in accounts]
    names = [one.text("username") for one, admin in zip(accounts, flags, strict=True) if admin]
    found = tuple(dict.fromkeys(name for name in names if name))
    return found if found or (flags and None not in flags) else None
