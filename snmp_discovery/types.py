"""The shapes that travel through discovery: credentials in, findings out.

Values from devices are kept as they came off the wire (`int`, `bytes`, OID tuples); only
`Facts` turns them into text, so that there is one place where hostile strings are cleaned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from snmp_discovery.credentials import (
    AuthProtocol as AuthProtocol,
    CommunityCredential as CommunityCredential,
    Credential as Credential,
    PrivProtocol as PrivProtocol,
    UsmCredential as UsmCredential,
    Version as Version,
)
from snmp_discovery.values import (
    MAX_TEXT as MAX_TEXT,
    Facts as Facts,
    Oid as Oid,
    Value as Value,
    clean_text as clean_text,
    dotted as dotted,
    parse_oid as parse_oid,
)


@dataclass(frozen=True, slots=True)
class Responder:
    """A device that answered the probe, and with what it answered."""

    address: str
    port: int
    version: Version
    credential: Credential
    sys_object_id: Oid = ()
    sys_descr: bytes = b""
    sys_name: bytes = b""
    engine_id: bytes = b""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A v3 agent that answered the engine probe but let no credential in, or a device whose answers
    are not SNMP (`engine_id` is then empty)."""

    address: str
    port: int
    engine_id: bytes
    reason: str


class Session(Protocol):
    """One conversation with one device. Every method raises `SessionError` subclasses.

    A `SessionError` carries in `partial` what was read before the failure.
    """

    async def get(self, oids: Sequence[Oid]) -> dict[Oid, Value]:
        """The values of `oids`; what the agent does not have is simply not in the answer."""

    async def walk(self, root: Oid, *, limit: int) -> dict[Oid, Value]:
        """Everything below `root`, at most `limit` values; `WalkRefused` for a lying agent."""

    async def columns(self, roots: Sequence[Oid], *, limit: int) -> dict[Oid, Value]:
        """Everything below all of `roots`, at most `limit` values in sum.

        The columns of one table are read side by side, which costs far fewer datagrams than
        walking one after the other. Raises as `walk` does.
        """


class Kind(StrEnum):
    PRINTER = "printer"
    MULTIFUNCTION = "multifunction"
    PLOTTER = "plotter"
    LABEL_PRINTER = "label_printer"
    FAX = "fax"
    SCANNER = "scanner"
    CAMERA = "camera"
    PROJECTOR = "projector"
    TELEPHONE = "telephone"
    TELEPHONY = "telephony"
    NETWORK_DEVICE = "network_device"
    WIRELESS = "wireless"
    SERVER = "server"
    STORAGE = "storage"
    UPS = "ups"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why one field of an identity says what it says.

    field   kind, vendor, model, serial or firmware
    value   what this piece of evidence claims
    source  in the field's words: "Printer-MIB prtGeneralSerialNumber", "sysDescr pattern hp-sn"
    oid     dotted OID the claim was read from, "" where none
    chosen  whether the identity's field was taken from it
    """

    field: str
    value: str
    source: str
    oid: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device is. Empty strings mean "not known", never a guess."""

    kind: Kind = Kind.OTHER
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    evidence: tuple[Evidence, ...] = ()


class SupplyState(StrEnum):
    OK = "ok"
    LOW = "low"
    EMPTY = "empty"
    SOME_REMAINS = "some_remains"  # RFC 3805 prtMarkerSuppliesLevel -3
    UNKNOWN = "unknown"  # -2
    UNRESTRICTED = "unrestricted"  # -1: no restriction on this parameter


@dataclass(frozen=True, slots=True)
class Supply:
    """One row of prtMarkerSuppliesTable (RFC 3805 §5.2). `level_percent` 0-100, or None."""

    name: str
    type: str
    color: str
    level_percent: int | None
    state: SupplyState
    index: str = ""


@dataclass(frozen=True, slots=True)
class Tray:
    """One row of prtInputTable. `level`/`capacity` in sheets (or the row's unit), None unknown."""

    name: str
    media: str
    level: int | None
    capacity: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One row of prtAlertTable, or a line of the console display (`source`)."""

    source: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Interface:
    """One row of ifTable / ifXTable. `speed` in Mbit/s, 0 unknown; `mac` lower case with colons."""

    index: int
    name: str
    type: int
    mac: str
    oper_up: bool | None
    speed: int
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A device that a switch heard on a port, through LLDP, LLDP-MED or CDP.

    `capabilities` are LLDP's names (bridge, router, wlanAccessPoint, telephone, ...).
    """

    protocol: str
    local_port: str
    chassis: str
    port: str = ""
    name: str = ""
    description: str = ""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    asset_tag: str = ""
    addresses: tuple[str, ...] = ()
    mac: str = ""
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BridgeEntry:
    """A learnt MAC on a switch port (BRIDGE-MIB / Q-BRIDGE-MIB). `vlan` None where untold."""

    mac: str
    port: str
    vlan: int | None = None


@dataclass(frozen=True, slots=True)
class Storage:
    """A row of hrStorageTable; sizes in bytes."""

    name: str
    size: int
    used: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything learnt of one device in one sweep."""

    address: str
    port: int
    version: Version
    identity: Identity
    credential_label: str = ""
    name: str = ""
    location: str = ""
    contact: str = ""
    macs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    page_count: int | None = None
    page_counters: Mapping[str, int] = field(default_factory=dict)
    supplies: tuple[Supply, ...] = ()
    trays: tuple[Tray, ...] = ()
    alerts: tuple[Alert, ...] = ()
    covers: Mapping[str, str] = field(default_factory=dict)
    interfaces: tuple[Interface, ...] = ()
    neighbors: tuple[Neighbor, ...] = ()
    bridge: tuple[BridgeEntry, ...] = ()
    arp: Mapping[str, str] = field(default_factory=dict)
    storage: tuple[Storage, ...] = ()
    software: tuple[str, ...] = ()
    sys_object_id: str = ""
    sys_descr: str = ""
    uptime_seconds: int | None = None
    engine_id: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """How hard to knock.

    rate        probe datagrams per second over routed ranges; None: 2,000 (attached ranges are
                slowed to what the neighbour table can hold, see `topology`)
    timeout     seconds to wait for one answer
    retries     further tries after the first
    concurrency devices interrogated at once
    max_hosts   largest number of addresses one sweep may cover
    """

    port: int = 161
    rate: int | None = None
    timeout: float = 1.0
    retries: int = 1
    concurrency: int = 64
    max_hosts: int = 65_536
    read_tables: bool = True


@dataclass(slots=True)
class Progress:
    """Numbers of a running sweep; `phase` is probing, interrogating or done."""

    phase: str = "probing"
    total: int = 0
    probed: int = 0
    answered: int = 0
    interrogated: int = 0
    failed: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)


OnProgress = Callable[[Progress], None]
OnFinding = Callable[[Finding], None]
