"""The forms of an asset in the web UI: what is typed, and what it means."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.assets.catalog_models import CustomField
from inventory.assets.fields import MAX_CENTS
from inventory.assets.kinds import FieldKind, Status
from inventory.assets.schemas import MAX_ID, Lines, category, status
from inventory.schema import ObjectSchema, Text
from inventory.web.forms import Lines as LineList

CUSTOM = "custom_"
"""What the form's fields for the district's own fields begin with."""

_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,10})?", re.ASCII)
_DOLLARS = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)
VERSION = validate.Range(min=1, max=MAX_ID)


class Dollars(fields.Field[int]):
    """An amount as people type it ("1,249.50"), as cents."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> int:
        text = str(value).strip().removeprefix("$").replace(",", "").strip()
        if not _DOLLARS.fullmatch(text):
            raise ma.ValidationError("Write an amount like 249.50.")
        whole, _, part = text.partition(".")
        cents = int(whole) * 100 + int(part.ljust(2, "0") or 0)
        if cents > MAX_CENTS:
            raise ma.ValidationError("That is more than an asset can cost.")
        return cents


class Number(fields.Field[float]):
    """A number as it is typed; whole ones stay whole."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> float:
        text = str(value).strip()
        if not _NUMBER.fullmatch(text):
            raise ma.ValidationError("Not a valid number.")
        return float(text) if "." in text else int(text)


def dollars(cents: int | None) -> str:
    """Cents as `Dollars` reads them; "" for None."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02}"


class AssetForm(ObjectSchema):
    """What is asked of an asset that is there."""

    version = fields.Integer(validate=VERSION)
    category = category(required=True)
    tag = Text(max_length=64, min_length=1, required=True)
    manufacturer = Text(max_length=120)
    model = Text(max_length=200)
    site_id = fields.Integer(allow_none=True, validate=validate.Range(min=1, max=MAX_ID))
    name = Text(max_length=200)
    serial = Text(max_length=120)
    firmware = Text(max_length=200)
    description = Lines(max_length=4000)
    purchase_date = fields.Date(allow_none=True)
    cost = Dollars(allow_none=True)
    order_number = Text(max_length=80)
    supplier = Text(max_length=120)
    warranty_until = fields.Date(allow_none=True)
    funding_source = Text(max_length=120)
    federal_funds = fields.Boolean(load_default=False)
    grant_number = Text(max_length=80)


class NewAssetForm(AssetForm):
    """A new asset: its tag may be the next of a counter, and it comes with its identifiers."""

    tag = Text(max_length=64)
    prefix = fields.String(allow_none=True, validate=validate.Length(max=40))
    status = status(load_default=Status.IN_STOCK)
    macs = LineList(max_lines=20, max_length=60, load_default=list)
    imeis = LineList(max_lines=4, max_length=40, load_default=list)
    more_identifiers = LineList(max_lines=20, max_length=270, load_default=list)
    another = fields.Boolean(load_default=False)

    class Meta(AssetForm.Meta):
        exclude = ("version",)


class StatusForm(ObjectSchema):
    """A move to another state."""

    version = fields.Integer(required=True, validate=VERSION)
    status = status(required=True)
    reason = Lines(max_length=1000, load_default="")


class RetireForm(ObjectSchema):
    version = fields.Integer(required=True, validate=VERSION)
    reason = Lines(max_length=1000, load_default="")


def with_custom(schema: type[ObjectSchema], definitions: Sequence[CustomField]) -> ObjectSchema:
    """The form together with a field for each of the district's own fields in use."""
    own = {CUSTOM + one.key: _custom(one) for one in definitions if not one.archived}
    made = type(schema.__name__, (schema,), own)
    return made()  # type: ignore[no-any-return]


def _custom(one: CustomField) -> fields.Field[Any]:
    blank: dict[str, Any] = {"allow_none": True}
    match one.kind:
        case FieldKind.NUMBER:
            return Number(**blank)
        case FieldKind.DATE:
            return fields.Date(**blank)
        case FieldKind.CHOICE:
            return fields.String(validate=validate.OneOf([str(c) for c in one.choices]), **blank)
        case FieldKind.BOOLEAN:
            return fields.Boolean(**blank)
        case FieldKind.TEXT:
            return Lines(max_length=one.max_length, **blank)


def custom_of(data: Mapping[str, Any]) -> dict[str, object]:
    """The district's own fields among a form's values, by key; None where left blank."""
    return {
        name.removeprefix(CUSTOM): value for name, value in data.items() if name.startswith(CUSTOM)
    }
