"""Devices of Intune: which of their fields are asked for, and what these mean.

Intune's list leaves out the UDID and the Ethernet address: these only come for a single device
that is asked for them by name, which would take a request a device. Phone numbers, storage and the
bypass code of an activation lock are not asked for: they stay at Microsoft.
"""

from __future__ import annotations

from mdm.fields import Fields
from mdm.identifiers import imeis, macs, meids
from mdm.types import AntiMalware, Device, Ownership, Platform

FIELDS = (
    "id", "deviceName", "serialNumber", "imei", "meid", "wiFiMacAddress", "manufacturer", "model",
    "operatingSystem", "osVersion", "managedDeviceOwnerType", "isSupervised", "managementState",
    "isEncrypted", "complianceState", "userPrincipalName", "lastSyncDateTime", "enrolledDateTime",
    "managementAgent", "deviceEnrollmentType", "deviceCategoryDisplayName", "jailBroken",
    "azureADDeviceId", "androidSecurityPatchLevel", "partnerReportedThreatState",
    "managementCertificateExpirationDate",
)  # fmt: skip

_SYSTEMS = {
    "windows": Platform.WINDOWS, "ios": Platform.IOS, "ipados": Platform.IPADOS,
    "macos": Platform.MACOS, "tvos": Platform.TVOS, "android": Platform.ANDROID,
    "chrome": Platform.CHROMEOS, "chromeos": Platform.CHROMEOS, "linux": Platform.LINUX,
}  # fmt: skip
_APPLE = {Platform.IOS, Platform.IPADOS, Platform.TVOS, Platform.MACOS}
_OWNERS = {"company": Ownership.COMPANY, "personal": Ownership.PERSONAL}
# inGracePeriod: against the policy, and not yet shut out. The other states are no judgement.
_COMPLIANT = {"compliant": True, "noncompliant": False, "inGracePeriod": False}
_MANAGED = {
    "managed": True, "unhealthy": True, "retirePending": True, "retireFailed": True,
    "retireCanceled": True, "wipePending": True, "wipeFailed": True, "wipeCanceled": True,
    "deletePending": True, "discovered": False,
}  # fmt: skip
# The state that a partner for threat defence tells; of a compromised device not even that.
_GUARDED = {
    "activated": True, "secured": True, "lowSeverity": True, "mediumSeverity": True,
    "highSeverity": True, "deactivated": False, "unresponsive": False, "misconfigured": False,
}  # fmt: skip


def device(row: Fields) -> Device:
    """A managedDevice of Graph v1.0."""
    platform, state = _platform(row), row.text("managementState")
    return Device(
        vendor_id=row.id("id"),
        platform=platform,
        enrolment=row.text("enrolledDateTime"),
        serial=row.text("serialNumber"),
        imeis=imeis([row.text("imei")]),
        meids=meids([row.text("meid")]),
        macs=macs(row.text("wiFiMacAddress")),
        manufacturer=row.text("manufacturer"),
        model=row.text("model"),
        name=row.text("deviceName"),
        os=row.text("operatingSystem"),
        os_version=row.text("osVersion"),
        ownership=_OWNERS.get(row.text("managedDeviceOwnerType") or "", Ownership.UNKNOWN),
        # Elsewhere nothing can be supervised, and Intune says false.
        supervised=row.flag("isSupervised") if platform in _APPLE else None,
        managed=_MANAGED.get(state or ""),
        state=state,
        encrypted=row.flag("isEncrypted"),
        compliant=_COMPLIANT.get(row.text("complianceState") or ""),
        antimalware=_antimalware(row),
        assigned_user=row.text("userPrincipalName"),
        last_check_in=row.moment("lastSyncDateTime"),
        enrolled_at=row.moment("enrolledDateTime"),
        extras=row.extras(
            {
                "compliance": "complianceState",
                "managed_by": "managementAgent",
                "enrolled_by": "deviceEnrollmentType",
                "category": "deviceCategoryDisplayName",
                "jailbroken": "jailBroken",
                "entra_device_id": "azureADDeviceId",
                "security_patch": "androidSecurityPatchLevel",
                "threat": "partnerReportedThreatState",
                "management_until": "managementCertificateExpirationDate",
            }
        ),
    )


def _antimalware(row: Fields) -> AntiMalware | None:
    """Only told where the district has such a partner; Defender itself takes a request a device."""
    guarded = _GUARDED.get(row.text("partnerReportedThreatState") or "")
    return None if guarded is None else AntiMalware(guarded)


def _platform(row: Fields) -> Platform:
    """By the first word of the system: "Linux (ubuntu)". Many iPads are told as iOS."""
    system = (row.text("operatingSystem") or "").lower().split()
    found = _SYSTEMS.get(system[0] if system else "", Platform.OTHER)
    if found is Platform.IOS and (row.text("model") or "").lower().startswith("ipad"):
        return Platform.IPADOS
    return found
