"""The table of what vendors have told by webhook, as their connectors write it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import moment, new_uid, sealed

MAX_VALUE = 60_000
"""Characters of a sealed value; what is kept of a device has some 3,000."""


class MdmMemory(SQLModel, table=True):
    """One value of one connection (`mdm.memory`); it may hold an unlock token, so it is sealed."""

    __tablename__ = "mdm_memory"
    __table_args__ = (sa.UniqueConstraint("connection_id", "key"),)

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    connection_id: int = Field(foreign_key="mdm_connection.id")
    key: str = Field(max_length=400)
    sealed_value: str = sealed(max_length=MAX_VALUE)
    updated_at: datetime = moment()
