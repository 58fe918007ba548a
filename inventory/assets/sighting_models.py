"""Tables of what was seen: sightings, and the facts they brought, beside what is recorded."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.assets.kinds import Outcome, Source
from inventory.db import choice, moment


class Sighting(SQLModel, table=True):
    """What a source reported. The same report again only moves `last_at` and `times`.

    digest      of the facts and the asset they were matched to: what makes a report "the same"
    weak_key    vendor, model and name: tells apart what has no strong identifier
    reasons     why it was matched, is new, or is in conflict; a list of plain sentences
    candidates  ids of the assets that a conflict is about
    """

    __tablename__ = "sighting"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_ref", "digest"),
        sa.Index("ix_sighting_outcome_last_at", "outcome", "last_at"),
        sa.Index("ix_sighting_asset_id_first_at", "asset_id", "first_at"),
    )

    id: int = Field(default=None, primary_key=True)
    asset_id: int | None = Field(default=None, foreign_key="asset.id")
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    source: Source = choice(Source, "source")
    source_ref: str = Field(max_length=200)
    address: str = Field(default="", max_length=80, index=True)
    outcome: Outcome = choice(Outcome, "outcome")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    reasons: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    candidates: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    digest: str = Field(max_length=64)
    weak_key: str = Field(default="", max_length=64)
    first_at: datetime = moment()
    last_at: datetime = moment()
    times: int = Field(default=1)
    decided_by: str = Field(default="", max_length=200)
    decided_at: datetime | None = moment(nullable=True)


class ObservedFact(SQLModel, table=True):
    """What a source last said of one field; `at` is when it first said so."""

    __tablename__ = "observed_fact"
    __table_args__ = (sa.UniqueConstraint("asset_id", "field", "source"),)

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id")
    field: str = Field(max_length=40)
    value: str = Field(max_length=1000)
    source: Source = choice(Source, "source")
    at: datetime = moment()
    evidence: str = Field(default="", max_length=500)
