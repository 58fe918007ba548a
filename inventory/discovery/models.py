"""Tables of what is swept: networks, the credentials for them, and the runs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid, sealed
from snmp_discovery.types import AuthProtocol, PrivProtocol


class CredentialKind(StrEnum):
    """The SNMP version that a credential speaks."""

    V1 = "v1"
    V2C = "v2c"
    V3 = "v3"


class SweepState(StrEnum):
    """QUEUED and RUNNING are open; the others are final."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


OPEN_STATES = (SweepState.QUEUED, SweepState.RUNNING)
_OPEN = sa.text("state IN ('queued', 'running')")


class Network(SQLModel, table=True):
    """A part of the network that is swept as one.

    targets, exclusions  lists of CIDRs, ranges and hosts, as people wrote them
    places               [{"target", "site_id"}]: where within the network a device stands; the
                         first that contains the address wins, `site_id` of the network otherwise
    rate                 probe datagrams a second; None: by topology
    timeout              seconds to wait for one answer
    every_minutes, daily_at   the schedule: at most one of them; `daily_at` "HH:MM", local time
    auto_accept          kinds that become assets without review, when new and strongly identified
    """

    __tablename__ = "network"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    targets: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    exclusions: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    places: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    port: int = Field(default=161)
    rate: int | None = Field(default=None)
    timeout: float = Field(default=1.0)
    retries: int = Field(default=1)
    max_hosts: int = Field(default=4096)
    enabled: bool = Field(default=True, description="swept by its schedule")
    every_minutes: int | None = Field(default=None)
    daily_at: str | None = Field(default=None, max_length=5)
    next_due: datetime | None = moment(nullable=True, index=True)
    auto_accept: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    created_at: datetime = moment()
    updated_at: datetime = moment()
    version: int = Field(default=1)


class SnmpCredential(SQLModel, table=True):
    """How to ask devices. The secrets are sealed and leave only towards devices.

    default_community  the community is one that every attacker tries first; told by a flag so
                       that nobody needs to open the seal to report it
    """

    __tablename__ = "snmp_credential"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    label: str = Field(max_length=80, unique=True)
    kind: CredentialKind = choice(CredentialKind, "kind")
    username: str = Field(default="", max_length=64, description="SNMPv3 user")
    auth_protocol: AuthProtocol | None = choice(AuthProtocol, "auth_protocol", default=None)
    priv_protocol: PrivProtocol | None = choice(PrivProtocol, "priv_protocol", default=None)
    context: str = Field(default="", max_length=64, description="SNMPv3 context")
    community: str | None = sealed(nullable=True)
    auth_key: str | None = sealed(nullable=True)
    priv_key: str | None = sealed(nullable=True)
    default_community: bool = Field(default=False)
    created_at: datetime = moment()
    updated_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
    version: int = Field(default=1)


class NetworkCredential(SQLModel, table=True):
    """Which credentials a network is asked with, in the order of `position`."""

    __tablename__ = "network_credential"

    network_id: int = Field(primary_key=True, foreign_key="network.id")
    credential_id: int = Field(primary_key=True, foreign_key="snmp_credential.id", index=True)
    position: int


class Sweep(SQLModel, table=True):
    """One run over a network; it may take several attempts, each by one runner.

    runner        identifies the attempt that owns the row; an older one finds itself replaced
    found_*       devices by outcome, each device counted once however many attempts there were
    notes         remarks for a person: addresses left out, refusals, tables that were cut
    """

    __tablename__ = "sweep"
    __table_args__ = (
        sa.Index(
            "uq_sweep_open_network",
            "network_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_sweep_network_id_id", "network_id", "id"),
        sa.Index("ix_sweep_state_heartbeat_at", "state", "heartbeat_at"),
    )

    id: int = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="network.id")
    state: SweepState = choice(SweepState, "state", default=SweepState.QUEUED)
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
    phase: str = Field(default="queued", max_length=20)
    total: int = Field(default=0)
    probed: int = Field(default=0)
    answered: int = Field(default=0)
    interrogated: int = Field(default=0)
    failed: int = Field(default=0)
    refused: int = Field(default=0)
    by_kind: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    found_new: int = Field(default=0)
    found_matched: int = Field(default=0)
    found_conflict: int = Field(default=0)
    found_ignored: int = Field(default=0)
    accepted: int = Field(default=0, description="of the new ones, accepted by the network's rule")
    error: str = Field(default="", max_length=1000)
    notes: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
