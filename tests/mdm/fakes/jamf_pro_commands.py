"""What Jamf Pro and Apple ask of each command: its privilege, its options, its device."""

from __future__ import annotations

from typing import Any

from mdm.types import Action

KINDS = {
    "DEVICE_LOCK": Action.LOCK, "ENABLE_LOST_MODE": Action.LOST_MODE_ON,
    "DISABLE_LOST_MODE": Action.LOST_MODE_OFF, "DEVICE_LOCATION": Action.LOCATE,
    "RESTART_DEVICE": Action.RESTART, "CLEAR_PASSCODE": Action.CLEAR_PASSCODE,
    "ERASE_DEVICE": Action.WIPE,
}  # fmt: skip
CLIENTS = {"Mac": "COMPUTER", "tvOS": "TV", "watchOS": "WATCH"}
_OPTIONS = {
    "DEVICE_LOCK": {"message": str, "phoneNumber": str, "pin": str},
    "ENABLE_LOST_MODE": {"lostModeMessage": str, "lostModePhone": str, "lostModeFootnote": str},
    "ERASE_DEVICE": {"preserveDataPlan": bool, "disallowProximitySetup": bool, "pin": str,
                     "obliterationBehavior": str},
    "RESTART_DEVICE": {"rebuildKernelCache": bool, "notifyUser": bool},
    "CLEAR_PASSCODE": {"unlockToken": str},
}  # fmt: skip
_PRIVILEGES = {
    "DEVICE_LOCK": ("Send Computer Remote Lock Command", "Send Mobile Device Remote Lock Command"),
    "ERASE_DEVICE": ("Send Computer Remote Wipe Command", "Send Mobile Device Remote Wipe Command"),
    "RESTART_DEVICE": (
        "Send Computer Restart Command", "Send Mobile Device Restart Device Command"
    ),
    "CLEAR_PASSCODE": ("", "Send Mobile Device Remove Passcode Command"),
}  # fmt: skip
_LOST = ("", "Send Mobile Device Lost Mode Command")
_MAC_ONLY, _PHONE_ONLY = {"pin", "obliterationBehavior"}, {"preserveDataPlan"}


def privilege(name: Any, device_id: str) -> str:
    """What a client must be allowed to send this; "" is what nobody is allowed."""
    computer, other = _PRIVILEGES.get(name, _LOST)
    return computer if device_id.startswith("computer") else other


def complaint(data: dict[str, Any], device_id: str, record: dict[str, Any]) -> str | None:
    """Why such a command cannot be sent to such a device, None where it can."""
    name, mac = data.get("commandType"), device_id.startswith("computer")
    options = {key: value for key, value in data.items() if key != "commandType"}
    known = _OPTIONS.get(str(name), {})
    if name not in KINDS or [k for k, v in options.items() if not isinstance(v, known.get(k, ()))]:
        return "an unknown command or option"
    foreign = _PHONE_ONLY if mac else _MAC_ONLY
    if foreign & set(options):
        return f"not for this kind of device: {sorted(foreign & set(options))}"
    if mac and name in {"DEVICE_LOCK", "ERASE_DEVICE"} and len(options.get("pin", "")) != 6:
        return "a computer needs a PIN of six digits"
    lost = {"lostModeMessage", "lostModePhone"}
    if name == "ENABLE_LOST_MODE" and not lost & set(options):
        return "a message or a phone number is needed"
    if name == "CLEAR_PASSCODE" and options.get("unlockToken") != f"token-{device_id[7:]}":
        return "the unlock token is wrong"
    supervised = record["general"]["supervised"]
    if not mac and not supervised and ("LOST" in str(name) or name == "RESTART_DEVICE"):
        return "the device is not supervised"
    return None


def new_command(uuid: str, name: str, client: str, management_id: str, sent: str) -> dict[str, Any]:
    """The record of a command that waits."""
    return {
        "uuid": uuid, "dateSent": sent, "commandState": "PENDING", "commandType": name,
        "client": {"managementId": management_id, "clientType": client},
    }  # fmt: skip
