"""What Jamf School can do, what it must be told, and which rights that takes.

Sources: Jamf's own Go library and Terraform provider for Jamf School (actions, bodies, where the
credentials are found), and answers that were recorded by an open library (deno_jamf_school).
Platforms and remarks: Apple's schema of device management (commands).
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Platform
from mdm.vendors._software import FIELD

_MAC, _TV = frozenset({Platform.MACOS}), frozenset({Platform.TVOS})
_MOBILE = frozenset({Platform.IOS, Platform.IPADOS})
_ALL = _MAC | _TV | _MOBILE
_INFERRED = Confirmation.REAPPEARS

INFO = VendorInfo(
    name="jamf_school",
    label="Jamf School",
    fields=(
        ConfigField("url", "Address of Jamf School", help="https://yourschool.jamfcloud.com"),
        ConfigField("network_id", "Network ID", help="Under Devices > Enroll Device(s)."),
        ConfigField("api_key", "API key", secret=True),
        FIELD,
    ),
    capabilities=(
        Capability(
            Action.RESTART,
            _MOBILE | _TV,
            Effect.INTERRUPTS,
            Confirmation.NEVER,
            needs=frozenset({Need.SUPERVISED}),
            note="With a passcode it joins no Wi-Fi until somebody unlocks it.",
        ),
        Capability(Action.RESTART, _MAC, Effect.INTERRUPTS, Confirmation.NEVER),
        Capability(Action.SYNC, _ALL, Effect.ASKS_REPORT, Confirmation.STATE),
        Capability(
            Action.RETIRE,
            _ALL,
            Effect.REMOVES_MANAGEMENT_DATA,
            _INFERRED,
            note="Done, once a device that was heard of since is no longer managed.",
        ),
        Capability(
            Action.WIPE,
            _MOBILE | _TV,
            Effect.ERASES_EVERYTHING,
            _INFERRED,
            note="A data plan (eSIM) cannot be kept. The activation lock stays.",
        ),
        Capability(
            Action.WIPE,
            _MAC,
            Effect.ERASES_EVERYTHING,
            _INFERRED,
            note="It takes no PIN, which an older Mac asks for. The activation lock stays.",
        ),
    ),
    to_read=("GET for devices",),
    to_act=("GET for devices", "POST for devices"),
    setup="Under Organization > Settings > API make an API key that may use the method GET for "
    "devices only, and another one that may use GET and POST for the connection that acts; leave "
    "out DELETE. POST serves the commands and the asset tag, and cannot be had for one of them "
    "alone. Jamf School answers with one list of all devices: from some 20,000 on it may grow "
    "larger than Homeroom takes; with installed software from some 2,000 on. Whether a device is "
    "encrypted and has a passcode is not in the list and is not read.",
    tags_on=_ALL,
)
