"""The site tree: district, schools, buildings, rooms. A role's reach is a subtree of it."""

from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, new_uid


class SiteKind(StrEnum):
    """From the whole to the part."""

    DISTRICT = "district"
    SCHOOL = "school"
    BUILDING = "building"
    ROOM = "room"


class Site(SQLModel, table=True):
    """One place. `code` is the district's own short name, unique where given.

    There is one district, and it is the root: a grant on it reaches everything, also what has no
    site at all. The index makes two set-ups at the same moment collide.
    """

    __tablename__ = "site"
    __table_args__ = (
        sa.Index(
            "ix_site_one_district",
            "kind",
            unique=True,
            sqlite_where=sa.text("kind = 'district'"),
            postgresql_where=sa.text("kind = 'district'"),
        ),
        sa.Index("ix_site_parent_id_name", "parent_id", "name"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    parent_id: int | None = Field(default=None, foreign_key="site.id")
    kind: SiteKind = choice(SiteKind, "kind")
    name: str = Field(max_length=120)
    code: str | None = Field(default=None, max_length=40, unique=True)
    version: int = Field(default=1)
