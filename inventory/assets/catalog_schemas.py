"""What the API accepts and shows of the catalog and of tags."""

from typing import Any

from marshmallow import fields, validate

from inventory.assets.catalog_models import AssetModel, CustomField, Manufacturer
from inventory.assets.custom_fields import MAX_CHOICES
from inventory.assets.custom_rules import LARGEST
from inventory.assets.kinds import Category, FieldKind
from inventory.assets.models import TagCounter
from inventory.assets.schemas import MAX_ID, category, row_id
from inventory.assets.tags import LAST_NUMBER, MAX_RESERVED
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ObjectSchema, TableSchema, Text

_BOOLEAN: dict[str, Any] = {"truthy": {True}, "falsy": {False}}


class CatalogArgs(PageArgs):
    q = fields.String(load_default="", validate=validate.Length(max=120))


class ModelArgs(CatalogArgs):
    manufacturer_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))
    provisional = fields.Boolean()


class ManufacturerDraft(ObjectSchema):
    name = Text(required=True, max_length=120, min_length=1)


class ManufacturerChange(ObjectSchema):
    name = Text(max_length=120, min_length=1)
    provisional = fields.Boolean(**_BOOLEAN)


class ManufacturerView(TableSchema):
    class Meta(TableSchema.Meta):
        model = Manufacturer
        fields = ("id", "name", "key", "provisional", "version")


class ModelDraft(ObjectSchema):
    manufacturer_id = row_id(required=True)
    name = Text(required=True, max_length=200, min_length=1)
    category = category(load_default=None, allow_none=True)
    part_number = Text(max_length=80, load_default="")


class ModelChange(ObjectSchema):
    name = Text(max_length=200, min_length=1)
    category = category(allow_none=True)
    part_number = Text(max_length=80)
    provisional = fields.Boolean(**_BOOLEAN)


class ModelView(TableSchema):
    class Meta(TableSchema.Meta):
        model = AssetModel
        fields = (
            "id", "manufacturer_id", "name", "key", "category", "part_number", "provisional",
            "version",
        )  # fmt: skip


class MergeSchema(ObjectSchema):
    into = row_id(required=True, metadata={"description": "the entry that stays"})


def _bound() -> fields.Float:
    return fields.Float(
        allow_none=True, validate=validate.Range(min=-float(LARGEST), max=float(LARGEST))
    )


class CustomFieldChange(ObjectSchema):
    label = Text(max_length=80, min_length=1)
    categories = fields.List(
        fields.Enum(Category, by_value=True), metadata={"description": "empty: every category"}
    )
    choices = fields.List(Text(max_length=100), validate=validate.Length(max=MAX_CHOICES))
    required = fields.Boolean(**_BOOLEAN)
    max_length = fields.Integer(strict=True, validate=validate.Range(min=1, max=4000))
    minimum = _bound()
    maximum = _bound()
    help = Text(max_length=300)
    archived = fields.Boolean(**_BOOLEAN)


class CustomFieldDraft(CustomFieldChange):
    key = fields.String(required=True, validate=validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z"))
    label = Text(required=True, max_length=80, min_length=1)
    kind = fields.Enum(FieldKind, by_value=True, required=True)

    class Meta(CustomFieldChange.Meta):
        exclude = ("archived",)


class CustomFieldView(TableSchema):
    categories = fields.List(fields.String())
    choices = fields.List(fields.String())

    class Meta(TableSchema.Meta):
        model = CustomField
        fields = (
            "id", "key", "label", "kind", "categories", "choices", "required", "max_length",
            "minimum", "maximum", "help", "archived", "version",
        )  # fmt: skip


class CustomFieldsView(ObjectSchema):
    items = fields.List(fields.Nested(CustomFieldView), required=True)


class CounterDraft(ObjectSchema):
    prefix = fields.String(required=True, validate=validate.Length(max=40))
    width = fields.Integer(strict=True, load_default=6, validate=validate.Range(min=1, max=12))
    is_default = fields.Boolean(load_default=False, **_BOOLEAN)


class CounterView(TableSchema):
    class Meta(TableSchema.Meta):
        model = TagCounter
        fields = ("id", "prefix", "width", "next_number", "is_default")


class CountersView(ObjectSchema):
    items = fields.List(fields.Nested(CounterView), required=True)


class ReserveSchema(ObjectSchema):
    """`first`: the number that a printed roll begins with; without it the next free run."""

    count = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=1, max=MAX_RESERVED)
    )
    prefix = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    first = fields.Integer(
        strict=True, load_default=None, allow_none=True,
        validate=validate.Range(min=1, max=LAST_NUMBER - MAX_RESERVED),
    )  # fmt: skip
    purpose = Text(max_length=200, load_default="")


class RangeView(ObjectSchema):
    id = fields.Integer()
    first = fields.Integer()
    last = fields.Integer()
    first_tag = fields.String()
    last_tag = fields.String()
    purpose = fields.String()


ManufacturerPage, ModelPage = page_of(ManufacturerView), page_of(ModelView)
