"""Table of saved views: lists that somebody wants to come back to."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment

_SHARED = sa.text("account_id IS NULL")


class ViewPage(StrEnum):
    """The list that a view is of."""

    ASSETS = "assets"
    DISCOVERIES = "discoveries"


class SavedView(SQLModel, table=True):
    """A list's query under a name.

    account_id  whose it is; None: the district's, for everybody who may see the list
    name_key    the comparable form of `name`: unique within its owner and page
    query       the arguments of the list in their normal form, as after the "?" of a URL
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "page", "name_key"),
        # NULLs are all different to a unique constraint.
        sa.Index(
            "uq_saved_view_shared",
            "page",
            "name_key",
            unique=True,
            sqlite_where=_SHARED,
            postgresql_where=_SHARED,
        ),
    )

    id: int = Field(default=None, primary_key=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    page: ViewPage = choice(ViewPage, "page")
    name: str = Field(max_length=80)
    name_key: str = Field(max_length=320)
    query: str = Field(max_length=2000)
    position: int = Field(default=0)
    created_by: str = Field(default="", max_length=200)
    created_at: datetime = moment()
    version: int = Field(default=1)
