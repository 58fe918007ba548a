"""Devices of Google Workspace: which of their fields are asked for, and what these mean.

Recent users and networks of a student's device are not asked for: they stay at Google, as do apps
where nobody wants them read. Values that the discovery document leaves open were read in Google's
help for list queries.
"""

from __future__ import annotations

from collections.abc import Callable

from mdm.fields import Fields
from mdm.identifiers import imeis, macs, meids
from mdm.types import Device, DeviceRef, Ownership, Platform
from mdm.vendors._google_apps import APP, apps

FIELDS = {
    "chromeos": "deviceId,serialNumber,model,osVersion,status,macAddress,ethernetMacAddress,"
    "ethernetMacAddress0,meid,annotatedAssetId,annotatedUser,lastSync,lastEnrollmentTime,"
    "osVersionCompliance,autoUpdateThrough,autoUpdateExpiration,orgUnitPath,deviceLicenseType,"
    "supportEndDate,bootMode,chromeOsType,firmwareVersion,deprovisionReason,"
    "extendedSupportEligible,extendedSupportEnabled,extendedSupportStart",
    "mobile": "resourceId,serialNumber,imei,meid,hardwareId,wifiMacAddress,manufacturer,model,os,"
    "type,status,email,firstSync,lastSync,encryptionStatus,devicePasswordStatus,"
    "deviceCompromisedStatus,privilege,securityPatchLevel",
}
SOFTWARE = f"applications({APP})"
"""One more field of mobile devices, where their software is wanted."""
ID = {"chromeos": "deviceId", "mobile": "resourceId"}
PAGE = {"chromeos": 300, "mobile": 100}
"""The most that a page may hold."""

_LOCKED = {"ACTIVE": False, "DISABLED": True}
_CHROME_MANAGED = {"ACTIVE": True, "DISABLED": True, "DEPROVISIONED": False}
_MOBILE_MANAGED = {"approved": True, "blocked": True, "account_wiped": False, "wiped": False}
_OS_COMPLIANT = {"compliant": True, "notCompliant": False}
_ENCRYPTED = {"encrypted": True, "not_encrypted": False, "unsupported": False}
_PASSWORD = {"password_set": True, "on": True, "password_not_set": False, "off": False}
_OWNER = {
    "device_owner": Ownership.COMPANY,
    "profile_owner": Ownership.PERSONAL,
    "device_admin": Ownership.PERSONAL,
}
_SYSTEMS = {"android": Platform.ANDROID, "ios": Platform.IOS, "ipados": Platform.IPADOS}


def kind_of(ref: DeviceRef) -> str:
    """Which of the two lists a device stands in."""
    return "chromeos" if ref.platform is Platform.CHROMEOS else "mobile"


def chromebook(row: Fields) -> Device:
    """A ChromeOsDevice. Enrolling one needs the district's licence: it is company-owned."""
    state, meid = row.text("status"), row.text("meid")  # meid holds a MEID or an IMEI
    flex = row.text("chromeOsType") == "chromeOsFlex"
    return Device(
        vendor_id=row.id("deviceId"),
        platform=Platform.CHROMEOS,
        enrolment=row.text("lastEnrollmentTime"),
        serial=row.text("serialNumber"),
        imeis=imeis([meid]),
        meids=meids([meid]),
        macs=macs(*map(row.text, ("macAddress", "ethernetMacAddress", "ethernetMacAddress0"))),
        model=row.text("model"),
        os="ChromeOS Flex" if flex else "ChromeOS",
        os_version=row.text("osVersion"),
        ownership=Ownership.COMPANY,
        managed=_CHROME_MANAGED.get(state or ""),
        state=state,
        locked=_LOCKED.get(state or ""),
        compliant=_OS_COMPLIANT.get(row.text("osVersionCompliance") or ""),
        auto_update_until=row.day("autoUpdateThrough") or row.day("autoUpdateExpiration"),
        assigned_user=row.text("annotatedUser"),
        asset_tag=row.text("annotatedAssetId"),
        last_check_in=row.moment("lastSync"),
        enrolled_at=row.moment("lastEnrollmentTime"),
        extras=row.extras(
            {
                "org_unit": "orgUnitPath",
                "licence": "deviceLicenseType",
                "support_until": "supportEndDate",
                "boot_mode": "bootMode",
                "firmware": "firmwareVersion",
                "deprovision_reason": "deprovisionReason",
                "extended_support_from": "extendedSupportStart",
            }
        )
        | _extended_support(row),
    )


def _extended_support(row: Fields) -> dict[str, str]:
    """Whether its later updates were opted into, of a Chromebook that has to be."""
    enabled = row.flag("extendedSupportEnabled")
    if row.flag("extendedSupportEligible") is not True or enabled is None:
        return {}
    return {"extended_support": str(enabled).lower()}


def phone(row: Fields) -> Device:
    """A MobileDevice. Only its `privilege` tells whose it is."""
    state, (system, _, version) = row.text("status"), (row.text("os") or "").partition(" ")
    platform = _SYSTEMS.get(system.lower()) or _SYSTEMS.get(_word(row, "type"))
    if platform is Platform.IOS and (row.text("model") or "").lower().startswith("ipad"):
        platform = Platform.IPADOS
    hardware = row.text("hardwareId")  # an IMEI or a MEID; 14 digits may be either
    return Device(
        vendor_id=row.id("resourceId"),
        platform=platform or Platform.OTHER,
        enrolment=row.text("firstSync"),
        serial=row.text("serialNumber"),
        imeis=imeis([row.text("imei"), hardware]),
        meids=meids([row.text("meid"), None if (hardware or "").isdigit() else hardware]),
        macs=macs(row.text("wifiMacAddress")),
        manufacturer=row.text("manufacturer"),
        model=row.text("model"),
        os=system or None,
        os_version=version or None,
        ownership=_OWNER.get(_word(row, "privilege"), Ownership.UNKNOWN),
        managed=_MOBILE_MANAGED.get(_word(row, "status")),
        state=state,
        encrypted=_ENCRYPTED.get(_word(row, "encryptionStatus")),
        passcode_set=_PASSWORD.get(_word(row, "devicePasswordStatus")),
        assigned_user=next(iter(row.texts("email")), None),
        last_check_in=row.moment("lastSync"),
        enrolled_at=row.moment("firstSync"),
        software=apps(row.rows("applications")),
        extras=row.extras(
            {
                "type": "type",
                "compromised": "deviceCompromisedStatus",
                "security_patch": "securityPatchLevel",
            }
        ),
    )


READ: dict[str, Callable[[Fields], Device]] = {"chromeos": chromebook, "mobile": phone}


def _word(row: Fields, name: str) -> str:
    """An enumeration value in one spelling: "Device Owner" and DEVICE_OWNER are the same."""
    return (row.text(name) or "").lower().replace(" ", "_")
