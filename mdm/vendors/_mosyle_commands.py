"""Commands of Mosyle Manager: how they are written, what an answer means, what a record shows.

An operation can name many devices and whole groups. An element here names exactly one device, and
never a group. Sources: Mosyle's articles on bulk operations and lost mode; the words of
`lostmode_status` and some refusals stand only in scripts of districts.
"""

from __future__ import annotations

from datetime import datetime

from mdm.fields import Fields
from mdm.types import (
    Action,
    Command,
    Device,
    Outcome,
    OutcomeState as State,
    Place,
    Platform,
    Receipt,
)

ACCEPTED = "COMMAND_SENT"
NOT_FOUND = "DEVICES_NOTFOUND"
REFUSALS = {
    "ERROR", "MISSING_DATA", "INVALID_DATA", "INVALID_JSON", "LOSTMODE_NOTENABLED", NOT_FOUND
}  # fmt: skip
_OPERATIONS = {
    Action.LOCK: ("/bulkops", "lock_device"),
    Action.RESTART: ("/bulkops", "restart_devices"),
    Action.WIPE: ("/bulkops", "wipe_devices"),
    Action.LOST_MODE_ON: ("/lostmode", "enable"),
    Action.LOST_MODE_OFF: ("/lostmode", "disable"),
    Action.LOCATE: ("/lostmode", "request_location"),
}
_GOALS = {Action.LOST_MODE_ON: "ENABLED", Action.LOST_MODE_OFF: "DISABLED"}
_WAITING = {Action.LOST_MODE_ON: "PENDINGTOENABLE", Action.LOST_MODE_OFF: "PENDINGTODISABLE"}


def element_of(command: Command) -> tuple[str, dict[str, object]]:
    """The path below the base and the one element of a command."""
    path, operation = _OPERATIONS[command.action]
    mac, more = command.device.platform is Platform.MACOS, dict[str, object]()
    if command.action is Action.LOCK:
        pin = command.pin if mac else None
        more = {"pincode": pin, "lockmessage": command.message, "phonenumber": command.phone}
    elif command.action is Action.LOST_MODE_ON:
        more = {"message": command.message, "phone_number": command.phone}
    elif command.action is Action.WIPE and mac:
        more = {"options": {"pin_code": command.pin}}
    elif command.action is Action.WIPE and command.device.platform is not Platform.TVOS:
        more = {"options": {"PreserveDataPlan": command.keep_data_plan}}
    told = {name: value for name, value in more.items() if value is not None}
    return path, {"operation": operation, "devices": [command.device.vendor_id], **told}


def payload_of(data: object) -> Fields | None:
    """The one object of an answer, bare or alone in a list; None for anything else."""
    told = Fields(data).get("response")
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    return Fields(told) if isinstance(told, dict) else None


def outcome_of(receipt: Receipt, found: Device, place: Place | None, since: datetime) -> Outcome:
    """What the device's record shows; `since` is when the command was sent, by Mosyle's clock."""
    heard = found.last_check_in is not None and found.last_check_in >= since
    word = found.extras.get("lost_mode", "")
    if receipt.action is Action.WIPE:
        if found.enrolled_at is not None and found.enrolled_at >= since:
            return Outcome(State.VERIFIED, found.enrolled_at, "inferred: it was enrolled anew")
    elif receipt.action is Action.LOCATE:
        if place is not None and heard:
            why = "the device was heard of since; Mosyle does not tell how old the place is"
            return Outcome(State.VERIFIED, found.last_check_in, why, place=place)
    elif receipt.action in _GOALS:
        if word == _WAITING[receipt.action]:
            return Outcome(State.PENDING, reason=f"lost mode is {word}")
        # Most devices were never lost: only one that spoke since has come out of lost mode.
        if word == _GOALS[receipt.action] and (heard or receipt.action is Action.LOST_MODE_ON):
            return Outcome(State.VERIFIED, found.last_check_in, f"lost mode is {word}")
    if receipt.details.get("answer") == ACCEPTED:
        return Outcome(State.ACKNOWLEDGED, reason="Mosyle has sent it, and tells no more")
    return Outcome(State.UNKNOWN, reason="the device's record does not show it")
