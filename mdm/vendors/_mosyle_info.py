"""What Mosyle Manager can do, what it must be told, and which rights that takes.

Commands: Mosyle's articles on its API (bulk operations, lost mode). Platforms and remarks: Apple's
schema of device management.
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform

_MAC, _TV = frozenset({Platform.MACOS}), frozenset({Platform.TVOS})
_MOBILE = frozenset({Platform.IOS, Platform.IPADOS})
_OURS = frozenset({Ownership.COMPANY, Ownership.UNKNOWN})
_SUPERVISED, _PIN = frozenset({Need.SUPERVISED}), frozenset({Need.PIN})
_STATE, _NEVER = Confirmation.STATE, Confirmation.NEVER
_AGAIN = "Known to be done only when it is enrolled again."

INFO = VendorInfo(
    name="mosyle",
    label="Mosyle Manager",
    fields=(
        ConfigField("access_token", "Access token", secret=True, help="Of the API integration."),
        ConfigField("email", "Email address", help="Of an administrator made for Homeroom."),
        ConfigField("password", "Password", secret=True, help="Of that administrator."),
    ),
    capabilities=(
        Capability(
            Action.LOCK,
            _MOBILE,
            Effect.LOCKS,
            _NEVER,
            note="Shuts nobody out of a device without a passcode, or who knows it.",
        ),
        Capability(
            Action.LOCK,
            _MAC,
            Effect.LOCKS,
            _NEVER,
            needs=_PIN,
            note="It restarts and asks for the PIN. With Apple silicon and a macOS before 11.5, "
            "only a local administrator with a network can bring it back.",
        ),
        Capability(
            Action.LOST_MODE_ON,
            _MOBILE,
            Effect.LOCKS,
            _STATE,
            needs=_SUPERVISED | {Need.MESSAGE},
            note="Nobody can use it, whoever knows the passcode.",
        ),
        Capability(
            Action.LOCATE,
            _MOBILE,
            Effect.REVEALS_PLACE,
            _STATE,
            needs=_SUPERVISED,
            note="Only while it is in lost mode. Mosyle does not tell how old the place is.",
        ),
        Capability(Action.LOST_MODE_OFF, _MOBILE, Effect.RESTORES, _STATE, needs=_SUPERVISED),
        Capability(
            Action.RESTART,
            _MOBILE | _TV,
            Effect.INTERRUPTS,
            _NEVER,
            needs=_SUPERVISED,
            note="With a passcode it joins no Wi-Fi until somebody unlocks it.",
        ),
        Capability(Action.RESTART, _MAC, Effect.INTERRUPTS, _NEVER),
        Capability(
            Action.WIPE,
            _MOBILE | _TV,
            Effect.ERASES_EVERYTHING,
            Confirmation.REAPPEARS,
            _OURS,
            note=_AGAIN,
        ),
        Capability(
            Action.WIPE,
            _MAC,
            Effect.ERASES_EVERYTHING,
            Confirmation.REAPPEARS,
            needs=_PIN,
            note="Where macOS cannot erase its content only, the whole disk goes and macOS must be "
            f"installed anew; an older Mac asks for the PIN first. {_AGAIN}",
        ),
    ),
    to_read=("API access", "View devices"),
    to_act=(
        "API access",
        "View devices",
        "Edit device attributes",
        "Lock, restart and erase devices",
        "Lost mode",
    ),
    setup="In Mosyle Manager enable the API integration and make an access token for Homeroom. "
    "Every login also takes the email address and the password of an administrator: make one that "
    "nobody else uses, with the fewest permissions (Mosyle's names of them differ from those "
    "here). Make one administrator that reads and another one that acts, each with a token of its "
    "own. Mosyle Business has another API and is not supported. Mosyle's list tells neither "
    "administrators nor software, encryption or passcodes.",
    tags_on=_MAC | _TV | _MOBILE,
)
