"""Tables of the audit log. Append-only: triggers refuse UPDATE and DELETE on both databases."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import moment, sealed


class AuditEvent(SQLModel, table=True):
    """One thing that somebody did. `digest` chains it to the event before it."""

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index("ix_audit_event_subject", "subject_type", "subject_id", "id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = moment(index=True)
    actor_kind: str = Field(max_length=20)
    actor_id: int | None = Field(default=None, index=True)
    actor_name: str = Field(max_length=200)
    origin: str = Field(default="", max_length=200)
    action: str = Field(max_length=80, index=True)
    subject_type: str = Field(default="", max_length=40)
    subject_id: str = Field(default="", max_length=80)
    site_id: int | None = Field(default=None, index=True)
    before: str = Field(default="null", description="canonical JSON")
    after: str = Field(default="null", description="canonical JSON")
    reason: str = Field(default="", max_length=1000)
    digest: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The end of the chain, one row; locking it makes writers take turns.

    `chain_key` is the sealed HMAC key: who owns only the database cannot recompute the chain.
    """

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    uid: str = Field(max_length=32)
    last_id: int
    digest: str = Field(max_length=64)
    chain_key: str = sealed()
