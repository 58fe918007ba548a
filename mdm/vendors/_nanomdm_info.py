"""What can be sent through NanoMDM, what it must be told, and which keys that takes.

Platforms, supervision and user enrolment as in Apple's own description of the MDM protocol (the
schema of device-management, release of iOS 18.1 and macOS 15.1).
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform

_PHONES, _MAC = frozenset({Platform.IOS, Platform.IPADOS}), frozenset({Platform.MACOS})
_TV, _OTHER = frozenset({Platform.TVOS}), frozenset({Platform.OTHER})
_BY_ID, _OURS = Confirmation.COMMAND_ID, frozenset({Ownership.COMPANY, Ownership.UNKNOWN})
_SUPERVISED, _PIN = frozenset({Need.SUPERVISED}), frozenset({Need.PIN})

_MILD = (
    Capability(
        Action.LOCK,
        _PHONES,
        Effect.LOCKS,
        _BY_ID,
        note="Shuts nobody out of a device without a passcode.",
    ),
    Capability(
        Action.LOCK, _MAC, Effect.LOCKS, _BY_ID, _OURS, _PIN, note="It restarts and asks the PIN."
    ),
    Capability(
        Action.LOST_MODE_ON,
        _PHONES,
        Effect.LOCKS,
        _BY_ID,
        needs=_SUPERVISED | {Need.MESSAGE_OR_PHONE},
    ),
    Capability(Action.LOST_MODE_OFF, _PHONES, Effect.RESTORES, _BY_ID, needs=_SUPERVISED),
    Capability(
        Action.LOCATE,
        _PHONES,
        Effect.REVEALS_PLACE,
        _BY_ID,
        needs=_SUPERVISED,
        note="Only while it is in lost mode.",
    ),
    Capability(
        Action.RESTART,
        _PHONES | _TV,
        Effect.INTERRUPTS,
        _BY_ID,
        needs=_SUPERVISED,
        note="With a passcode it joins no Wi-Fi until somebody unlocks it.",
    ),
    Capability(Action.RESTART, _MAC, Effect.INTERRUPTS, _BY_ID, _OURS),
    Capability(
        Action.CLEAR_PASSCODE,
        _PHONES,
        Effect.REMOVES_PASSCODE,
        _BY_ID,
        _OURS,
        note="Only where Homeroom heard the device's unlock token when it enrolled.",
    ),
    Capability(
        Action.SYNC,
        _PHONES | _MAC | _TV | _OTHER,
        Effect.ASKS_REPORT,
        _BY_ID,
        note="Asks for model, system and supervision, without which little can be sent.",
    ),
)
_ENDS = "An erased device cannot report: done is told when it enrols anew."
_GRAVE = (
    Capability(Action.WIPE, _PHONES | _TV, Effect.ERASES_EVERYTHING, _BY_ID, _OURS, note=_ENDS),
    Capability(
        Action.WIPE,
        _MAC,
        Effect.ERASES_EVERYTHING,
        _BY_ID,
        _OURS,
        _PIN,
        note=f"{_ENDS} Older Macs ask for the PIN before macOS can be installed anew. A Mac that "
        "reports an error may still erase itself.",
    ),
)

INFO = VendorInfo(
    name="nanomdm",
    label="NanoMDM",
    fields=(
        ConfigField("url", "Address", help="https://HOST, where the API answers below /v1."),
        ConfigField("webhook_key", "Webhook key", secret=True, help="As in -webhook-hmac-key."),
        ConfigField(
            "api_key",
            "API key",
            secret=True,
            required=False,
            help="As in -api. Only to act: reading makes no request and needs none.",
        ),
    ),
    capabilities=(*_MILD, *_GRAVE),
    to_read=("-webhook-hmac-key",),
    to_act=("-api",),
    setup="NanoMDM lists nothing: devices are those that its webhook has told of. Start it with "
    "-webhook-url, the address that Homeroom shows for this connection, and with "
    "-webhook-hmac-key; without a signature nothing is believed. MicroMDM's webhook has the same "
    "form, but no version of it signs: its calls are heard only through a relay of yours that adds "
    "X-Hmac-Signature (base64 of HMAC-SHA256 over the body), and nothing is sent through MicroMDM. "
    "NanoMDM does not repeat a call that was not heard. Devices that enrolled before become known "
    "when they next check in, and send a sync to each to learn what it is. What other tools ask "
    "with SecurityInfo is heard too: whether there is a passcode, and encryption. There is "
    "one API key, and whoever has it can wipe: give it to the worker only. User Enrolments count "
    "as personal, supervised devices as the district's. A device's software and users are not "
    "kept: its answer does not tell whether all of them were asked for.",
    incremental=True,
    tells=True,
)
