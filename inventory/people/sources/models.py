"""Tables of directories that people come from, and of what they call schools."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid, sealed
from inventory.people.models import PersonRole

MAX_CONFIG = 80_000


class DirectoryKind(StrEnum):
    """What is asked: Google Workspace, Microsoft Graph, or LDAP."""

    GOOGLE = "google"
    GRAPH = "graph"
    LDAP = "ldap"


class ReadState(StrEnum):
    """Of one time that a directory is asked. DONE: its plan waits, or was approved by itself."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class OrgKind(StrEnum):
    """What a source groups its people by."""

    ORG = "org"
    UNIT = "unit"
    DEPARTMENT = "department"
    GROUP = "group"


OPEN_READS = frozenset({ReadState.QUEUED, ReadState.RUNNING})
_OPEN = sa.text("state IN ('queued', 'running')")


class RosterDirectory(SQLModel, table=True):
    """How a source of people is asked over the network.

    config     sealed JSON of the directory's settings
    address    a simulated directory on this machine; "" for the real one
    daily_at   "HH:MM", local time; None: only by hand
    auto_most  a plan of at most so many changes, to which the guard does not object, is applied by
               itself; None: every plan waits for a person
    rest_role  what somebody is of whom no unit, department or group tells; None: not ours
    """

    __tablename__ = "roster_directory"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    source_id: int = Field(foreign_key="roster_source.id", unique=True)
    kind: DirectoryKind = choice(DirectoryKind, "kind")
    config: str = sealed(max_length=MAX_CONFIG)
    address: str = Field(default="", max_length=200)
    daily_at: str | None = Field(default=None, max_length=5)
    auto_most: int | None = None
    rest_role: PersonRole | None = choice(PersonRole, "rest_role", nullable=True, default=None)
    next_at: datetime | None = moment(nullable=True, index=True)
    created_at: datetime = moment()
    updated_at: datetime = moment()
    version: int = Field(default=1)


class RosterRead(SQLModel, table=True):
    """One time that a directory was asked. `people`: so many it told of."""

    __tablename__ = "roster_read"
    __table_args__ = (
        sa.Index(
            "uq_roster_read_open", "directory_id", unique=True, sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_roster_read_directory_id_id", "directory_id", "id"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    directory_id: int = Field(foreign_key="roster_directory.id")
    state: ReadState = choice(ReadState, "state", default=ReadState.QUEUED)
    requested_by: str = Field(max_length=200)
    requested_at: datetime = moment()
    heard_at: datetime | None = moment(nullable=True)
    finished_at: datetime | None = moment(nullable=True)
    attempts: int = Field(default=0)
    people: int = Field(default=0)
    plan_id: int | None = Field(default=None, foreign_key="roster_plan.id", index=True)
    error: str = Field(default="", max_length=1000)


class RosterOrg(SQLModel, table=True):
    """What a source calls a school or a group of people, and what somebody said that it is.

    site_id, role  what was said; None: nothing yet
    left_out       its people are not ours to keep
    people         so many at the last time
    """

    __tablename__ = "roster_org"
    __table_args__ = (sa.UniqueConstraint("source_id", "kind", "key"),)

    id: int = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="roster_source.id")
    kind: OrgKind = choice(OrgKind, "kind")
    key: str = Field(max_length=400)
    name: str = Field(max_length=300)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    role: PersonRole | None = choice(PersonRole, "role", nullable=True, default=None)
    left_out: bool = Field(default=False)
    people: int = Field(default=0)
    last_at: datetime = moment()
    decided_by: str = Field(default="", max_length=200)
    version: int = Field(default=1)
