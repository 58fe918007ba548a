"""Tables of notices, of who is to be told of them, and of webhooks' targets."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid, sealed

TITLE_LENGTH, TEXT_LENGTH, ERROR_LENGTH, URL_LENGTH, LABEL_LENGTH = 200, 4000, 500, 500, 80


class Channel(StrEnum):
    """The way to somebody."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class DeliveryState(StrEnum):
    """WAITING is tried, and tried again; DEAD is given up, and its `error` says why."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class NoticeRow(SQLModel, table=True):
    """What happened. `site_id` is no foreign key: what was told outlives the place."""

    __tablename__ = "notice"

    id: int = Field(default=None, primary_key=True)
    kind: str = Field(max_length=80)
    title: str = Field(max_length=TITLE_LENGTH)
    text: str = Field(max_length=TEXT_LENGTH)
    audience: str = Field(max_length=40)
    site_id: int | None = Field(default=None)
    subject_type: str = Field(default="", max_length=40)
    subject_id: str = Field(default="", max_length=80)
    urgent: bool = Field(default=False)
    created_at: datetime = moment(index=True)


class WebhookTarget(SQLModel, table=True):
    """Somebody else's server that is told. `kinds`: whole kinds, or their part before the dot;
    none of them: everything."""

    __tablename__ = "notice_target"

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    label: str = Field(max_length=LABEL_LENGTH, unique=True)
    url: str = Field(max_length=URL_LENGTH)
    kinds: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    enabled: bool = Field(default=True)
    sealed_key_text: str = sealed(max_length=1000)
    created_at: datetime = moment()
    created_by: str = Field(default="", max_length=200)
    last_ok_at: datetime | None = moment(nullable=True)
    last_error: str = Field(default="", max_length=ERROR_LENGTH)
    version: int = Field(default=1)


class NoticeDelivery(SQLModel, table=True):
    """One notice on its way to one recipient.

    uid      tells the recipient's server that it has heard this before (`webhook-id`)
    address  the mail address, or the label of the target, which may be gone by now
    next_at  when it is tried; while it is being tried, when others may try it
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (sa.Index("ix_notice_delivery_state_next_at", "state", "next_at"),)

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    channel: Channel = choice(Channel, "channel")
    address: str = Field(max_length=254)
    target_id: int | None = Field(default=None, foreign_key="notice_target.id", index=True)
    state: DeliveryState = choice(DeliveryState, "state", default=DeliveryState.WAITING)
    attempts: int = Field(default=0)
    next_at: datetime = moment()
    sent_at: datetime | None = moment(nullable=True)
    error: str = Field(default="", max_length=ERROR_LENGTH)
