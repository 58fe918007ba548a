"""What the Android Management API can do, what it must be told, and which right that takes."""

from __future__ import annotations

from datetime import timedelta

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform
from mdm.vendors._software import FIELD as SOFTWARE

VALID = {
    Action.LOCK: timedelta(days=1),
    Action.CLEAR_PASSCODE: timedelta(days=1),
    Action.RESTART: timedelta(hours=1),
    Action.LOST_MODE_ON: timedelta(days=30),
    Action.LOST_MODE_OFF: timedelta(days=30),
    Action.RETIRE: timedelta(days=30),
    Action.WIPE: timedelta(days=30),
}
"""How long a command waits for a device that is away; left to itself, Google gives ten minutes."""

_ANDROID = frozenset({Platform.ANDROID})
_OURS, _THEIRS = frozenset({Ownership.COMPANY}), frozenset({Ownership.PERSONAL})
_UNTOLD = frozenset({Ownership.UNKNOWN})
_BY_ID, _BY_STATE = Confirmation.COMMAND_ID, Confirmation.STATE
_GOES = Effect.REMOVES_MANAGEMENT_DATA
_RIGHT = "roles/androidmanagement.user"

_MILD = (
    Capability(
        Action.LOCK,
        _ANDROID,
        Effect.LOCKS,
        _BY_ID,
        cancellable=True,
        note="As if the screen had timed out: the passcode opens it again. Where there is a work "
        "profile with a lock of its own, only that is locked.",
    ),
    Capability(
        Action.LOST_MODE_ON,
        _ANDROID,
        Effect.LOCKS,
        _BY_ID,
        _OURS,
        frozenset({Need.MESSAGE_OR_PHONE}),
        cancellable=True,
        note="Android 11 or later, 13 with a work profile. Whoever knows the passcode can leave "
        "it. The device tells Google where it is; Homeroom does not read that.",
    ),
    Capability(Action.LOST_MODE_OFF, _ANDROID, Effect.RESTORES, _BY_ID, _OURS, cancellable=True),
    Capability(
        Action.RESTART,
        _ANDROID,
        Effect.INTERRUPTS,
        _BY_ID,
        _OURS,
        cancellable=True,
        note="Fully managed devices only. Waits one hour for the device.",
    ),
    Capability(
        Action.CLEAR_PASSCODE,
        _ANDROID,
        Effect.REMOVES_PASSCODE,
        _BY_ID,
        cancellable=True,
        note="On a personal device, of the work profile only.",
    ),
    Capability(
        Action.DISABLE,
        _ANDROID,
        Effect.LOCKS,
        _BY_STATE,
        note="The message is shown; a personal device only loses the use of its work profile.",
    ),
    Capability(Action.ENABLE, _ANDROID, Effect.RESTORES, _BY_STATE),
)
_GRAVE = (
    Capability(
        Action.RETIRE,
        _ANDROID,
        _GOES,
        _BY_ID,
        _OURS,
        cancellable=True,
        note="Gives a company-owned device with a work profile away for good: the profile goes, "
        "personal apps stay. Fails on a fully managed one.",
    ),
    Capability(
        Action.RETIRE,
        _ANDROID,
        _GOES,
        _BY_ID,
        _THEIRS,
        cancellable=True,
        note="The work profile goes; more of a personal device cannot be erased. Waits 30 days.",
    ),
    Capability(
        Action.WIPE,
        _ANDROID,
        Effect.ERASES_EVERYTHING,
        _BY_ID,
        _OURS,
        cancellable=True,
        note="With memory cards, and without factory reset protection afterwards. Waits 30 days.",
    ),
    Capability(
        Action.WIPE,
        _ANDROID,
        Effect.ERASES_EVERYTHING,
        _BY_ID,
        _UNTOLD,
        cancellable=True,
        note="Not told who owns it, so the gravest effect is assumed. Waits 30 days.",
    ),
)

INFO = VendorInfo(
    name="android_management",
    label="Android Management API",
    fields=(
        ConfigField("service_account", "Service account key", secret=True, help="Its JSON file."),
        ConfigField("enterprise", "Enterprise", help="Its id: LC… or enterprises/LC…"),
        SOFTWARE,
    ),
    capabilities=(*_MILD, *_GRAVE),
    to_read=(_RIGHT,),
    to_act=(_RIGHT,),
    setup="In the Google Cloud project that the enterprise belongs to, enable the Android "
    "Management API, make a service account and give it the role Android Management User. Google "
    "has no role and no scope that only reads: keep even the reading key as one that can wipe. "
    "The hardware, network, software and device settings of a device are only told where the "
    "policy's status reporting asks for them, as are apps; without the serial number, a device "
    "matches nothing.",
)
