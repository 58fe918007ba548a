"""What Jamf Pro can do, what it must be told, and which privileges that takes.

Commands and the privileges for reading, erasing and unmanaging: Jamf Pro's own description of its
API (11.30). The other privileges are named as Jamf Pro lists them for API roles. Platforms and
remarks: Apple's schema of device management (commands).
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform
from mdm.vendors._software import FIELD

_MAC, _TV = frozenset({Platform.MACOS}), frozenset({Platform.TVOS})
_MOBILE = frozenset({Platform.IOS, Platform.IPADOS})
_ALL = _MAC | _TV | _MOBILE
_OURS = frozenset({Ownership.COMPANY, Ownership.UNKNOWN})
_SUPERVISED, _BY_ID = frozenset({Need.SUPERVISED}), Confirmation.COMMAND_ID

INFO = VendorInfo(
    name="jamf_pro",
    label="Jamf Pro",
    fields=(
        ConfigField("url", "Address of Jamf Pro", help="https://yourdistrict.jamfcloud.com"),
        ConfigField("client_id", "Client id of the API client"),
        ConfigField("client_secret", "Client secret", secret=True),
        ConfigField(
            "lists",
            "What is read",
            default="both",
            choices=("both", "computers", "mobile"),
            help="With computers or mobile, the other privilege to read is not needed.",
        ),
        FIELD,
    ),
    capabilities=(
        Capability(
            Action.LOCK,
            _MOBILE,
            Effect.LOCKS,
            _BY_ID,
            note="Shuts nobody out of a device without a passcode, or who knows it.",
        ),
        Capability(
            Action.LOCK,
            _MAC,
            Effect.LOCKS,
            _BY_ID,
            needs=frozenset({Need.PIN}),
            note="It restarts and asks for the PIN. With Apple silicon and a macOS before 11.5, "
            "only a local administrator with a network can bring it back.",
        ),
        Capability(
            Action.LOST_MODE_ON,
            _MOBILE,
            Effect.LOCKS,
            _BY_ID,
            needs=_SUPERVISED | {Need.MESSAGE_OR_PHONE},
            note="Nobody can use it, whoever knows the passcode.",
        ),
        Capability(Action.LOST_MODE_OFF, _MOBILE, Effect.RESTORES, _BY_ID, needs=_SUPERVISED),
        Capability(
            Action.LOCATE,
            _MOBILE,
            Effect.REVEALS_PLACE,
            _BY_ID,
            needs=_SUPERVISED,
            note="Only while it is in lost mode.",
        ),
        Capability(
            Action.RESTART,
            _MOBILE | _TV,
            Effect.INTERRUPTS,
            _BY_ID,
            needs=_SUPERVISED,
            note="With a passcode it joins no Wi-Fi until somebody unlocks it.",
        ),
        Capability(Action.RESTART, _MAC, Effect.INTERRUPTS, _BY_ID),
        Capability(
            Action.CLEAR_PASSCODE,
            _MOBILE,
            Effect.REMOVES_PASSCODE,
            _BY_ID,
            _OURS,
            note="Not on a shared iPad.",
        ),
        Capability(Action.SYNC, _ALL, Effect.ASKS_REPORT, Confirmation.STATE),
        Capability(Action.RETIRE, _ALL, Effect.REMOVES_MANAGEMENT_DATA, _BY_ID),
        Capability(Action.WIPE, _MOBILE | _TV, Effect.ERASES_EVERYTHING, _BY_ID, _OURS),
        Capability(
            Action.WIPE,
            _MAC,
            Effect.ERASES_EVERYTHING,
            _BY_ID,
            needs=frozenset({Need.PIN}),
            note="Where macOS cannot erase its content only, the whole disk goes and macOS must be "
            "installed anew; an older Mac asks for the PIN first.",
        ),
    ),
    to_read=("Read Computers", "Read Mobile Devices"),
    to_act=(
        "Read Computers",
        "Read Mobile Devices",
        "View MDM command information in Jamf Pro API",
        "Send Computer Remote Lock Command",
        "Send Computer Restart Command",
        "Send Computer Unmanage Command",
        "Send Computer Remote Wipe Command",
        "Send Mobile Device Remote Lock Command",
        "Send Mobile Device Lost Mode Command",
        "View Mobile Device Lost Mode Location",
        "Send Mobile Device Restart Device Command",
        "Send Mobile Device Remove Passcode Command",
        "Send Blank Pushes to Mobile Devices",
        "Unmanage Mobile Devices",
        "Send Mobile Device Remote Wipe Command",
        "Update Computers",
        "Update Mobile Devices",
    ),
    setup="Jamf Pro 11.30 or later is needed. Under Settings > System > API roles and clients make "
    "an API role with these privileges, and an API client with that role only. Make one client "
    "that reads and another one that acts; leave out what you do not want to be possible from "
    "here. Updating computers and mobile devices serves the asset tag only, and the location of "
    "lost devices is read after a locate command only. Administrators of Macs are told where "
    "Jamf's inventory collects local user accounts. Jamf Pro has no privilege by school: a client "
    "sees every site.",
    tags_on=_ALL,
    incremental=True,
)
