"""Devices behind NanoMDM: what is asked of them, what is kept of their answers, what that means.

Names of queries and answers: Apple's schema of Authenticate, DeviceInformation and SecurityInfo.
Telephone numbers, networks and accounts are neither asked for nor kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from mdm.fields import Fields, clean
from mdm.identifiers import imeis, macs, meids
from mdm.types import Device, Ownership, Platform

QUERIES = (
    "UDID", "DeviceName", "OSVersion", "BuildVersion", "ModelName", "Model", "ModelNumber",
    "ProductName", "SerialNumber", "IMEI", "MEID", "ServiceSubscriptions", "IsSupervised",
    "IsMDMLostModeEnabled", "IsActivationLockEnabled", "IsMultiUser", "IsAppleSilicon",
    "WiFiMAC", "EthernetMAC", "SystemIntegrityProtectionEnabled", "EACSPreflight",
)  # fmt: skip
SECURITY = ("PasscodePresent", "PasscodeCompliant", "FDE_Enabled", "HardwareEncryptionCaps")
_SIMS = "ServiceSubscriptions"  # one a SIM, each with an IMEI, and with more than we want
_PLATFORMS = (
    ("ipad", Platform.IPADOS), ("iphone", Platform.IOS), ("ipod", Platform.IOS),
    ("appletv", Platform.TVOS), ("imac", Platform.MACOS), ("mac", Platform.MACOS),
    ("virtualmac", Platform.MACOS), ("xserve", Platform.MACOS),
)  # fmt: skip
_SYSTEMS = {
    Platform.IPADOS: "iPadOS", Platform.IOS: "iOS", Platform.TVOS: "tvOS", Platform.MACOS: "macOS"
}  # fmt: skip
_EXTRAS = {
    "build": "BuildVersion",
    "model_number": "ModelNumber",
    "activation_lock": "IsActivationLockEnabled",
    "shared_ipad": "IsMultiUser",
    "apple_silicon": "IsAppleSilicon",
    "system_integrity_protection": "SystemIntegrityProtectionEnabled",
    "erase_preflight": "EACSPreflight",
}


def facts_of(told: Fields, names: Iterable[str]) -> dict[str, object]:
    """What is worth keeping of an answer: short texts, flags and numbers by Apple's own names."""
    kept: dict[str, object] = {}
    for name in names:
        value = told.get(name)
        if isinstance(value, str):
            kept[name] = clean(value)
        elif isinstance(value, bool) or (isinstance(value, int | float) and _is_small(value)):
            kept[name] = value
    sims = [Fields(sim) for sim in (told.rows(_SIMS) or [])[:8]]
    if sims and _SIMS in names:
        kept[_SIMS] = [{name: sim.text(name) for name in ("IMEI", "MEID")} for sim in sims]
    return kept


def device(device_id: str, record: Fields) -> Device:
    """The device of a remembered record (see `_nanomdm_events.learned`)."""
    facts, personal = record.inside("facts"), record.flag("personal") is True
    platform, supervised = _platform(facts), facts.flag("IsSupervised")
    sims = [Fields(sim) for sim in facts.rows(_SIMS) or []]
    lost = facts.flag("IsMDMLostModeEnabled")
    return Device(
        vendor_id=device_id,
        platform=platform,
        enrolment=record.text("enrolled"),
        serial=facts.text("SerialNumber"),
        imeis=imeis([facts.text("IMEI"), *(sim.text("IMEI") for sim in sims)]),
        meids=meids([facts.text("MEID"), *(sim.text("MEID") for sim in sims)]),
        udid=device_id,  # of a User Enrolment its EnrollmentID, as Apple tells no more of it
        macs=macs(facts.text("WiFiMAC"), facts.text("EthernetMAC")),
        manufacturer="Apple",
        model=facts.text("ModelName") or facts.text("Model"),
        model_identifier=facts.text("ProductName"),
        name=facts.text("DeviceName"),
        os=_SYSTEMS.get(platform),
        os_version=facts.text("OSVersion"),
        ownership=_owner(personal, supervised),
        supervised=supervised,
        managed=record.flag("left") is not True,
        # Lost mode locks; whether a device out of it is locked, Apple does not tell.
        locked=True if lost else None,
        lost_mode=lost,
        encrypted=_encrypted(facts),
        passcode_set=facts.flag("PasscodePresent"),
        passcode_compliant=facts.flag("PasscodeCompliant"),
        last_check_in=record.moment("heard"),
        enrolled_at=record.moment("enrolled"),
        extras={ours: word for ours, name in _EXTRAS.items() if (word := _word(facts, name))},
    )


def _platform(facts: Fields) -> Platform:
    for name in ("ProductName", "Model", "ModelName"):
        word = (facts.text(name) or "").lower().replace(" ", "")
        for start, platform in _PLATFORMS:
            if word.startswith(start):
                return platform
    return Platform.OTHER


def _owner(personal: bool, supervised: bool | None) -> Ownership:
    if personal:
        return Ownership.PERSONAL
    return Ownership.COMPANY if supervised else Ownership.UNKNOWN


def _encrypted(facts: Fields) -> bool | None:
    """FileVault on a Mac. Elsewhere data is protected by hardware of both kinds and a passcode."""
    filevault = facts.flag("FDE_Enabled")
    if filevault is not None:
        return filevault
    caps, passcode = facts.number("HardwareEncryptionCaps"), facts.flag("PasscodePresent")
    if caps is None or passcode is None:
        return None
    return caps == 3 and passcode


def _word(facts: Fields, name: str) -> str:
    flag = facts.flag(name)
    return (facts.text(name) or "") if flag is None else str(flag).lower()


def _is_small(number: float) -> bool:
    """Neither NaN nor endless, nor an integer that no other program could read."""
    return abs(number) < 2**53
