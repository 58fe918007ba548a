"""Commands of Jamf Pro: how they are written, and what Jamf's record of one says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from mdm.connector import differences
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

NAMES = {
    Action.LOCK: "DEVICE_LOCK", Action.LOST_MODE_ON: "ENABLE_LOST_MODE",
    Action.LOST_MODE_OFF: "DISABLE_LOST_MODE", Action.LOCATE: "DEVICE_LOCATION",
    Action.RESTART: "RESTART_DEVICE", Action.CLEAR_PASSCODE: "CLEAR_PASSCODE",
    Action.WIPE: "ERASE_DEVICE",
}  # fmt: skip
_STATES = {
    "PENDING": State.PENDING, "NOT_NOW": State.NOT_NOW, "ACKNOWLEDGED": State.VERIFIED,
    "ERROR": State.FAILED, "COMMAND_FORMAT_ERROR": State.FAILED,
}  # fmt: skip


def data_of(command: Command, unlock_token: object = None) -> dict[str, object]:
    """The `commandData` of a command that goes to /v2/mdm/commands."""
    mac, options = command.device.platform is Platform.MACOS, dict[str, object]()
    if command.action is Action.LOCK:
        options = {"message": command.message, "phoneNumber": command.phone}
    elif command.action is Action.LOST_MODE_ON:
        options = {"lostModeMessage": command.message, "lostModePhone": command.phone}
    elif command.action is Action.WIPE and mac:
        # The one way in which a Mac that cannot erase its content alone still says that it obeys.
        options = {"obliterationBehavior": "ObliterateWithWarning"}
    elif command.action is Action.WIPE and command.device.platform is not Platform.TVOS:
        options = {"preserveDataPlan": command.keep_data_plan}
    if mac and command.action in {Action.LOCK, Action.WIPE}:
        options["pin"] = command.pin
    if command.action is Action.CLEAR_PASSCODE:
        options["unlockToken"] = unlock_token
    told = {name: value for name, value in options.items() if value is not None}
    return {"commandType": NAMES[command.action], **told}


def uuid_of(value: object) -> str | None:
    """The id of a command, as it is safe in a filter."""
    good = isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}", value, re.ASCII)
    return value if isinstance(value, str) and good else None


def queued_since(rows: Iterable[object], receipt: Receipt, target: str, since: datetime) -> Fields:
    """The first command of this kind that this device was sent from then on; may be empty."""
    found: list[tuple[datetime, Fields]] = []
    for row in map(Fields, rows):
        sent, whose = row.moment("dateSent"), row.text("client", "managementId") or ""
        same = row.text("commandType") == NAMES.get(receipt.action)
        if same and whose.lower() == target.lower() and sent is not None and sent >= since:
            found.append((sent, row))
    return min(found, key=lambda pair: pair[0])[1] if found else Fields(None)


def outcome_of(told: Fields, receipt: Receipt) -> Outcome:
    """What a record of /v2/mdm/commands says. A device that acknowledges has done it."""
    word = told.text("commandState") or ""
    state = _STATES.get(word, State.UNKNOWN)
    error = told.inside("commandError")
    words = error.text("errorEnglishDescription") or error.text("errorLocalizedDescription")
    code = error.text("errorCode")
    reason = " ".join(filter(None, (words or word, code and f"({code})")))
    mac = receipt.device.platform is Platform.MACOS
    if receipt.action is Action.WIPE and mac and word == "ERROR":
        state, reason = State.UNKNOWN, f"a Mac may erase itself in spite of an error: {reason}"
    return Outcome(state, told.moment("dateCompleted"), reason)


def heard_from(found: Device, receipt: Receipt) -> Outcome:
    """Of a push, which has no record: whether the device has been in touch since."""
    other = differences(receipt.device, found.ref)
    since = Fields(dict(receipt.details)).moment("not_before")
    if other or since is None:
        reason = f"no longer the same device: {other[0]}" if other else "perhaps never pushed"
        return Outcome(State.UNKNOWN, reason=reason)
    heard = found.last_check_in
    if heard is None or heard < since:
        return Outcome(State.PENDING, reason="not heard from since")
    return Outcome(State.VERIFIED, heard)


def place_of(row: Fields) -> Place | None:
    """Where a mobile device in lost mode was seen last."""
    told = row.inside("security", "lostModeLocation")
    north, east = (told.number(f"lostModeLocation{way}") for way in ("Latitude", "Longitude"))
    if north is None or east is None or (north, east) == (0, 0):
        return None
    if abs(north) > 90 or abs(east) > 180:
        return None
    accuracy = told.number("lostModeLocationHorizontalAccuracyMeters")
    radius = accuracy if accuracy is not None and accuracy > 0 else None
    return Place(north, east, radius, told.moment("lastLocationUpdate"))
