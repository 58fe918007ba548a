"""Table of what people have chosen for themselves."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice


class PreferenceName(StrEnum):
    """What can be chosen."""

    LANGUAGE = "language"
    TIMEZONE = "timezone"
    THEME = "theme"
    DENSITY = "density"
    ASSET_COLUMNS = "asset_columns"
    SCAN_GAP_MS = "scan_gap_ms"


class Preference(SQLModel, table=True):
    """One choice of an account; what was never chosen has no row."""

    __tablename__ = "preference"

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    name: PreferenceName = choice(PreferenceName, "name", primary_key=True)
    value: Any = Field(sa_type=sa.JSON, nullable=False)
