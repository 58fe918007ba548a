"""Tables of the catalog: manufacturers, models, and the district's own fields."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.assets.kinds import Category, FieldKind
from inventory.db import choice


class Manufacturer(SQLModel, table=True):
    """A maker. `key` never changes (serial numbers are kept within it); every other spelling
    is a `ManufacturerAlias`. `provisional`: came with an asset, nobody has confirmed it yet.
    """

    __tablename__ = "manufacturer"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    key: str = Field(max_length=200, unique=True)
    provisional: bool = Field(default=False)
    version: int = Field(default=1)


class ManufacturerAlias(SQLModel, table=True):
    """A spelling, normalised, that means a manufacturer; its own key is among them."""

    __tablename__ = "manufacturer_alias"

    key: str = Field(primary_key=True, max_length=200)
    manufacturer_id: int = Field(foreign_key="manufacturer.id", index=True)


class AssetModel(SQLModel, table=True):
    """A model of a manufacturer, named without the maker's name."""

    __tablename__ = "asset_model"
    __table_args__ = (sa.UniqueConstraint("manufacturer_id", "key"),)

    id: int = Field(default=None, primary_key=True)
    manufacturer_id: int = Field(foreign_key="manufacturer.id")
    name: str = Field(max_length=200)
    key: str = Field(max_length=300)
    part_number: str = Field(default="", max_length=80)
    category: Category | None = choice(Category, "category", default=None)
    provisional: bool = Field(default=False)
    version: int = Field(default=1)


class ModelAlias(SQLModel, table=True):
    """A normalised spelling of a model within its manufacturer; its own key is among them."""

    __tablename__ = "model_alias"

    manufacturer_id: int = Field(primary_key=True, foreign_key="manufacturer.id")
    key: str = Field(primary_key=True, max_length=300)
    model_id: int = Field(foreign_key="asset_model.id", index=True)


class CustomField(SQLModel, table=True):
    """A field that the district added. Values lie in `Asset.custom` under `key`.

    `categories` empty: all. `archived`: shown where filled, no longer accepted or required.
    """

    __tablename__ = "custom_field"

    id: int = Field(default=None, primary_key=True)
    key: str = Field(max_length=40, unique=True)
    label: str = Field(max_length=80)
    kind: FieldKind = choice(FieldKind, "kind")
    categories: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    choices: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    required: bool = Field(default=False)
    max_length: int = Field(default=500)
    minimum: float | None = Field(default=None)
    maximum: float | None = Field(default=None)
    help: str = Field(default="", max_length=300)
    archived: bool = Field(default=False)
    version: int = Field(default=1)
