"""Tables of the assets themselves: the asset, its tags, its identifiers, its notes."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.assets.kinds import Category, Source, Status
from inventory.db import choice, moment, new_uid


class Asset(SQLModel, table=True):
    """One thing that the district answers for.

    `tag` is as people write it, `tag_key` its comparable form. `observed_fields` maps a field that
    no person has entered to the source it was filled from; only such fields follow observations.
    """

    __tablename__ = "asset"
    __table_args__ = (
        sa.Index("ix_asset_category_tag_key", "category", "tag_key"),
        sa.Index("ix_asset_status_tag_key", "status", "tag_key"),
        sa.Index("ix_asset_site_id_tag_key", "site_id", "tag_key"),
        sa.Index("ix_asset_manufacturer_id_tag_key", "manufacturer_id", "tag_key"),
        sa.Index("ix_asset_model_id_tag_key", "model_id", "tag_key"),
        sa.Index("ix_asset_name_id", "name", "id"),
        sa.Index("ix_asset_created_at_id", "created_at", "id"),
        sa.Index("ix_asset_updated_at_id", "updated_at", "id"),
        sa.Index("ix_asset_last_seen_at_id", "last_seen_at", "id"),
        # Everything that facets and charts count by, so that counting never touches the rows.
        sa.Index(
            "ix_asset_counted",
            "category",
            "status",
            "manufacturer_id",
            "site_id",
            "last_seen_at",
        ),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    tag: str = Field(max_length=64)
    tag_key: str = Field(max_length=200, unique=True)
    category: Category = choice(Category, "category")
    status: Status = choice(Status, "status", default=Status.IN_STOCK)
    manufacturer_id: int | None = Field(default=None, foreign_key="manufacturer.id")
    model_id: int | None = Field(default=None, foreign_key="asset_model.id")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    name: str = Field(default="", max_length=200)
    serial: str = Field(default="", max_length=120)
    firmware: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=4000)
    purchase_date: date | None = Field(default=None)
    cost_cents: int | None = Field(default=None, description="price paid, in cents")
    order_number: str = Field(default="", max_length=80)
    supplier: str = Field(default="", max_length=120)
    warranty_until: date | None = Field(default=None, index=True)
    funding_source: str = Field(default="", max_length=120, index=True)
    federal_funds: bool = Field(default=False, description="bought with federal money: traceable")
    grant_number: str = Field(default="", max_length=80)
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    observed_fields: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    created_at: datetime = moment()
    updated_at: datetime = moment()
    last_seen_at: datetime | None = moment(nullable=True)
    last_seen_source: Source | None = choice(Source, "last_seen_source", default=None)
    last_seen_address: str = Field(default="", max_length=80, index=True)
    version: int = Field(default=1)


class AssetTag(SQLModel, table=True):
    """Every tag that an asset bears or has borne. A row is never deleted: an old tag still
    resolves, and none is ever given twice.

    `digits`: the last run of digits without leading zeros, for near misses; "" where none.
    """

    __tablename__ = "asset_tag"

    tag_key: str = Field(primary_key=True, max_length=200)
    tag: str = Field(max_length=64)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    digits: str = Field(default="", max_length=64, index=True)
    current: bool = Field(default=True)
    since: datetime = moment()


class TagCounter(SQLModel, table=True):
    """Where tags come from: `prefix` + `next_number` padded to `width`."""

    __tablename__ = "tag_counter"

    id: int = Field(default=None, primary_key=True)
    prefix: str = Field(max_length=40)
    prefix_key: str = Field(max_length=120, unique=True)
    width: int = Field(default=6)
    next_number: int = Field(default=1, sa_type=sa.BigInteger)
    is_default: bool = Field(default=False)


class TagRange(SQLModel, table=True):
    """Numbers of a counter set aside for a pre-printed roll; given only by hand."""

    __tablename__ = "tag_range"

    id: int = Field(default=None, primary_key=True)
    counter_id: int = Field(foreign_key="tag_counter.id", index=True)
    first: int = Field(sa_type=sa.BigInteger)
    last: int = Field(sa_type=sa.BigInteger)
    purpose: str = Field(default="", max_length=200)
    reserved_by: str = Field(default="", max_length=200)
    reserved_at: datetime = moment()


class Identifier(SQLModel, table=True):
    """Something that one device alone has. `namespace` keeps makers' serial numbers apart."""

    __tablename__ = "identifier"
    __table_args__ = (sa.UniqueConstraint("kind", "namespace", "value"),)

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    kind: str = Field(max_length=60)
    namespace: str = Field(default="", max_length=200)
    value: str = Field(max_length=200, index=True)
    source: Source = choice(Source, "source", default=Source.PERSON)
    added_at: datetime = moment()


class AssetNote(SQLModel, table=True):
    """What somebody wrote about an asset. Notes are added, never changed."""

    __tablename__ = "asset_note"

    id: int = Field(default=None, primary_key=True)
    asset_id: int = Field(foreign_key="asset.id", index=True)
    at: datetime = moment()
    author: str = Field(max_length=200)
    author_id: int | None = Field(default=None)
    text: str = Field(max_length=4000)


class AssetSearch(SQLModel, table=True):
    """One lower-case text per asset; the trigram index over it is made by the migration."""

    __tablename__ = "asset_search"

    asset_id: int = Field(
        primary_key=True, foreign_key="asset.id", sa_column_kwargs={"autoincrement": False}
    )
    doc: str = Field(sa_type=sa.Text)
