"""Table of what a computer last told of itself, beside what the inventory records."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import moment


class EnrolledState(SQLModel, table=True):
    """One row for each computer that enrolled; None where it did not tell.

    antimalware     list of {product, running, definitions_on}
    administrators  names of accounts with administrator's rights on the computer
    software        list of [name, version]
    digest          of all that was told: an equal report changes nothing
    """

    __tablename__ = "enrolled_state"

    asset_id: int = Field(primary_key=True, foreign_key="asset.id")
    system: str = Field(default="", max_length=20)
    system_version: str = Field(default="", max_length=200)
    encrypted: bool | None = Field(default=None)
    firewall: bool | None = Field(default=None)
    antimalware: list[Any] | None = Field(default=None, sa_type=sa.JSON, nullable=True)
    administrators: list[Any] | None = Field(default=None, sa_type=sa.JSON, nullable=True)
    software: list[Any] | None = Field(default=None, sa_type=sa.JSON, nullable=True)
    digest: str = Field(max_length=64)
    told_by: str = Field(max_length=200)
    first_at: datetime = moment()
    changed_at: datetime = moment()
    told_at: datetime = moment(index=True)
