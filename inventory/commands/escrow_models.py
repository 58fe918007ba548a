"""Tables of what commands bring to light: PINs that open a device, and where it was. Sealed."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import moment, new_uid, sealed


class PinEscrow(SQLModel, table=True):
    """A PIN or passcode of a device. A row is never overwritten and never deleted: the device may
    still ask for an earlier one.

    source  "generated" by us and kept before it was sent, or told by the "vendor"
    """

    __tablename__ = "command_pin"
    __table_args__ = (
        sa.CheckConstraint("source IN ('generated', 'vendor')", name="source"),
        sa.Index("ix_command_pin_asset_id_id", "asset_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    command_id: int = Field(foreign_key="device_command.id", index=True)
    asset_id: int = Field(foreign_key="asset.id")
    device_key: str = Field(max_length=560)
    source: str = Field(max_length=10)
    sealed_pin: str = sealed()
    at: datetime = moment()


class PlaceFix(SQLModel, table=True):
    """Where a device was, kept for a short time. The text is JSON: latitude, longitude, accuracy
    in metres, and when."""

    __tablename__ = "command_place"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    command_id: int = Field(foreign_key="device_command.id", unique=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    sealed_place: str = sealed()
    at: datetime = moment()
    expires_at: datetime = moment(index=True)
