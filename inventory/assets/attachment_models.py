"""Tables of what is kept beside an asset: photos and documents."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.db import choice, moment, new_uid


class FileKind(StrEnum):
    """PHOTO: an image that has previews; DOCUMENT: anything else."""

    PHOTO = "photo"
    DOCUMENT = "document"


class Attachment(SQLModel, table=True):
    """One file at one asset. The bytes lie in the file store under their `sha256`, and are there
    before the row is.

    `media_type` is what the bytes are, whatever the name claims. The same bytes are at most once
    at an asset; a row with `removed_at` is out of sight, and kept for a while in case of regret.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        sa.Index("ix_attachment_asset_id_id", "asset_id", "id"),
        sa.Index(
            "uq_attachment_present", "asset_id", "sha256", unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
        sa.CheckConstraint("size_bytes > 0", name="size"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    asset_id: int = Field(foreign_key="asset.id")
    kind: FileKind = choice(FileKind, "kind")
    name: str = Field(max_length=200, description="as the uploader told it, made harmless")
    media_type: str = Field(max_length=100)
    size_bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64, index=True)
    width: int | None = Field(default=None, description="pixels, as the picture is to be held")
    height: int | None = Field(default=None, description="pixels, as the picture is to be held")
    has_preview: bool = Field(default=False)
    caption: str = Field(default="", max_length=500)
    uploaded_by: str = Field(max_length=200)
    uploaded_by_id: int | None = Field(default=None)
    uploaded_at: datetime = moment()
    removed_at: datetime | None = moment(nullable=True, index=True)
    version: int = Field(default=1)
