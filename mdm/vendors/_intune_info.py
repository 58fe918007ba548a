"""What Intune can do, what it must be told, and which rights that takes.

Platforms and remarks: Microsoft's pages on Intune's device actions, one a page (2025 and 2026).
"""

from __future__ import annotations

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import ConfigField, VendorInfo
from mdm.types import Action, Ownership, Platform

_ANDROID, _MAC = frozenset({Platform.ANDROID}), frozenset({Platform.MACOS})
_MOBILE, _WINDOWS = frozenset({Platform.IOS, Platform.IPADOS}), frozenset({Platform.WINDOWS})
_TV = frozenset({Platform.TVOS})
_OURS, _THEIRS = frozenset({Ownership.COMPANY}), frozenset({Ownership.PERSONAL})
_SUPERVISED, _STATE = frozenset({Need.SUPERVISED}), Confirmation.STATE
_RIGHT = "DeviceManagementManagedDevices"

_LOCKS = (
    Capability(
        Action.LOCK,
        _MOBILE,
        Effect.LOCKS,
        _STATE,
        note="Shuts nobody out of a device without a passcode.",
    ),
    Capability(
        Action.LOCK,
        _MAC,
        Effect.LOCKS,
        _STATE,
        note="Intune makes the PIN: it comes with the outcome and is kept for 30 days. "
        "Locking again before it was used fails.",
    ),
    Capability(
        Action.LOCK,
        _ANDROID,
        Effect.LOCKS,
        _STATE,
        _OURS,
        note="Shuts nobody out of a device without a passcode.",
    ),
    Capability(Action.LOST_MODE_OFF, _MOBILE, Effect.RESTORES, _STATE, needs=_SUPERVISED),
    Capability(
        Action.CLEAR_PASSCODE,
        _MOBILE,
        Effect.REMOVES_PASSCODE,
        _STATE,
        note="Where it fails, only a wipe lets anybody in again.",
    ),
    Capability(
        Action.CLEAR_PASSCODE,
        _ANDROID,
        Effect.REMOVES_PASSCODE,
        _STATE,
        note="A new passcode comes with the outcome; it is only the work profile's, except on "
        "dedicated devices.",
    ),
)
_PLACES = (
    Capability(
        Action.LOCATE,
        _MOBILE,
        Effect.REVEALS_PLACE,
        _STATE,
        needs=_SUPERVISED,
        note="Only while it is in lost mode.",
    ),
    Capability(
        Action.LOCATE,
        _ANDROID,
        Effect.REVEALS_PLACE,
        _STATE,
        _OURS,
        note="Only where a policy allows it; its user is told.",
    ),
    Capability(
        Action.LOCATE,
        _WINDOWS,
        Effect.REVEALS_PLACE,
        _STATE,
        note="Only where a policy lets apps see the location.",
    ),
)
_RESTARTS = (
    Capability(
        Action.RESTART,
        _MOBILE | _TV,
        Effect.INTERRUPTS,
        _STATE,
        needs=_SUPERVISED,
        note="With a passcode it joins no Wi-Fi until somebody unlocks it.",
    ),
    Capability(Action.RESTART, _MAC | _WINDOWS, Effect.INTERRUPTS, _STATE),
    Capability(
        Action.RESTART,
        _ANDROID,
        Effect.INTERRUPTS,
        _STATE,
        _OURS,
        note="Not on devices with a work profile.",
    ),
    Capability(Action.SYNC, _MOBILE | _MAC | _WINDOWS | _ANDROID, Effect.ASKS_REPORT, _STATE),
)
_ENDS = (
    Capability(Action.RETIRE, _MOBILE | _TV | _MAC, Effect.REMOVES_MANAGEMENT_DATA, _STATE),
    Capability(
        Action.RETIRE,
        _WINDOWS,
        Effect.REMOVES_MANAGEMENT_DATA,
        _STATE,
        note="Where it is joined to Entra, only a local administrator can sign in afterwards.",
    ),
    Capability(
        Action.RETIRE,
        _ANDROID,
        Effect.REMOVES_MANAGEMENT_DATA,
        _STATE,
        _THEIRS,
        note="The work profile goes.",
    ),
    Capability(Action.WIPE, _MOBILE, Effect.ERASES_EVERYTHING, _STATE),
    Capability(
        Action.WIPE,
        _MAC,
        Effect.ERASES_EVERYTHING,
        _STATE,
        needs=frozenset({Need.PIN}),
        note="Older Macs ask for the PIN before macOS can be installed anew.",
    ),
    Capability(
        Action.WIPE,
        _WINDOWS,
        Effect.ERASES_EVERYTHING,
        _STATE,
        note="Interrupted, it may not start again.",
    ),
    Capability(
        Action.WIPE,
        _ANDROID,
        Effect.ERASES_EVERYTHING,
        _STATE,
        _OURS,
        note="A Zebra device only loses company data; a Samsung with factory reset blocked is "
        "lost to Intune and not erased.",
    ),
)

INFO = VendorInfo(
    name="intune",
    label="Microsoft Intune",
    fields=(
        ConfigField("tenant", "Directory (tenant) id", help="Or a domain of yours in Entra ID."),
        ConfigField("client_id", "Application (client) id"),
        ConfigField("client_secret", "Client secret", secret=True, help="Its value, not its id."),
    ),
    capabilities=(*_LOCKS, *_PLACES, *_RESTARTS, *_ENDS),
    to_read=(f"{_RIGHT}.Read.All",),
    to_act=(f"{_RIGHT}.Read.All", f"{_RIGHT}.PrivilegedOperations.All"),
    setup="Register an application in Microsoft Entra ID and give it these permissions of "
    "Microsoft Graph as application permissions, with admin consent; Homeroom needs none that is "
    "delegated, and no ReadWrite. An application sees the whole tenant, whatever the scope tags. "
    "Register one that reads and another one that acts. Client secrets run out: note the day. "
    "Where Multi Admin Approval guards device actions, Intune refuses every command until the "
    "acting application is excluded there; Homeroom has its own second person.",
    incremental=True,
)
