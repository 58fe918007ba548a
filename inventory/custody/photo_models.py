"""Which photos of a device belong to a custody."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment


class Side(StrEnum):
    """When the photo was taken: as the device was handed out, or as it was handed in."""

    OUT = "out"
    IN = "in"


class CustodyPhoto(SQLModel, table=True):
    """A file of the device, kept for as long as the custody is: for ever."""

    __tablename__ = "custody_photo"
    __table_args__ = (sa.UniqueConstraint("custody_id", "side", "attachment_id"),)

    id: int = Field(default=None, primary_key=True)
    custody_id: int = Field(foreign_key="custody.id")
    attachment_id: int = Field(foreign_key="attachment.id", index=True)
    side: Side = choice(Side, "side")
    added_at: datetime = moment()
