"""Apple's commands as plists, and what a device's answer to one means.

Source: Apple's schema of the MDM commands, one file each.
"""

from __future__ import annotations

import base64
import plistlib

from mdm import types as t
from mdm.fields import Fields, clean
from mdm.types import Action, OutcomeState as State, Platform
from mdm.vendors._nanomdm_devices import QUERIES

_NAMES = {
    Action.LOCK: "DeviceLock", Action.LOST_MODE_ON: "EnableLostMode", Action.WIPE: "EraseDevice",
    Action.LOST_MODE_OFF: "DisableLostMode", Action.LOCATE: "DeviceLocation",
    Action.RESTART: "RestartDevice", Action.CLEAR_PASSCODE: "ClearPasscode",
    Action.SYNC: "DeviceInformation",
}  # fmt: skip
_STATES = {
    "Acknowledged": State.VERIFIED, "NotNow": State.NOT_NOW, "Error": State.FAILED,
    "CommandFormatError": State.FAILED,
}  # fmt: skip
_MAX_SHOWN = 500


def plist_of(command: t.Command, command_id: str, unlock_token: object) -> bytes:
    """The whole command. `unlock_token` in base64, for clearing a passcode."""
    body: dict[str, object] = {"RequestType": _NAMES[command.action]}
    mac = command.device.platform is Platform.MACOS
    if command.action in {Action.LOCK, Action.LOST_MODE_ON}:
        shown = {"Message": command.message, "PhoneNumber": command.phone}
        body |= {name: clean(text, _MAX_SHOWN) for name, text in shown.items() if text}
    if mac and command.action in {Action.LOCK, Action.WIPE}:
        body["PIN"] = command.pin
    if command.action is Action.WIPE and mac:
        # It erases as surely as Default, and does not say "error" before it does.
        body["ObliterationBehavior"] = "ObliterateWithWarning"
    elif command.action is Action.WIPE and command.device.platform is not Platform.TVOS:
        body["PreserveDataPlan"] = command.keep_data_plan
    if command.action is Action.CLEAR_PASSCODE and isinstance(unlock_token, str):
        body["UnlockToken"] = base64.b64decode(unlock_token)
    if command.action is Action.SYNC:
        body["Queries"] = list(QUERIES)
    return plistlib.dumps({"Command": body, "CommandUUID": command_id})


def answer_of(action: Action, status: str, payload: Fields) -> dict[str, object]:
    """What is kept of an answer: a place only of a command to locate."""
    chain = Fields(next(iter(payload.rows("ErrorChain") or []), None))
    said = chain.text("USEnglishDescription") or chain.text("LocalizedDescription")
    code = chain.text("ErrorCode")
    words = f"{said or status} ({code})" if code else said or payload.text("MessageResult")
    kept: dict[str, object] = {"status": status, "words": words}
    if action is Action.LOCATE:
        names = ("Latitude", "Longitude", "HorizontalAccuracy", "Timestamp")
        kept["place"] = {name: payload.text(name) for name in names}
    return kept


def outcome_of(ref: t.DeviceRef, action: Action, answer: Fields, record: Fields) -> t.Outcome:
    """What an answer means, beside what is known of the device since."""
    at, status = answer.moment("at"), answer.text("status") or ""
    state, words = _STATES.get(status, State.UNKNOWN), answer.text("words") or ""
    if action is Action.WIPE and state is State.VERIFIED:
        # The device says so before it erases itself, and never after.
        enrolled = record.moment("enrolled")
        anew = at is not None and enrolled is not None and enrolled > at
        return t.Outcome(State.VERIFIED if anew else State.ACKNOWLEDGED, enrolled if anew else at)
    if action is Action.WIPE and state is State.FAILED and ref.platform is Platform.MACOS:
        return t.Outcome(State.UNKNOWN, at, f"it may still erase itself: {words or status}")
    place = _place(answer.inside("place")) if action is Action.LOCATE else None
    return t.Outcome(state, at, words or ("" if state is State.VERIFIED else status), place=place)


def _place(told: Fields) -> t.Place | None:
    latitude, longitude = told.number("Latitude"), told.number("Longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    accuracy = told.number("HorizontalAccuracy")
    known = accuracy is not None and accuracy >= 0  # below zero: not known
    return t.Place(latitude, longitude, accuracy if known else None, told.moment("Timestamp"))
