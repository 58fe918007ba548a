"""Tables of what changes with time: addresses, switch ports, supplies and page counters.

Each keeps its history as rows; `current` marks the one that holds now, guarded by a partial
unique index so that two writers cannot both believe to be current.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment
from snmp_discovery.types import SupplyState

_SQLITE, _POSTGRES = sa.text("current = 1"), sa.text("current")


def _one_current(name: str, *columns: str) -> sa.Index:
    return sa.Index(name, *columns, unique=True, sqlite_where=_SQLITE, postgresql_where=_POSTGRES)


class Continuity(StrEnum):
    """How a counter's value follows from the one before."""

    FIRST = "first"
    FORWARD = "forward"
    WRAPPED = "wrapped"
    RESET = "reset"


class AssetAddress(SQLModel, table=True):
    """A stay of an asset at an address at which it answered. Several may be current."""

    __tablename__ = "asset_address"
    __table_args__ = (_one_current("uq_asset_address_current", "asset_id", "address"),)

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    address: str = Field(max_length=80, index=True)
    mac: str = Field(default="", max_length=17)
    network_id: int | None = Field(default=None, foreign_key="network.id", index=True)
    first_at: datetime = moment()
    last_at: datetime = moment()
    current: bool = Field(default=True)


class AssetPort(SQLModel, table=True):
    """The switch port behind which an asset was found. `source`: lldp, cdp or bridge."""

    __tablename__ = "asset_port"
    __table_args__ = (_one_current("uq_asset_port_current", "asset_id"),)

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    switch_asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    switch_name: str = Field(default="", max_length=200)
    port: str = Field(max_length=80)
    vlan: int | None = Field(default=None)
    source: str = Field(max_length=10)
    first_at: datetime = moment()
    last_at: datetime = moment()
    current: bool = Field(default=True)


class SupplyReading(SQLModel, table=True):
    """A supply's state from `at` until the next row of the same supply.

    level_percent  0-100; None where the device does not tell it (`state` says what it does tell)
    """

    __tablename__ = "supply_reading"
    __table_args__ = (
        _one_current("uq_supply_reading_current", "asset_id", "supply_index"),
        sa.Index("ix_supply_reading_asset_id_at", "asset_id", "at"),
        sa.Index(
            "ix_supply_reading_current_state",
            "state",
            "asset_id",
            "at",
            sqlite_where=_SQLITE,
            postgresql_where=_POSTGRES,
        ),
        sa.CheckConstraint("level_percent BETWEEN 0 AND 100", name="level"),
    )

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id")
    supply_index: str = Field(max_length=40)
    name: str = Field(default="", max_length=200)
    type: str = Field(default="", max_length=40)
    color: str = Field(default="", max_length=40)
    level_percent: int | None = Field(default=None)
    state: SupplyState = choice(SupplyState, "state")
    at: datetime = moment()
    current: bool = Field(default=True)


class PageReading(SQLModel, table=True):
    """A page counter on one day.

    value  what the counter showed last on that day
    added  pages counted on that day since the reading before; never negative
    epoch  starts at 0 and grows whenever the counter began anew (reset, exchanged board)
    """

    __tablename__ = "page_reading"
    __table_args__ = (
        _one_current("uq_page_reading_current", "asset_id", "counter"),
        sa.UniqueConstraint("asset_id", "counter", "day", "epoch"),
        sa.CheckConstraint("added >= 0", name="added"),
    )

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id")
    counter: str = Field(max_length=60)
    day: date
    epoch: int = Field(default=0)
    value: int = Field(sa_type=sa.BigInteger)
    added: int = Field(default=0, sa_type=sa.BigInteger)
    continuity: Continuity = choice(Continuity, "continuity", default=Continuity.FIRST)
    at: datetime = moment()
    current: bool = Field(default=True)
