"""Tables of what sweeps found: the findings with their review, and who was only overheard."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.assets.kinds import Outcome
from inventory.db import choice, moment
from snmp_discovery.types import Kind


class Decision(StrEnum):
    """How a finding was settled. AUTOMATIC: by the network's rule; SUPERSEDED: by itself, when a
    later sweep saw the matter differently."""

    CREATED = "created"
    ATTACHED = "attached"
    REPLACED = "replaced"
    IGNORED = "ignored"
    AUTOMATIC = "automatic"
    SUPERSEDED = "superseded"


class DiscoveryFinding(SQLModel, table=True):
    """The latest that a network's sweeps know of one device.

    NEW and CONFLICT without a decision are the review queue. MATCHED rows are one per asset and
    network. A sweep renews the live row of a device; decided rows are history and are purged.

    source      "snmp": it answered; "lldp": a switch told of it
    via         for "lldp": the switch and port
    seen_key    what it was seen as in `sweep_id`: makes a repeated batch harmless
    also_at     further addresses at which the same device answered in the same sweep
    mac         the first of `macs`: finds the row of the same device again
    facts       everything told, without bridge and ARP tables, at most 64 kB
    candidates  ids of the assets that a conflict is about; `asset_id` is then the first of them
    contested   another device of the same sweep claims the same identifier
    marks       what the device is recognised by, beside its MACs: {serials, others, weak}
    fingerprint of the marks and MACs: a decision holds as long as it stays the same
    """

    __tablename__ = "discovery_finding"
    __table_args__ = (
        sa.UniqueConstraint("sweep_id", "seen_key"),
        sa.Index("ix_discovery_finding_network_id_serial", "network_id", "serial"),
        sa.Index("ix_discovery_finding_network_id_mac", "network_id", "mac"),
        sa.Index("ix_discovery_finding_network_id_seen_key", "network_id", "seen_key"),
        sa.Index("ix_discovery_finding_network_id_fingerprint", "network_id", "fingerprint"),
        sa.Index("ix_discovery_finding_outcome_decision", "outcome", "decision", "id"),
        sa.Index("ix_discovery_finding_decision_last_at", "decision", "last_at"),
    )

    id: int = Field(default=None, primary_key=True)
    sweep_id: int = Field(foreign_key="sweep.id")
    network_id: int = Field(foreign_key="network.id")
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    source: str = Field(default="snmp", max_length=10)
    via: str = Field(default="", max_length=300)
    seen_key: str = Field(max_length=120)
    address: str = Field(default="", max_length=80)
    port: int = Field(default=161)
    version: str = Field(default="", max_length=4, description="SNMP version that it answered")
    credential_label: str = Field(default="", max_length=80)
    default_community: bool = Field(default=False)
    also_at: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    kind: Kind = choice(Kind, "kind")
    vendor: str = Field(default="", max_length=120)
    model: str = Field(default="", max_length=200)
    serial: str = Field(default="", max_length=120)
    firmware: str = Field(default="", max_length=200)
    name: str = Field(default="", max_length=200)
    location: str = Field(default="", max_length=200)
    mac: str = Field(default="", max_length=17)
    macs: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    evidence: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    outcome: Outcome = choice(Outcome, "outcome")
    reasons: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    candidates: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    contested: bool = Field(default=False)
    fingerprint: str = Field(max_length=64)
    marks: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    decision: Decision | None = choice(Decision, "decision", default=None)
    reviewed_by: str = Field(default="", max_length=200)
    reviewed_at: datetime | None = moment(nullable=True)
    first_at: datetime = moment()
    last_at: datetime = moment()
    times: int = Field(default=1)
    revision: int = Field(default=1, description="grows with every change; for If-Match")


class HeardDevice(SQLModel, table=True):
    """A MAC address that a switch has learnt and that belongs to no known asset."""

    __tablename__ = "heard_device"
    __table_args__ = (sa.UniqueConstraint("network_id", "mac"),)

    id: int = Field(default=None, primary_key=True)
    network_id: int = Field(foreign_key="network.id")
    mac: str = Field(max_length=17, index=True)
    address: str = Field(default="", max_length=80)
    switch_asset_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    switch_name: str = Field(default="", max_length=200)
    port: str = Field(default="", max_length=80)
    vlan: int | None = Field(default=None)
    first_at: datetime = moment()
    last_at: datetime = moment(index=True)
