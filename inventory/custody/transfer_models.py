"""Tables of transfers: devices that one school asks for and another one sends."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid


class TransferState(StrEnum):
    """requested, approved, in transit, closed; or refused by the giving school, or cancelled."""

    REQUESTED = "requested"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """What became of one device. CHOSEN and IN_TRANSIT are open.

    damaged   it arrived, and is broken
    missing   it was not among what arrived
    left_out  taken from the list again, or the transfer ended before it was sent
    """

    CHOSEN = "chosen"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    DAMAGED = "damaged"
    MISSING = "missing"
    LEFT_OUT = "left_out"


OPEN = sa.text("state IN ('chosen', 'in_transit')")


class Transfer(SQLModel, table=True):
    """From one place to another.

    what      what is asked for, in words; `wanted`: how many
    in_hand   the device was there already, and was taken over in one act
    reason    why it was refused or cancelled
    """

    __tablename__ = "transfer"
    __table_args__ = (
        sa.CheckConstraint("from_site_id <> to_site_id", name="two_places"),
        sa.CheckConstraint("wanted > 0", name="wanted"),
        sa.Index("ix_transfer_from_site_id_state", "from_site_id", "state"),
        sa.Index("ix_transfer_to_site_id_state", "to_site_id", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    from_site_id: int = Field(foreign_key="site.id")
    to_site_id: int = Field(foreign_key="site.id")
    state: TransferState = choice(TransferState, "state", default=TransferState.REQUESTED)
    what: str = Field(max_length=200)
    wanted: int
    note: str = Field(default="", max_length=1000)
    in_hand: bool = Field(default=False)
    requested_at: datetime = moment()
    requested_by: str = Field(max_length=200)
    approved_at: datetime | None = moment(nullable=True)
    approved_by: str = Field(default="", max_length=200)
    shipped_at: datetime | None = moment(nullable=True)
    shipped_by: str = Field(default="", max_length=200)
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=1000)
    version: int = Field(default=1)


class TransferItem(SQLModel, table=True):
    """One device of a transfer. A device is in one open transfer at most."""

    __tablename__ = "transfer_item"
    __table_args__ = (
        sa.UniqueConstraint("transfer_id", "asset_id"),
        sa.Index(
            "uq_transfer_item_open", "asset_id", unique=True, sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        sa.Index("ix_transfer_item_asset_id_id", "asset_id", "id"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    transfer_id: int = Field(foreign_key="transfer.id")
    asset_id: int = Field(foreign_key="asset.id")
    state: ItemState = choice(ItemState, "state", default=ItemState.CHOSEN)
    settled_at: datetime | None = moment(nullable=True)
    settled_by: str = Field(default="", max_length=200)
