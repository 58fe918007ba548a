"""Tables of the fleet: connections to vendors, the devices they tell of, syncs and alarms."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.assets.kinds import Outcome
from inventory.db import choice, moment, new_uid, sealed
from mdm.types import Ownership, Platform


class Mode(StrEnum):
    """DRY_RUN: commands over this connection are logged and never sent."""

    DRY_RUN = "dry_run"
    LIVE = "live"


class SyncScope(StrEnum):
    """FULL lists everything, and alone can tell what is gone; INCREMENTAL what changed since."""

    FULL = "full"
    INCREMENTAL = "incremental"


class SyncState(StrEnum):
    """QUEUED and RUNNING are open; the others are final."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class AlarmKind(StrEnum):
    """What about a connection needs a person; TAGS: our tags are not written to the vendor."""

    FEWER_DEVICES = "fewer_devices"
    CREDENTIAL = "credential"
    LICENCE = "licence"
    ANSWERS = "answers"
    UNREACHABLE = "unreachable"
    EXPIRES = "expires"
    TAGS = "tags"


OPEN_SYNCS = (SyncState.QUEUED, SyncState.RUNNING)
_OPEN = sa.text("state IN ('queued', 'running')")
_UNSETTLED = sa.text("closed_at IS NULL")
MAX_CONFIG = 60_000
"""Characters of a sealed configuration; a service account's key file has about 3,000."""


