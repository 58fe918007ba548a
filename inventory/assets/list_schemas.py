"""What the list of assets takes and shows, and what an export takes."""

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.assets.asking import MAX_DAYS, MAX_PAIR
from inventory.assets.filters import SORTS, Shortage
from inventory.assets.held import Holding
from inventory.assets.kinds import Source
from inventory.assets.models import Asset
from inventory.assets.schemas import MAX_ID, category, status
from inventory.assets.spans import FIRST_YEAR, LAST_YEAR, Seen
from inventory.http.paging import PageArgs
from inventory.schema import ObjectSchema, TableSchema, Text


def _told(text: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"description": text}, **more}


def _row(**options: Any) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=1, max=MAX_ID), **options)


def _days(text: str) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=0, max=MAX_DAYS), **_told(text))


def _year(text: str) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=FIRST_YEAR, max=LAST_YEAR), **_told(text))


class Instant(fields.AwareDateTime):
    """A moment that is also one in UTC: at the ends of the calendar a zone may lead out of it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **options).astimezone(UTC)
        except OverflowError as beyond:
            raise ma.ValidationError("Not a valid datetime.") from beyond


class AssetRow(TableSchema):
    """One line of a list."""

    manufacturer = fields.String(allow_none=True)
    model = fields.String(allow_none=True)
    site = fields.String(allow_none=True)

    class Meta(TableSchema.Meta):
        model = Asset
        fields = (
            "id", "tag", "category", "status", "manufacturer", "model", "name", "serial",
            "firmware", "site_id", "site", "funding_source", "warranty_until", "created_at",
            "updated_at", "last_seen_at", "last_seen_source", "last_seen_address", "version",
        )  # fmt: skip


class AssetFilterArgs(ObjectSchema):
    """Every argument narrows further; of a repeated one any of the values will do."""

    q = fields.String(
        validate=validate.Length(max=200),
        **_told("words that must all occur; exact tags and identifiers come first, beyond `limit`"),
    )
    tag = Text(max_length=64, **_told("exactly this tag, current or former"))
    category = fields.List(category())
    status = fields.List(status())
    site_id = _row(**_told("with all within it"))
    outside_schools = fields.Boolean(**_told("without a place, or at one that lies in no school"))
    manufacturer = Text(max_length=120)
    manufacturer_id = _row()
    has_manufacturer = fields.Boolean()
    model_id = _row()
    seen = fields.List(
        fields.Enum(Seen, by_value=True),
        **_told("last seen within 7 days, 8 to 30, 31 to 90, longer ago, or never"),
    )
    unseen_days = _days("not seen for so many days, or never")
    seen_before = Instant()
    seen_after = Instant()
    seen_by = fields.Enum(Source, by_value=True, **_told("seen by this source at some time"))
    acquired_from = _year("year of purchase, or else of the record: this or a later one")
    acquired_to = _year("this or an earlier one")
    warranty_days = _days("the warranty ends today or within so many days")
    supplies = fields.List(
        fields.Enum(Shortage, by_value=True), **_told("a supply is low or empty now")
    )
    holder = fields.List(
        fields.Enum(Holding, by_value=True), **_told("handed out like this; takes custody:read")
    )
    has_serial = fields.Boolean()
    funding_source = Text(max_length=120)
    federal_funds = fields.Boolean()
    custom = fields.List(
        Text(max_length=MAX_PAIR), **_told("KEY:VALUE, equal; may be repeated")
    )  # fmt: skip
    sort = fields.String(load_default="tag", **_told(f"{', '.join(SORTS)}; with - the other way"))


class AssetListArgs(PageArgs, AssetFilterArgs):
    """A page of the list."""

    before = fields.String(
        validate=validate.Length(max=500),
        **_told("`previous` of the page after; instead of `after`"),
    )


class AssetExportArgs(AssetFilterArgs):
    """The whole list as CSV."""

    columns = fields.List(
        fields.String(validate=validate.Length(max=60)),
        validate=validate.Length(max=100),
        **_told("may be repeated, in order; without: everything that an import takes"),
    )


class AssetPageView(ObjectSchema):
    items = fields.List(fields.Nested(AssetRow), required=True)
    next = fields.String(allow_none=True, required=True)
    previous = fields.String(allow_none=True, required=True)
    count = fields.Integer(metadata={"description": "at most 1,000"})
    count_capped = fields.Boolean(metadata={"description": "there are more than `count`"})
    exact = fields.Integer(metadata={"description": "items in front that are exactly `q`"})
