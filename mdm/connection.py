"""What a vendor's module tells about itself, and what it is given to open a connector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mdm.capabilities import Capability, permitted
from mdm.client import Classifier, Client
from mdm.errors import Unsupported, Where
from mdm.http import Door, Limits
from mdm.memory import Memory
from mdm.timing import Pace, Timing, TokenBucket
from mdm.tokens import Auth
from mdm.types import Command, Platform


class Access(StrEnum):
    """What a connector is opened for. A reader asks the vendor for no right to act."""

    READ = "read"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One setting of a connection.

    secret   sealed when stored, never shown; may have several lines
    choices  the only values, empty: any
    """

    name: str
    label: str
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class VendorInfo:
    """A vendor's `INFO`.

    to_read, to_act  the least that the credential must be allowed, one right a line
    setup            how such a credential is made at the vendor, a few sentences
    tags_on          platforms whose asset tag can be written (`SetsTag`)
    incremental      whether `since` spares anything
    tells            it calls us (`ReceivesEvents`), and must be told our address
    """

    name: str
    label: str
    fields: tuple[ConfigField, ...]
    capabilities: tuple[Capability, ...]
    to_read: tuple[str, ...]
    to_act: tuple[str, ...] = ()
    setup: str = ""
    tags_on: frozenset[Platform] = frozenset()
    incremental: bool = False
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Wiring:
    """What surrounds a connector; tests and schedulers bring their own.

    pace       shared by everything that uses the same credential; None: a bucket of its own
    login_url  where tokens come from, if not from `base_url`; like that, on this machine only
    memory     for vendors that only tell by webhook; without it they have no devices
    """

    timing: Timing = field(default_factory=Timing)
    limits: Limits = field(default_factory=Limits)
    pace: Pace | None = None
    login_url: str | None = None
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """What `connect(connection)` of a vendor's module is given. The settings are checked."""

    info: VendorInfo
    name: str
    settings: Mapping[str, str] = field(repr=False)
    access: Access = Access.READ
    base_url: str | None = None
    wiring: Wiring = field(default_factory=Wiring, repr=False)

    @property
    def where(self) -> Where:
        return Where(self.info.label, self.name)

    @property
    def timing(self) -> Timing:
        return self.wiring.timing

    def permit(self, command: Command) -> Capability:
        """The first line of every `send`: `capabilities.permitted`, and opened for acting."""
        self.require_act()
        return permitted(self.info.capabilities, command, self.where)

    def require_act(self) -> None:
        """Raises `Unsupported` on a connector that was opened for reading."""
        if self.access is not Access.ACT:
            raise Unsupported(self.where, "opened for reading only; nothing was sent")

    def door(self, url: str, *, login: bool = False) -> Door:
        """A door to `url`, or to the tests' address. Raises `Invalid` for an unsafe one.

        `url` may have a path; of the tests' address only the host takes its place.
        """
        instead = (self.wiring.login_url if login else None) or self.base_url
        if instead is not None:
            url = instead.rstrip("/") + "/" + url.partition("://")[2].partition("/")[2]
        return Door(url, self.where, self.timing, self.wiring.limits)

    def client(
        self, door: Door, auth: Auth, *, rate: float, burst: int,
        throttled: Classifier | None = None,
    ) -> Client:  # fmt: skip
        """A client of at most `rate` requests a second on average, `burst` at once."""
        pace = self.wiring.pace or TokenBucket(rate, burst, self.timing)
        return Client(
            door, auth, pace=pace, timing=self.timing, throttled=throttled, hidden=self.secrets
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values of the secret settings."""
        return tuple(
            self.settings[item.name]
            for item in self.info.fields
            if item.secret and self.settings.get(item.name)
        )
