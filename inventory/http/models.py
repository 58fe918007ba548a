"""Tables of what every API shares."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import moment


class IdempotencyKey(SQLModel, table=True):
    """The answer that was given to a request with an Idempotency-Key, to be given again.

    `digest` is of the request's body: the same key with another body is a mistake, not a repeat.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (sa.UniqueConstraint("actor", "route", "key"),)

    id: int = Field(default=None, primary_key=True)
    actor: str = Field(max_length=80)
    route: str = Field(max_length=120)
    key: str = Field(max_length=200)
    digest: str = Field(max_length=64)
    status: int = Field(default=0, description="0: in the making, never seen committed")
    headers: str = Field(default="{}", max_length=2000)
    body: str = Field(default="", sa_type=sa.Text)
    created_at: datetime = moment(index=True)
