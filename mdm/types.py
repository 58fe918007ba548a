"""The shapes that travel through a connector: devices in, commands out, outcomes in.

Everything here is normalised over the vendors. Unknown is None, never a guess. Where a device is
belongs to no `Device`: a place exists only as the outcome of an explicit locate command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Platform(StrEnum):
    CHROMEOS = "chromeos"
    IOS = "ios"
    IPADOS = "ipados"
    MACOS = "macos"
    TVOS = "tvos"
    ANDROID = "android"
    WINDOWS = "windows"
    LINUX = "linux"
    OTHER = "other"


class Ownership(StrEnum):
    COMPANY = "company"
    PERSONAL = "personal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """Who a command is for. It names one device, never a group or a filter.

    vendor_id  the vendor's own id of the device record
    enrolment  what changes when the device is enrolled anew (an id or a time), None: untold
    """

    vendor_id: str
    platform: Platform
    ownership: Ownership = Ownership.UNKNOWN
    serial: str | None = None
    udid: str | None = None
    enrolment: str | None = None
    supervised: bool | None = None


@dataclass(frozen=True, slots=True)
class Software:
    name: str
    version: str | None = None
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class AntiMalware:
    """`active`: running and protecting; `definitions_at`: when its definitions were made."""

    active: bool | None = None
    product: str | None = None
    definitions_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """One device as its vendor tells of it. Times have a zone.

    macs               lower case with colons
    managed            whether the vendor manages it now; `state` is the vendor's own word
    locked             locked or disabled, so that nobody can use it
    auto_update_until  last day of updates (Chromebooks)
    asset_tag          as the vendor knows it
    local_admins       accounts with administrator rights; None: not told, () : there are none
    software           None: not told
    extras             some of the vendor's own facts, named by the connector, short texts
    """

    vendor_id: str
    platform: Platform
    enrolment: str | None = None
    serial: str | None = None
    imeis: tuple[str, ...] = ()
    meids: tuple[str, ...] = ()
    udid: str | None = None
    macs: tuple[str, ...] = ()
    manufacturer: str | None = None
    model: str | None = None
    model_identifier: str | None = None
    name: str | None = None
    os: str | None = None
    os_version: str | None = None
    ownership: Ownership = Ownership.UNKNOWN
    supervised: bool | None = None
    managed: bool | None = None
    state: str | None = None
    locked: bool | None = None
    lost_mode: bool | None = None
    encrypted: bool | None = None
    passcode_set: bool | None = None
    passcode_compliant: bool | None = None
    compliant: bool | None = None
    antimalware: AntiMalware | None = None
    auto_update_until: date | None = None
    assigned_user: str | None = None
    asset_tag: str | None = None
    last_check_in: datetime | None = None
    enrolled_at: datetime | None = None
    local_admins: tuple[str, ...] | None = None
    software: tuple[Software, ...] | None = None
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> DeviceRef:
        """How a command names this device."""
        return DeviceRef(
            self.vendor_id, self.platform, self.ownership, self.serial, self.udid,
            self.enrolment, self.supervised,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of a list that could not be read; the rest of the page is good."""

    vendor_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some devices. `resume` goes on after this page, even after a restart; None: the last one."""

    devices: tuple[Device, ...]
    resume: str | None = None
    problems: tuple[Problem, ...] = ()


class Action(StrEnum):
    """What a person asks for. What it does to a device is the `Effect`, which differs."""

    LOCK = "lock"
    UNLOCK = "unlock"
    LOST_MODE_ON = "lost_mode_on"
    LOST_MODE_OFF = "lost_mode_off"
    LOCATE = "locate"
    RESTART = "restart"
    CLEAR_PASSCODE = "clear_passcode"
    CLEAR_USERS = "clear_users"
    RETIRE = "retire"
    WIPE = "wipe"
    DISABLE = "disable"
    ENABLE = "enable"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Command:
    """One action on one device.

    key            the caller's own id, passed on where the vendor takes one (idempotency)
    pin            six digits that will unlock the device
    message, phone shown on a locked or lost device
    keep_data_plan leave a mobile data plan (eSIM) on a wiped device
    """

    action: Action
    device: DeviceRef
    key: str = ""
    pin: str | None = field(default=None, repr=False)
    message: str | None = None
    phone: str | None = None
    keep_data_plan: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The vendor has accepted a command. Keep it: `outcome` asks with it (see `mdm.records`).

    Also made by hand, without `command_id`, to ask after a command whose answer was lost.
    """

    vendor: str
    device: DeviceRef
    action: Action
    sent_at: datetime
    command_id: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class OutcomeState(StrEnum):
    PENDING = "pending"  # the vendor waits for the device
    ACKNOWLEDGED = "acknowledged"  # ordered at the vendor or received by the device
    VERIFIED = "verified"  # the device reports it done, or its record shows it
    FAILED = "failed"
    NOT_NOW = "not_now"  # the device asks to be asked again; still under way
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # the vendor cannot tell


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device was. `accuracy` in metres."""

    latitude: float
    longitude: float
    accuracy: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command.

    at      when the vendor says it came to this state, None where it does not tell
    pin     PIN or passcode that the vendor reveals; it unlocks the device
    place   of a locate command
    """

    state: OutcomeState
    at: datetime | None = None
    reason: str = ""
    pin: str | None = field(default=None, repr=False)
    place: Place | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """What a vendor's webhook tells. `id` is the vendor's, for telling repeats.

    command_id  of our command that it answers, None where it answers none
    refused     why nothing of it was taken, although the vendor itself told it
    """

    id: str
    at: datetime | None
    vendor_id: str | None = None
    device: Device | None = None
    command_id: str | None = None
    outcome: Outcome | None = None
    refused: str = ""
