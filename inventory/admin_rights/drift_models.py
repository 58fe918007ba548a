"""Tables of observed administrators, of drift, and of the service accounts that are allowed."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.admin_rights.account_names import MAX_KEY, MAX_NAME
from inventory.db import choice, moment

CURRENT = sa.text("closed_at IS NULL")


class System(StrEnum):
    """Systems that know local administrators at all; tablets, phones and Chromebooks do not."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"


class DriftKind(StrEnum):
    """UNAUTHORISED: known whose account it is, and nothing allows it. UNVERIFIED: nobody knows
    whose it is. NOT_OBSERVED: granted, and the device does not show it."""

    UNAUTHORISED = "unauthorised"
    UNVERIFIED = "unverified"
    NOT_OBSERVED = "not_observed"


class DriftState(StrEnum):
    """RESOLVED by a person stands until the device tells anew: then it is closed, or open again."""

    OPEN = "open"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"


class AdminDevice(SQLModel, table=True):
    """A computer as it was last looked at for its administrators.

    told_at      the newest word that any source has of them; None: no source tells
    fleet_mark, asset_version  of what was looked at: as long as they stay, nothing has changed
    open_count, accepted_count   current drifts of it; what a person calls resolved counts as open
                 until the device itself says so
    looked_at    a little before it was looked at
    look_at      when it must be looked at again though nothing changes: something runs out then
    """

    __tablename__ = "admin_device"
    __table_args__ = (
        sa.Index(
            "ix_admin_device_counted", "asset_id", "open_count", "accepted_count", "told_at"
        ),
    )  # fmt: skip

    asset_id: int = Field(
        primary_key=True, foreign_key="asset.id", sa_column_kwargs={"autoincrement": False}
    )
    system: System = choice(System, "system")
    told_at: datetime | None = moment(nullable=True)
    fleet_mark: int = Field(default=0, sa_type=sa.BigInteger)
    asset_version: int = Field(default=0)
    open_count: int = Field(default=0)
    accepted_count: int = Field(default=0)
    look_at: datetime | None = moment(nullable=True, index=True)
    looked_at: datetime = moment()


class ObservedAdmin(SQLModel, table=True):
    """An account with administrator's rights, as one source told of one device.

    account_key  see `account_names`; `account` as it was told
    source       "enrolment", or the vendor's name
    account_id   the account here that it is, where that is sure; `staff`: of the technology
                 department
    observed_at  when the source last told of it; first_at: since when it does
    """

    __tablename__ = "observed_admin"
    __table_args__ = (
        sa.UniqueConstraint("asset_id", "account_key", "source"),
        sa.Index("ix_observed_admin_known", "account_key", "account_id", "staff"),
    )

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id")
    account_key: str = Field(max_length=MAX_KEY)
    source: str = Field(max_length=50)
    account: str = Field(max_length=MAX_NAME)
    account_id: int | None = Field(default=None)
    staff: bool = Field(default=False)
    observed_at: datetime = moment()
    first_at: datetime = moment()


class AdminDrift(SQLModel, table=True):
    """A task: an administrator who should not be, or one who should and is not.

    sources      who tells of it, e.g. "enrolment, fleet"
    account_id   the account here that it is; person_id its person; None where nobody knows
    grant_id     the grant that is not observed
    first_at     since when a source has told of it, or since when it was granted
    closed_at    when it was gone; a current one has none
    decided_*    who accepted or resolved it, when, and why
    """

    __tablename__ = "admin_drift"
    __table_args__ = (
        sa.Index(
            "uq_admin_drift_current", "asset_id", "kind", "account_key", unique=True,
            sqlite_where=CURRENT, postgresql_where=CURRENT,
        ),
        sa.Index(
            "ix_admin_drift_first_at_id", "first_at", "id",
            sqlite_where=CURRENT, postgresql_where=CURRENT,
        ),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    kind: DriftKind = choice(DriftKind, "kind")
    state: DriftState = choice(DriftState, "state", default=DriftState.OPEN)
    account_key: str = Field(max_length=MAX_KEY)
    account: str = Field(max_length=MAX_NAME)
    sources: str = Field(default="", max_length=200)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    grant_id: int | None = Field(default=None)
    first_at: datetime = moment()
    opened_at: datetime = moment()
    decided_by: str = Field(default="", max_length=200)
    decided_by_id: int | None = Field(default=None)
    decided_at: datetime | None = moment(nullable=True)
    note: str = Field(default="", max_length=1000)
    closed_at: datetime | None = moment(nullable=True)
    version: int = Field(default=1)


class AllowedAccount(SQLModel, table=True):
    """A service account that may be administrator. A row is never deleted: it ends.

    pattern  a name's key, or its beginning with `*` behind it
    system     None: of all; site_id: at this place and below, None in the whole district
    reach_key  both in one text, for the index that allows one entry of each
    """

    __tablename__ = "allowed_account"
    __table_args__ = (
        sa.Index(
            "uq_allowed_account_current",
            "pattern",
            "reach_key",
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    pattern: str = Field(max_length=MAX_KEY)
    system: System | None = choice(System, "system", default=None, nullable=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    reach_key: str = Field(max_length=40)
    reason: str = Field(max_length=1000)
    until: datetime = moment(index=True)
    added_at: datetime = moment()
    added_by: str = Field(max_length=200)
    added_by_id: int | None = Field(default=None)
    removed_at: datetime | None = moment(nullable=True)
    removed_by: str = Field(default="", max_length=200)
    removed_reason: str = Field(default="", max_length=1000)
    version: int = Field(default=1)
