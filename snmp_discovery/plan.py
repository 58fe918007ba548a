"""Which tables are worth asking a device for, by what kind of device it seems to be.

Every table has a cap in values; the columns of one request are read side by side. An agent that
does not have a table answers one datagram and is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from snmp_discovery import oids
from snmp_discovery.clues import PRINTING
from snmp_discovery.types import Kind, Oid


@dataclass(frozen=True, slots=True)
class Table:
    """Columns to read together, at most `limit` values in sum. `name` stands in warnings."""

    name: str
    columns: tuple[Oid, ...]
    limit: int


def _columns(root: Oid, *numbers: int) -> tuple[Oid, ...]:
    return tuple((*root, number) for number in numbers)


_INTERFACE = (oids.IF_DESCR, oids.IF_TYPE, oids.IF_PHYS_ADDRESS, oids.IF_OPER_STATUS, oids.IF_SPEED)
_ADDRESSES = (oids.IP_AD_ENT_ADDR, oids.IP_ADDRESS_IF_INDEX)

SMALL = Table(
    "interfaces and addresses",
    (*_INTERFACE, *_ADDRESSES, oids.HR_DEVICE_TYPE, oids.HR_DEVICE_DESCR),
    256,
)
INTERFACES = Table(
    "interfaces", (*_INTERFACE, oids.IF_NAME, oids.IF_HIGH_SPEED, oids.IF_ALIAS), 8192
)
ADDRESSES = Table("addresses", _ADDRESSES, 1024)
RADIOS = Table("radios", (oids.DOT11_MANUFACTURER, oids.DOT11_PRODUCT, oids.DOT11_FIRMWARE), 48)

SIGNS = Table(
    "signs of its kind",
    (oids.DOT11_MANUFACTURER, oids.DOT11_PRODUCT, oids.DOT1D_BASE_PORT_IF_INDEX, oids.IF_TYPE),
    96,
)
"""Asked of a device that nothing has told the kind of."""

PRINTER = (
    Table("supplies", _columns(oids.PRT_SUPPLIES, 2, 3, 4, 5, 6, 7, 8, 9), 512),
    Table(
        "input trays",
        (*_columns(oids.PRT_INPUT, 8, 9, 10, 11, 12, 13, 18), oids.PRT_COLORANT_VALUE),
        400,
    ),
    Table(
        "covers, console and alerts",
        (
            oids.PRT_COVER_DESCR,
            oids.PRT_COVER_STATUS,
            oids.PRT_CONSOLE_TEXT,
            oids.PRT_MARKER_LIFE,
            oids.PRT_MARKER_UNIT,
            *_columns(oids.PRT_ALERT, 2, 4, 7, 8),
        ),
        512,
    ),
)
SWITCH = (
    Table("LLDP neighbours", _columns(oids.LLDP_REM, 4, 5, 6, 7, 8, 9, 10, 11, 12), 9216),
    Table("LLDP neighbours' addresses", (oids.LLDP_REM_MAN_ADDR,), 1024),
    Table(
        "LLDP ports",
        (oids.LLDP_LOC_PORT_SUBTYPE, oids.LLDP_LOC_PORT_ID, oids.LLDP_LOC_PORT_DESCR),
        3072,
    ),
    Table("LLDP-MED inventory", _columns(oids.LLDP_MED_REM_INVENTORY, 1, 2, 3, 4, 5, 6, 7), 7168),
    Table("CDP neighbours", _columns(oids.CDP_CACHE, 3, 4, 5, 6, 7, 8, 9), 3584),
    Table("bridge ports", (oids.DOT1D_BASE_PORT_IF_INDEX,), 2048),
    Table("VLANs", (oids.DOT1Q_VLAN_FDB_ID,), 4096),
)
FORWARDING_Q = Table("forwarding table", (oids.DOT1Q_TP_FDB_PORT,), 16_384)
FORWARDING = Table("forwarding table", (oids.DOT1D_TP_FDB_PORT,), 16_384)
ARP = Table("ARP table", (oids.IP_NET_TO_MEDIA_PHYS,), 8192)

STORAGE = Table("storage", _columns(oids.HR_STORAGE_TABLE, 2, 3, 4, 5, 6), 1280)
SOFTWARE = Table("installed software", (oids.HR_SW_INSTALLED_NAME,), 1000)

UPS = Table("UPS alarms", (oids.UPS_ALARM_DESCR,), 64)

ENTITY_SHAPE = Table("physical entities", (oids.ENT_CLASS, oids.ENT_CONTAINED_IN), 768)
ENTITY_FLAT = Table("physical entities", (oids.ENT_SERIAL, oids.ENT_MODEL, oids.ENT_DESCR), 96)
ENTITY_COLUMNS = (
    oids.ENT_DESCR,
    oids.ENT_NAME,
    oids.ENT_FIRMWARE,
    oids.ENT_SOFTWARE,
    oids.ENT_SERIAL,
    oids.ENT_MANUFACTURER,
    oids.ENT_MODEL,
)
MAX_ENTITIES = 12

WITHOUT_ENTITIES = (PRINTING | {Kind.CAMERA, Kind.UPS}) - {Kind.SCANNER}
"""Kinds that do not keep an ENTITY-MIB worth a question."""


def tables_for(kind: Kind) -> list[Table]:
    """The tables to read of a device of this kind, the most useful first."""
    if kind in PRINTING:
        return [SMALL, *PRINTER]
    if kind is Kind.NETWORK_DEVICE:
        return [INTERFACES, ADDRESSES, *SWITCH, ARP]
    if kind is Kind.WIRELESS:
        return [INTERFACES, ADDRESSES, RADIOS, *SWITCH]
    if kind in (Kind.SERVER, Kind.STORAGE):
        return [INTERFACES, ADDRESSES, STORAGE, SOFTWARE]
    if kind is Kind.UPS:
        return [SMALL, UPS]
    return [SMALL]
