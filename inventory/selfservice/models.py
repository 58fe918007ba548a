"""Tables of self-service: what people report of their devices, and whether they still have them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment

TEXT_LENGTH, TITLE_LENGTH = 2000, 120
STILL_OPEN = sa.text("closed_at IS NULL")


class ReportKind(StrEnum):
    """What is wrong with a device, as its holder says."""

    LOST = "lost"
    STOLEN = "stolen"
    BROKEN = "broken"
    OTHER = "other"


class DeviceReport(SQLModel, table=True):
    """What a person told of the device that they have. It changes nothing by itself: a technician
    looks at it and closes it. At most one is open for a custody."""

    __tablename__ = "device_report"
    __table_args__ = (
        sa.Index(
            "uq_device_report_open", "custody_id", unique=True, sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        sa.Index("ix_device_report_closed_at_id", "closed_at", "id"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    custody_id: int = Field(foreign_key="custody.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: ReportKind = choice(ReportKind, "kind")
    text: str = Field(default="", max_length=TEXT_LENGTH)
    reported_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = Field(default="", max_length=200)
    closed_by_id: int | None = Field(default=None)
    note: str = Field(default="", max_length=TEXT_LENGTH)


class HoldingCheck(SQLModel, table=True):
    """People of a school are asked whether they still have what they were given."""

    __tablename__ = "holding_check"

    id: int = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    title: str = Field(max_length=TITLE_LENGTH)
    asked_at: datetime = moment()
    asked_by: str = Field(max_length=200)
    asked_by_id: int | None = Field(default=None)


class HoldingAnswer(SQLModel, table=True):
    """ "I still have it", or not: evidence of who has a device. Never changed; the newest one
    counts."""

    __tablename__ = "holding_answer"
    __table_args__ = (sa.Index("ix_holding_answer_custody_id_at", "custody_id", "at"),)

    id: int = Field(default=None, primary_key=True)
    custody_id: int = Field(foreign_key="custody.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    has_it: bool
    at: datetime = moment()