class MdmConnection(SQLModel, table=True):
    """One tenant of one vendor, as the district reaches it.

    read_config    sealed JSON of the vendor's settings, for reading; act_config for acting
    address        a simulated vendor on this machine; "" for the real one
    create_assets  devices that nothing is known of become assets, with a tag of `tag_prefix`'s
                   counter; else they wait for a person
    write_tags     our asset tag is written to the vendor's record of the device
    every_minutes, full_at   when to sync incrementally, and in full ("HH:MM", local time)
    heard_since    an incremental sync asks for what the vendor has heard of since then
    devices        that a full sync saw last
    """

    __tablename__ = "mdm_connection"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    vendor: str = Field(max_length=50)
    label: str = Field(max_length=80, unique=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    read_config: str = sealed(max_length=MAX_CONFIG)
    act_config: str | None = sealed(nullable=True, max_length=MAX_CONFIG)
    address: str = Field(default="", max_length=200)
    mode: Mode = choice(Mode, "mode", default=Mode.DRY_RUN)
    enabled: bool = Field(default=True, description="synced by its schedule")
    create_assets: bool = Field(default=True, description="unknown devices become assets")
    tag_prefix: str | None = Field(default=None, max_length=40)
    write_tags: bool = Field(default=False, description="our tags are written to the vendor")
    every_minutes: int | None = Field(default=30, description="incremental sync")
    full_at: str | None = Field(default="01:30", max_length=5, description="HH:MM, local time")
    next_incremental: datetime | None = moment(nullable=True, index=True)
    next_full: datetime | None = moment(nullable=True, index=True)
    next_tags: datetime | None = moment(nullable=True)
    heard_since: datetime | None = moment(nullable=True)
    devices: int = Field(default=0)
    last_sync_at: datetime | None = moment(nullable=True)
    last_ok_at: datetime | None = moment(nullable=True)
    last_full_at: datetime | None = moment(nullable=True)
    last_error: str = Field(default="", max_length=1000)
    token_expires_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()
    updated_at: datetime = moment()
    version: int = Field(default=1)


class MdmDevice(SQLModel, table=True):
    """A device as its vendor last told of it. Texts that are not told are empty, flags None.

    outcome      MATCHED: it is `asset_id`. NEW and CONFLICT wait for a person
    fingerprint  of everything told except the last check-in: an unchanged device costs little
    facts        what has no column of its own: hardware ids, extras, administrators, software
    sync_id      the sync that saw it last
    gone_at      when a complete list first lacked it
    tag_told     our tag as it was last written to the vendor
    """

    __tablename__ = "mdm_device"
    __table_args__ = (
        sa.UniqueConstraint("connection_id", "vendor_id"),
        sa.Index("ix_mdm_device_outcome_id", "outcome", "id"),
        # What changed since a look at all devices, without reading what they told.
        sa.Index("ix_mdm_device_asset_id_revision", "asset_id", "platform", "revision"),
    )

    id: int = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="mdm_connection.id")
    vendor_id: str = Field(max_length=512)
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    platform: Platform = choice(Platform, "platform")
    ownership: Ownership = choice(Ownership, "ownership", default=Ownership.UNKNOWN)
    serial: str = Field(default="", max_length=256, index=True)
    udid: str = Field(default="", max_length=256)
    enrolment: str = Field(default="", max_length=256)
    supervised: bool | None = Field(default=None)
    managed: bool | None = Field(default=None)
    state: str = Field(default="", max_length=256)
    locked: bool | None = Field(default=None)
    lost_mode: bool | None = Field(default=None)
    encrypted: bool | None = Field(default=None)
    passcode_set: bool | None = Field(default=None)
    passcode_compliant: bool | None = Field(default=None)
    compliant: bool | None = Field(default=None)
    manufacturer: str = Field(default="", max_length=256)
    model: str = Field(default="", max_length=256)
    os: str = Field(default="", max_length=256)
    os_version: str = Field(default="", max_length=256)
    name: str = Field(default="", max_length=256)
    assigned_user: str = Field(default="", max_length=256)
    asset_tag: str = Field(default="", max_length=256, description="as the vendor knows it")
    auto_update_until: date | None = Field(default=None)
    last_check_in: datetime | None = moment(nullable=True)
    enrolled_at: datetime | None = moment(nullable=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    fingerprint: str = Field(max_length=64)
    outcome: Outcome = choice(Outcome, "outcome", default=Outcome.NEW)
    reasons: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    candidates: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    decided_by: str = Field(default="", max_length=200)
    decided_at: datetime | None = moment(nullable=True)
    sync_id: int = Field(default=0)
    first_seen_at: datetime = moment()
    last_seen_at: datetime = moment()
    gone_at: datetime | None = moment(nullable=True)
    tag_told: str = Field(default="", max_length=64)
    tag_error: str = Field(default="", max_length=300)
    revision: int = Field(default=1, description="grows with every change; for If-Match")


class MdmSync(SQLModel, table=True):
    """One sync of one connection; it may take several attempts, each by one runner.

    accept_fewer  a person has said that it is right that there are fewer devices
    cursor        the vendor's, after the last page that was kept: where the next attempt goes on
    since         an incremental sync asks for what the vendor has heard of since then
    known         devices of the connection, not gone, when it began
    guarded       it saw far fewer than were known, so that nothing was marked as gone
    problem_rows  some of the rows that could not be read: [{"vendor_id", "reason"}]
    """

    __tablename__ = "mdm_sync"
    __table_args__ = (
        sa.Index(
            "uq_mdm_sync_open_connection",
            "connection_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_mdm_sync_connection_id_id", "connection_id", "id"),
        sa.Index("ix_mdm_sync_state_heartbeat_at", "state", "heartbeat_at"),
    )

    id: int = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="mdm_connection.id")
    scope: SyncScope = choice(SyncScope, "scope")
    state: SyncState = choice(SyncState, "state", default=SyncState.QUEUED)
    accept_fewer: bool = Field(default=False)
    requested_by: str = Field(max_length=200)
    requested_by_id: int | None = Field(default=None)
    requested_at: datetime = moment()
    started_at: datetime | None = moment(nullable=True)
    finished_at: datetime | None = moment(nullable=True)
    heartbeat_at: datetime | None = moment(nullable=True)
    cancel_requested: bool = Field(default=False)
    attempts: int = Field(default=0)
    runner: str = Field(default="", max_length=32)
    job_key: str = Field(default="", max_length=80)
    since: datetime | None = moment(nullable=True)
    cursor: str | None = Field(default=None, sa_type=sa.Text)
    listed: bool = Field(default=False, description="the vendor's list was read to its end")
    pages: int = Field(default=0)
    known: int = Field(default=0)
    seen: int = Field(default=0)
    new: int = Field(default=0)
    changed: int = Field(default=0)
    unchanged: int = Field(default=0)
    created: int = Field(default=0, description="of the new ones, that became assets")
    waiting: int = Field(default=0, description="that wait for a person")
    gone: int = Field(default=0)
    returned: int = Field(default=0, description="that were gone and are back")
    problems: int = Field(default=0, description="rows that could not be read")
    nameless: int = Field(default=0, description="of those, that did not tell whose they are")
    problem_rows: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    guarded: bool = Field(default=False)
    error: str = Field(default="", max_length=1000)
    notes: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)


class MdmAlarm(SQLModel, table=True):
    """Something about a connection that a person must look at; one open row per kind."""

    __tablename__ = "mdm_alarm"
    __table_args__ = (
        sa.Index(
            "uq_mdm_alarm_open",
            "connection_id",
            "kind",
            unique=True,
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        sa.Index("ix_mdm_alarm_connection_id_id", "connection_id", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="mdm_connection.id")
    kind: AlarmKind = choice(AlarmKind, "kind")
    text: str = Field(max_length=1000)
    raised_at: datetime = moment()
    last_at: datetime = moment()
    times: int = Field(default=1)
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = Field(default="", max_length=200)
