"""What Fleet can do, what it must be told, and which role that takes.

Sources: Fleet's REST API documentation, its guide on locking and wiping hosts, and what its
developers wrote on Lost Mode (fleetdm/fleet 30889) and on Android commands.
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform
from mdm.vendors._fleet_devices import ADMINS
from mdm.vendors._software import FIELD

_STATE = Confirmation.STATE
_MAC, _MOBILE = frozenset({Platform.MACOS}), frozenset({Platform.IOS, Platform.IPADOS})
_SCRIPTED, _ANDROID = frozenset({Platform.WINDOWS, Platform.LINUX}), frozenset({Platform.ANDROID})
_WINDOWS, _LINUX = frozenset({Platform.WINDOWS}), frozenset({Platform.LINUX})
_OURS = frozenset({Ownership.COMPANY})
_NOT_THEIRS = _OURS | {Ownership.UNKNOWN}
_BY_SCRIPT = "By a script: Fleet's agent must be allowed to run scripts."
_QUERY = (
    "SELECT DISTINCT u.username FROM user_groups m JOIN groups g USING (gid) JOIN users u "
    "USING (uid) WHERE g.groupname IN ('admin', 'sudo', 'wheel', 'Administrators') "
    "AND u.username <> 'root'"
)

INFO = VendorInfo(
    name="fleet",
    label="Fleet",
    fields=(
        ConfigField("url", "Address of Fleet", help="https://fleet.yourdistrict.org"),
        ConfigField("token", "API token", secret=True, help="Of an API-only user."),
        FIELD,
    ),
    capabilities=(
        Capability(
            Action.LOCK,
            _MAC,
            Effect.LOCKS,
            _STATE,
            _NOT_THEIRS,
            note="Fleet makes the PIN and shows it on the host's page; Homeroom does not fetch it.",
        ),
        Capability(Action.LOCK, _SCRIPTED, Effect.LOCKS, _STATE, note=_BY_SCRIPT),
        Capability(
            Action.LOCK,
            _ANDROID,
            Effect.LOCKS,
            _STATE,
            note="As if the screen had timed out: the passcode opens it again. On a personal "
            "device, the work profile only.",
        ),
        Capability(Action.UNLOCK, _SCRIPTED, Effect.RESTORES, _STATE, note=_BY_SCRIPT),
        Capability(
            Action.LOST_MODE_ON,
            _MOBILE,
            Effect.LOCKS,
            _STATE,
            _OURS,
            note="Fleet calls it a lock, and shows a message of its own.",
        ),
        Capability(Action.LOST_MODE_OFF, _MOBILE, Effect.RESTORES, _STATE, _OURS),
        Capability(Action.WIPE, _MAC | _MOBILE, Effect.ERASES_EVERYTHING, _STATE, _NOT_THEIRS),
        Capability(
            Action.WIPE,
            _WINDOWS,
            Effect.ERASES_EVERYTHING,
            _STATE,
            note="Interrupted, it may not start again.",
        ),
        Capability(Action.WIPE, _LINUX, Effect.ERASES_EVERYTHING, _STATE, note=_BY_SCRIPT),
        Capability(Action.WIPE, _ANDROID, Effect.ERASES_EVERYTHING, _STATE, _OURS),
    ),
    to_read=("Observer",),
    to_act=("Maintainer",),
    setup="Make an API-only user (fleetctl user create --api-only) with the role Observer for "
    "reading, and another one with the role Maintainer for acting; their tokens do not run out. "
    "Where the fleet is in teams, a role in a team reaches its hosts only. Nearly all commands "
    "need Fleet Premium, and but for Linux that Fleet is the device's MDM server. Only of a single "
    "host Fleet tells whether it is locked, so a list leaves that unknown; a command's end is read "
    "off the single host. Administrators are told where the agent options (features) have an "
    f"additional query named {ADMINS} whose rows have a username, such as: {_QUERY}",
)
