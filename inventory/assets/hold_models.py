"""Table of holds: a freeze on a device for an investigation, a search or a legal duty."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid


class HoldKind(StrEnum):
    """Why a device is frozen."""

    INVESTIGATION = "investigation"
    LEGAL = "legal"


class Hold(SQLModel, table=True):
    """A hold is in force from `raised_at` until `released_at`; a device may be under several.

    case_number      how the district calls the matter; never a person's name
    release_*        the first of two persons who let it go; the second is `released_by`
    """

    __tablename__ = "hold"
    __table_args__ = (
        sa.CheckConstraint(
            "released_by_id IS NULL OR released_by_id <> release_asked_by_id", name="two_persons"
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_somebody"
        ),
        sa.Index("ix_hold_asset_id_released_at", "asset_id", "released_at"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    asset_id: int = Field(foreign_key="asset.id")
    kind: HoldKind = choice(HoldKind, "kind")
    case_number: str = Field(default="", max_length=80)
    reason: str = Field(max_length=1000)
    raised_by: str = Field(max_length=200)
    raised_by_id: int | None = Field(default=None)
    raised_at: datetime = moment()
    release_asked_by: str = Field(default="", max_length=200)
    release_asked_by_id: int | None = Field(default=None)
    release_asked_at: datetime | None = moment(nullable=True)
    release_reason: str = Field(default="", max_length=1000)
    released_by: str = Field(default="", max_length=200)
    released_by_id: int | None = Field(default=None)
    released_at: datetime | None = moment(nullable=True)
    version: int = Field(default=1)
