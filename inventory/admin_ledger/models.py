"""Tables of the ledger. A grant's row is never deleted; its end stands in it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid


class Level(StrEnum):
    """ADMINISTRATOR: of the local administrators all the time. ELEVATE: a standard user who may
    raise the own rights for a while, as the vendors' elevation tools do it."""

    ADMINISTRATOR = "administrator"
    ELEVATE = "elevate"


class GrantState(StrEnum):
    """REQUESTED and ACTIVE are open. What is active by its row has expired by the clock alone as
    soon as `ends_at` is past."""

    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Cause(StrEnum):
    """What ended a grant, or a request."""

    TIME = "time"
    PERSON = "person"
    REVIEW = "review"
    RETURNED = "returned"
    LEFT = "left"
    STATUS = "status"


OPEN = sa.text("state IN ('requested', 'active')")


class AdminGrant(SQLModel, table=True):
    """One person's admin rights on one device, or on a school's devices of one kind.

    asset_id         the device; or else
    site_id, category  every device of this kind at this place and below
    temporary        for hours: it begins when it is authorised
    starts_at        from when; of a temporary one that waits, when it was asked for
    requested_by_id  the account that asked, None for the system; never the one that authorises
    """

    __tablename__ = "admin_grant"
    __table_args__ = (
        sa.CheckConstraint(
            "(asset_id IS NOT NULL AND site_id IS NULL AND category IS NULL)"
            " OR (asset_id IS NULL AND site_id IS NOT NULL AND category IS NOT NULL)",
            name="one_reach",
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint(
            "requested_by_id IS NULL OR decided_by_id IS NULL OR requested_by_id <> decided_by_id",
            name="two_people",
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'expired', 'revoked') OR decided_by_id IS NOT NULL",
            name="authorised_by_somebody",
        ),
        sa.Index(
            "uq_admin_grant_open_asset", "person_id", "asset_id", unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        sa.Index(
            "uq_admin_grant_open_group", "person_id", "site_id", "category", unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        ),
        sa.Index(
            "ix_admin_grant_open_asset", "asset_id", sqlite_where=OPEN, postgresql_where=OPEN
        ),
        sa.Index("ix_admin_grant_open_end", "ends_at", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_admin_grant_asset_id_id", "asset_id", "id"),
        sa.Index("ix_admin_grant_person_id_id", "person_id", "id"),
        sa.Index("ix_admin_grant_state_id", "state", "id"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    person_id: int = Field(foreign_key="person.id")
    asset_id: int | None = Field(default=None, foreign_key="asset.id")
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    category: str | None = Field(default=None, max_length=40)
    level: Level = choice(Level, "level")
    temporary: bool = Field(default=False)
    state: GrantState = choice(GrantState, "state", default=GrantState.REQUESTED)
    reason: str = Field(max_length=1000)
    ticket: str = Field(default="", max_length=80)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    requested_at: datetime = moment()
    requested_by: str = Field(max_length=200)
    requested_by_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str = Field(default="", max_length=200)
    decided_by_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    ended_at: datetime | None = moment(nullable=True)
    ended_by: str = Field(default="", max_length=200)
    cause: Cause | None = choice(Cause, "cause", default=None, nullable=True)
    end_note: str = Field(default="", max_length=1000)
    version: int = Field(default=1)


class AdminReview(SQLModel, table=True):
    """A campaign: every grant that was active in its places is kept or ended until it is due.

    site_id  whose devices it is about, with all below; None: the district's
    """

    __tablename__ = "admin_review"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    opened_at: datetime = moment()
    opened_by: str = Field(max_length=200)
    due_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = Field(default="", max_length=200)


class AdminReviewItem(SQLModel, table=True):
    """One grant of a campaign. `kept`: None while nobody has decided."""

    __tablename__ = "admin_review_item"
    __table_args__ = (sa.UniqueConstraint("review_id", "grant_id"),)

    id: int = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="admin_review.id")
    grant_id: int = Field(foreign_key="admin_grant.id", index=True)
    end_before: datetime = moment()
    kept: bool | None = Field(default=None)
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)
