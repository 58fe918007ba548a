"""Devices of the Android Management API: which of their fields are asked for, and what they mean.

Displays, events and telephone numbers of a device are not asked for, nor apps where nobody wants
them read: they stay at Google.
"""

from __future__ import annotations

from datetime import datetime

from mdm.fields import Fields, Unreadable
from mdm.identifiers import imeis, macs, meids
from mdm.types import AntiMalware, Device, Ownership, Platform
from mdm.vendors._google_apps import APP, apps

FIELDS = (
    "name,state,appliedState,policyCompliant,managementMode,ownership,enrollmentTime,"
    "lastStatusReportTime,lastPolicySyncTime,policyName,enrollmentTokenData,user,"
    "hardwareInfo(serialNumber,enterpriseSpecificId,manufacturer,brand,model),"
    "networkInfo(imei,meid,wifiMacAddress),"
    "softwareInfo(androidVersion,securityPatchLevel,systemUpdateInfo),"
    "deviceSettings(isDeviceSecure,isEncrypted,encryptionStatus,verifyAppsEnabled),"
    "securityPosture(devicePosture),nonComplianceDetails(settingName)"
)
SOFTWARE = f",applicationReports({APP},state)"
"""More fields, where software is wanted."""

_OWNERS = {"COMPANY_OWNED": Ownership.COMPANY, "PERSONALLY_OWNED": Ownership.PERSONAL}
_MANAGED = {
    "ACTIVE": True, "DISABLED": True, "LOST": True, "PROVISIONING": True,
    "DEACTIVATED_BY_DEVICE_FINANCE": True, "PREPARING_FOR_MIGRATION": False, "DELETED": False,
}  # fmt: skip
_LOCKED = {"ACTIVE": False, "DISABLED": True, "LOST": True}
_LOST = {"ACTIVE": False, "DISABLED": False, "LOST": True}
_ENCRYPTED = {
    "ACTIVE": True, "ACTIVE_DEFAULT_KEY": True, "ACTIVE_PER_USER": True, "INACTIVE": False,
    "ACTIVATING": False, "UNSUPPORTED": False,
}  # fmt: skip
_PASSCODE = {"passwordPolicies", "passwordRequirements"}
_EXTRAS = {
    "applied_state": "appliedState",
    "mode": "managementMode",
    "policy": "policyName",
    "enrolment_data": "enrollmentTokenData",
    "account": "user.accountIdentifier",
    "security_patch": "softwareInfo.securityPatchLevel",
    "posture": "securityPosture.devicePosture",
    "system_update": "softwareInfo.systemUpdateInfo.updateStatus",
}


def device(row: Fields) -> Device:
    """A Device. What it is told to be is its `state`; what it is, its `appliedState`."""
    state, applied = row.text("state"), row.text("appliedState")
    hardware, network = row.inside("hardwareInfo"), row.inside("networkInfo")
    settings, software = row.inside("deviceSettings"), row.inside("softwareInfo")
    serial, own_id = hardware.text("serialNumber"), hardware.text("enterpriseSpecificId")
    encrypted = settings.flag("isEncrypted")
    if encrypted is None:
        encrypted = _ENCRYPTED.get(settings.text("encryptionStatus") or "")
    return Device(
        vendor_id=_id(row),
        platform=Platform.ANDROID,
        enrolment=row.text("enrollmentTime"),
        # A personal device from Android 12 on repeats this id there, and hides its serial number.
        serial=None if serial == own_id else serial,
        udid=own_id,
        imeis=imeis([network.text("imei")]),
        meids=meids([network.text("meid")]),
        macs=macs(network.text("wifiMacAddress")),
        manufacturer=hardware.text("manufacturer") or hardware.text("brand"),
        model=hardware.text("model"),
        os="Android",
        os_version=software.text("androidVersion"),
        ownership=_OWNERS.get(row.text("ownership") or "", Ownership.UNKNOWN),
        managed=_MANAGED.get(state or ""),
        state=state,
        locked=_LOCKED.get(applied or ""),
        lost_mode=_LOST.get(applied or ""),
        encrypted=encrypted,
        passcode_set=settings.flag("isDeviceSecure"),
        passcode_compliant=_passcode_compliant(row),
        compliant=row.flag("policyCompliant"),
        antimalware=_antimalware(settings),
        last_check_in=_latest(row.moment("lastStatusReportTime"), row.moment("lastPolicySyncTime")),
        enrolled_at=row.moment("enrollmentTime"),
        software=apps(row.rows("applicationReports")),
        extras=row.extras(_EXTRAS),
    )


def _passcode_compliant(row: Fields) -> bool | None:
    """A device that keeps to its whole policy keeps to its passcode; else the details tell."""
    if row.flag("policyCompliant") is True:
        return True
    details = [Fields(detail) for detail in row.rows("nonComplianceDetails") or []]
    return False if any(one.text("settingName") in _PASSCODE for one in details) else None


def _antimalware(settings: Fields) -> AntiMalware | None:
    enforced = settings.flag("verifyAppsEnabled")
    return None if enforced is None else AntiMalware(enforced, "Google Play Protect")


def _id(row: Fields) -> str:
    """enterprises/E/devices/ID → ID."""
    _, found, device_id = row.id("name").rpartition("/devices/")
    if not found or not device_id or "/" in device_id:
        raise Unreadable("a row whose name is not that of a device")
    return device_id


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
