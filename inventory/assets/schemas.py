"""What the API accepts and shows of assets."""

from typing import Any

from marshmallow import fields, validate

from inventory.assets.identifiers import VENDOR
from inventory.assets.kinds import Category, Outcome, Source, Status
from inventory.assets.models import Asset, AssetNote
from inventory.assets.sighting_models import Sighting
from inventory.http.paging import page_of
from inventory.schema import ObjectSchema, TableSchema, Text

MAX_ID = 2**31 - 1
MAX_IDENTIFIERS = 50
MAX_BULK = 1000


def row_id(**options: object) -> fields.Integer:
    """An id from a client, within what both databases can hold."""
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=MAX_ID), **options)  # type: ignore[arg-type]


def category(**options: object) -> fields.Enum:  # type: ignore[type-arg]
    return fields.Enum(Category, by_value=True, **options)  # type: ignore[arg-type]


def status(**options: object) -> fields.Enum:  # type: ignore[type-arg]
    return fields.Enum(Status, by_value=True, **options)  # type: ignore[arg-type]


class Lines(Text):
    """Text of several lines; line ends become single line feeds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").replace("\r", "\n")
        return super()._deserialize(value, attr, data, **options)


class IdentifierDraft(ObjectSchema):
    kind = Text(
        required=True, max_length=60, min_length=1,
        metadata={"description": f"mac, imei, meid, udid, snmp_engine_id or {VENDOR}NAME"},
    )  # fmt: skip
    value = Text(required=True, max_length=200, min_length=1)


class AssetFields(ObjectSchema):
    """What may be said of an asset, in a draft and in a change."""

    category = category()
    tag = Text(max_length=64)
    manufacturer = Text(max_length=120, metadata={"description": "a new name enters the catalog"})
    model = Text(max_length=200, metadata={"description": "without the manufacturer's name"})
    site_id = row_id(allow_none=True)
    name = Text(max_length=200)
    serial = Text(max_length=120)
    firmware = Text(max_length=200)
    description = Lines(max_length=4000)
    purchase_date = fields.Date(allow_none=True)
    cost_cents = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0))
    order_number = Text(max_length=80)
    supplier = Text(max_length=120)
    warranty_until = fields.Date(allow_none=True)
    funding_source = Text(max_length=120)
    federal_funds = fields.Boolean(truthy={True}, falsy={False})
    grant_number = Text(max_length=80)
    custom = fields.Dict(keys=fields.String(validate=validate.Length(max=40)), values=fields.Raw())


class AssetDraftSchema(AssetFields):
    """A new asset. Without `tag` the next one of the counter (`prefix`) is given."""

    category = category(required=True)
    prefix = fields.String(validate=validate.Length(max=40))
    status = status(load_default=Status.IN_STOCK)
    identifiers = fields.List(
        fields.Nested(IdentifierDraft), validate=validate.Length(max=MAX_IDENTIFIERS)
    )


class AssetChangeSchema(AssetFields):
    """Only what is named is changed. In `custom`, null removes a value."""


class BulkChanges(AssetFields):
    status = status()


class BulkRowSchema(ObjectSchema):
    id = row_id(required=True)
    version = fields.Integer(strict=True, validate=validate.Range(min=1, max=MAX_ID))
    changes = fields.Nested(BulkChanges, required=True)


class BulkSchema(ObjectSchema):
    rows = fields.List(
        fields.Nested(BulkRowSchema), required=True, validate=validate.Length(min=1, max=MAX_BULK)
    )
    dry_run = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    reason = Lines(max_length=1000, load_default="")


class BulkResultView(ObjectSchema):
    id = fields.Integer(attribute="asset_id")
    status = fields.String(validate=validate.OneOf(["changed", "unchanged", "refused"]))
    tag = fields.String()
    version = fields.Integer(allow_none=True)
    problem = fields.String()
    code = fields.Integer()
    errors = fields.Dict(allow_none=True)


class BulkView(ObjectSchema):
    applied = fields.Boolean()
    results = fields.List(fields.Nested(BulkResultView))


class StatusSchema(ObjectSchema):
    status = status(required=True)
    reason = Lines(max_length=1000, load_default="")


class RetireSchema(ObjectSchema):
    reason = Lines(max_length=1000, load_default="")


class IdentifierView(ObjectSchema):
    id = fields.Integer()
    kind = fields.String()
    value = fields.String()
    source = fields.Enum(Source, by_value=True)


class AssetView(TableSchema):
    """Everything that is recorded of one asset."""

    manufacturer = fields.String()
    model = fields.String()
    place = fields.List(fields.String(), metadata={"description": "from the district down"})
    former_tags = fields.List(fields.String())
    identifiers = fields.List(fields.Nested(IdentifierView))
    custom = fields.Dict()
    observed_fields = fields.Dict(
        metadata={"description": "fields that no person entered, and the source that filled them"}
    )

    class Meta(TableSchema.Meta):
        model = Asset
        fields = (
            "id", "uid", "tag", "former_tags", "category", "status", "manufacturer", "model",
            "manufacturer_id", "model_id", "site_id", "place", "name", "serial", "firmware",
            "description", "purchase_date", "cost_cents", "order_number", "supplier",
            "warranty_until", "funding_source", "federal_funds", "grant_number", "custom",
            "identifiers", "observed_fields", "created_at", "updated_at", "last_seen_at",
            "last_seen_source", "last_seen_address", "version",
        )  # fmt: skip


class SerialArgs(ObjectSchema):
    manufacturer = Text(max_length=120, load_default="")


class AssetsView(ObjectSchema):
    items = fields.List(fields.Nested(AssetView), required=True)


class NoteDraft(ObjectSchema):
    text = Lines(required=True, max_length=4000, min_length=1)


class NoteView(TableSchema):
    class Meta(TableSchema.Meta):
        model = AssetNote
        fields = ("id", "at", "author", "text")


class EntryView(ObjectSchema):
    kind = fields.String(validate=validate.OneOf(["event", "sighting", "note"]))
    id = fields.Integer()
    at = fields.AwareDateTime()
    title = fields.String()
    by = fields.String()
    details = fields.Dict()


class SightingView(TableSchema):
    facts = fields.Dict()
    reasons = fields.List(fields.String())
    outcome = fields.Enum(Outcome, by_value=True)

    class Meta(TableSchema.Meta):
        model = Sighting
        fields = (
            "id", "source", "source_ref", "address", "outcome", "facts", "reasons", "first_at",
            "last_at", "times",
        )  # fmt: skip


class DifferenceView(ObjectSchema):
    field = fields.String()
    recorded = fields.String()
    observed = fields.String()
    source = fields.Enum(Source, by_value=True)
    at = fields.AwareDateTime()
    evidence = fields.String()


class FactView(DifferenceView):
    """What a source says, whether or not something else is recorded."""

    value = fields.String()

    class Meta(DifferenceView.Meta):
        fields = ("field", "value", "source", "at", "evidence")


class DifferencesView(ObjectSchema):
    differences = fields.List(fields.Nested(DifferenceView))
    observed = fields.List(fields.Nested(FactView))


NotePage, EntryPage, SightingPage = page_of(NoteView), page_of(EntryView), page_of(SightingView)
