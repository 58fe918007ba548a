"""What Meraki Systems Manager can do, what it must be told, and which rights that takes.

Sources: Meraki's OpenAPI document of the Dashboard API v1 (calls, bodies, answers), its own SDK
(rate limits, arrays in a query, the restart, which the document lacks). The API says of no command
which systems it is for, but for the PIN of a Mac. Platforms and remarks for Apple devices: Apple's
schema of device management. Windows, Apple TV and ChromeOS are left out where a loss of data or a
lock would rest on a guess.
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Platform

_MAC, _TV = frozenset({Platform.MACOS}), frozenset({Platform.TVOS})
_MOBILE, _ANDROID = frozenset({Platform.IOS, Platform.IPADOS}), frozenset({Platform.ANDROID})
_ALL = _MAC | _TV | _MOBILE | _ANDROID | frozenset({Platform.WINDOWS})
_PIN, _NEVER = frozenset({Need.PIN}), Confirmation.NEVER

_LOCKS = (
    Capability(
        Action.LOCK,
        _MOBILE,
        Effect.LOCKS,
        _NEVER,
        note="Shuts nobody out of a device without a passcode; shows no message.",
    ),
    Capability(
        Action.LOCK,
        _MAC,
        Effect.LOCKS,
        _NEVER,
        needs=_PIN,
        note="It asks for the PIN at once. The PIN cannot begin with 0.",
    ),
    Capability(
        Action.LOCK,
        _ANDROID,
        Effect.LOCKS,
        _NEVER,
        note="Shuts nobody out of a device without a passcode.",
    ),
)
_REST = (
    Capability(Action.RESTART, _MAC, Effect.INTERRUPTS, _NEVER),
    Capability(
        Action.RESTART,
        _MOBILE | _TV,
        Effect.INTERRUPTS,
        _NEVER,
        needs=frozenset({Need.SUPERVISED}),
        note="With a passcode it joins no Wi-Fi until somebody unlocks it.",
    ),
    Capability(Action.SYNC, _ALL, Effect.ASKS_REPORT, Confirmation.STATE),
    Capability(
        Action.RETIRE,
        _ALL,
        Effect.REMOVES_MANAGEMENT_DATA,
        Confirmation.REAPPEARS,
        note="Done, once Meraki no longer lists it as managed.",
    ),
)
_WIPES = (
    Capability(
        Action.WIPE,
        _MOBILE,
        Effect.ERASES_EVERYTHING,
        _NEVER,
        note="A data plan (eSIM) cannot be kept. The activation lock stays.",
    ),
    Capability(
        Action.WIPE,
        _MAC,
        Effect.ERASES_EVERYTHING,
        _NEVER,
        needs=_PIN,
        note="Older Macs ask for the PIN afterwards; it cannot begin with 0. The activation lock "
        "stays.",
    ),
    Capability(
        Action.WIPE,
        _ANDROID,
        Effect.ERASES_EVERYTHING,
        _NEVER,
        note="On a device with only a work profile it may be that profile alone: Meraki does not "
        "tell whose the device is.",
    ),
)

INFO = VendorInfo(
    name="meraki",
    label="Cisco Meraki Systems Manager",
    fields=(
        ConfigField(
            "url",
            "Address of the Dashboard API",
            default="https://api.meraki.com",
            help="Or that of your region: https://api.meraki.ca, api.meraki.in, api.meraki.cn, "
            "api.gov-meraki.com; or https://nNNN.meraki.com, should Meraki redirect to it.",
        ),
        ConfigField(
            "network_id",
            "Network ID",
            help="Of the Systems Manager network: N_ or L_ and digits. One connection a network.",
        ),
        ConfigField("api_key", "API key", secret=True),
    ),
    capabilities=(*_LOCKS, *_REST, *_WIPES),
    to_read=("read-only on the Systems Manager network",),
    to_act=("full on the Systems Manager network",),
    setup="An API key is as mighty as the administrator it belongs to, and a network may have "
    "others than Systems Manager in it. Under Organization > Configure > Administrators make an "
    "administrator of its own without any right on the organization and with read-only rights on "
    "the Systems Manager network alone, and another one with full rights there for the connection "
    "that acts. Allow the API for the organization, sign in as each of them and make the key in "
    "the profile. Ten requests a second are shared by everything that uses the organization's API; "
    "Homeroom takes at most five.",
)
