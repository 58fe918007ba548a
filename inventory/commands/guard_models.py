"""Tables of what keeps commands from running away: breaker, policy, foreign wipes, sealed codes."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import moment, new_uid


class Breaker(SQLModel, table=True):
    """One row for the district; sending locks it, so that budgets are counted one at a time.

    tripped_by_id  whose command opened it: that person does not close it
    close_asked_*  the first of two who close it
    tick_at        when the watch last ran, by this database's servers
    audit_*        as far as the audit chain was found whole
    """

    __tablename__ = "command_breaker"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.CheckConstraint(
            "closed_by_id IS NULL OR closed_by_id <> close_asked_by_id", name="two_persons"
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    open: bool = Field(default=False)
    cause: str = Field(default="", max_length=40)
    detail: str = Field(default="", max_length=500)
    opened_at: datetime | None = moment(nullable=True)
    tripped_by_id: int | None = Field(default=None)
    close_asked_by: str = Field(default="", max_length=200)
    close_asked_by_id: int | None = Field(default=None)
    close_asked_at: datetime | None = moment(nullable=True)
    close_reason: str = Field(default="", max_length=1000)
    closed_by: str = Field(default="", max_length=200)
    closed_by_id: int | None = Field(default=None)
    closed_at: datetime | None = moment(nullable=True)
    tick_at: datetime | None = moment(nullable=True)
    version: int = Field(default=1)


class BreakerEvent(SQLModel, table=True):
    """The breaker's history. `what`: opened, cause_added, close_asked, kept_open or closed."""

    __tablename__ = "command_breaker_event"

    id: int = Field(default=None, primary_key=True)
    at: datetime = moment(index=True)
    what: str = Field(max_length=20)
    cause: str = Field(default="", max_length=40)
    detail: str = Field(default="", max_length=1000)
    by: str = Field(default="", max_length=200)
    by_id: int | None = Field(default=None)


class PolicyValue(SQLModel, table=True):
    """A rule that the district has set; the others have their defaults."""

    __tablename__ = "command_policy_value"

    name: str = Field(primary_key=True, max_length=60)
    value: int
    changed_at: datetime = moment()
    changed_by: str = Field(max_length=200)


class PolicyChange(SQLModel, table=True):
    """A change of a rule. One that weakens waits for a second person (`state` "asked").

    state   asked, applied, refused or expired
    """

    __tablename__ = "command_policy_change"
    __table_args__ = (
        sa.CheckConstraint("state IN ('asked', 'applied', 'refused', 'expired')", name="state"),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR NOT weakens OR state <> 'applied' "
            "OR asked_by_id IS NULL OR decided_by_id <> asked_by_id",
            name="two_persons",
        ),
        sa.CheckConstraint(
            "NOT weakens OR state <> 'applied' OR decided_by_id IS NOT NULL", name="decided"
        ),
        sa.Index(
            "uq_command_policy_change_asked",
            "name",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    before: int
    after: int
    weakens: bool
    reason: str = Field(max_length=1000)
    state: str = Field(default="asked", max_length=20)
    asked_by: str = Field(max_length=200)
    asked_by_id: int | None = Field(default=None)
    asked_at: datetime = moment()
    decided_by: str = Field(default="", max_length=200)
    decided_by_id: int | None = Field(default=None)
    decided_at: datetime | None = moment(nullable=True)


class ForeignWipe(SQLModel, table=True):
    """A device that its vendor says is being, or was, erased, and not by us.

    `known_before`: it was so when we first saw the device, and counts for nothing.
    """

    __tablename__ = "command_foreign_wipe"

    id: int = Field(default=None, primary_key=True)
    device_key: str = Field(max_length=560, unique=True)
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    state: str = Field(max_length=256)
    known_before: bool = Field(default=False)
    seen_at: datetime = moment(index=True)


class BreakGlassCode(SQLModel, table=True):
    """A one-time code out of a sealed envelope. Only its hash is kept: it has 160 random bits."""

    __tablename__ = "command_break_glass"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    code_hash: str = Field(max_length=64, unique=True, repr=False)
    made_at: datetime = moment()
    made_by: str = Field(max_length=200)
    revoked_at: datetime | None = moment(nullable=True)
    used_at: datetime | None = moment(nullable=True)
    used_by: str = Field(default="", max_length=200)
    command_id: int | None = Field(default=None, foreign_key="device_command.id", index=True)
    review_due_at: datetime | None = moment(nullable=True, index=True)
    reviewed_at: datetime | None = moment(nullable=True)
    reviewed_by: str = Field(default="", max_length=200)
    reviewed_by_id: int | None = Field(default=None)
    review: str = Field(default="", max_length=1000)
