"""The form of a bulk change: which rows, which fields, and what becomes of them."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.assets.bulk import MAX_ROWS
from inventory.assets.form_schemas import Dollars
from inventory.assets.list_schemas import AssetFilterArgs
from inventory.assets.schemas import MAX_ID, Lines, category, status
from inventory.schema import ObjectSchema, Text

STEPS = ("edit", "preview", "skip", "renew", "apply")
"""edit     show the form again
preview  tell what would happen
skip     leave out the rows that are refused, and tell again
renew    take the rows as they are now, and tell again
apply    do it
"""

MAX_BACK = 4000


class Rows(fields.Field[dict[int, int]]):
    """Ids and versions as `3:1,17:4`, as {id: version}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> dict[int, int]:
        found = rows_in(str(value))
        if not found:
            raise ma.ValidationError("The selection cannot be read; choose the rows again.")
        return found


def rows_in(text: str) -> dict[int, int]:
    """{id: version} of `3:1,17:4`; empty where any part of it cannot be read."""
    found: dict[int, int] = {}
    for part in text.split(",", MAX_ROWS):
        id_, _, version = part.partition(":")
        if not (_is_id(id_) and _is_id(version)):
            return {}
        found[int(id_)] = int(version)
    return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) <= MAX_ID


class PickArgs(AssetFilterArgs):
    """The rows of a bulk change: some by their ids, or `all` that the filter finds.

    `back`: the query of the list that one comes from.
    """

    id = fields.List(
        fields.Integer(validate=validate.Range(min=1, max=MAX_ID)),
        validate=validate.Length(max=MAX_ROWS),
    )
    all = fields.Boolean(load_default=False)
    back = fields.String(load_default="", validate=validate.Length(max=MAX_BACK))


class BulkForm(ObjectSchema):
    """Only the fields named in `tick` are changed; a ticked one that is blank is emptied."""

    rows = Rows(required=True)
    tick = fields.List(fields.String(), load_default=list)
    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    back = fields.String(load_default="", validate=validate.Length(max=MAX_BACK))
    reason = Lines(max_length=1000, load_default="")
    status = status(allow_none=True)
    site_id = fields.Integer(allow_none=True, validate=validate.Range(min=1, max=MAX_ID))
    category = category(allow_none=True)
    manufacturer = Text(max_length=120)
    model = Text(max_length=200)
    firmware = Text(max_length=200)
    description = Lines(max_length=4000)
    purchase_date = fields.Date(allow_none=True)
    cost = Dollars(allow_none=True)
    order_number = Text(max_length=80)
    supplier = Text(max_length=120)
    warranty_until = fields.Date(allow_none=True)
    funding_source = Text(max_length=120)
    federal_funds = fields.Boolean(allow_none=True)
    grant_number = Text(max_length=80)


CHANGED = tuple(
    name for name in BulkForm().fields if name not in {"rows", "tick", "step", "back", "reason"}
)
"""Fields that can be ticked, besides the district's own."""

NEVER_BLANK = frozenset({"status", "category", "federal_funds"})
