"""The forms of imports: a file, its columns, what unknown names are, and the decision."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.asset_import.models import RowOutcome
from inventory.asset_import.options import CREATABLE, DATES, MATCHES, Options
from inventory.asset_import.reading import ENCODINGS
from inventory.assets.kinds import Category, Status
from inventory.schema import ROW_ID, ObjectSchema, Text


class ListArgs(ObjectSchema):
    """Where the list goes on."""

    before = fields.Integer(validate=ROW_ID, load_default=None)


class RowsArgs(ObjectSchema):
    """Which rows, and where they go on."""

    outcome = fields.Enum(RowOutcome, by_value=True, load_default=None)
    after = fields.Integer(validate=ROW_ID, load_default=None)


class UploadForm(ObjectSchema):
    """What is said of the file beside it."""

    encoding = fields.String(load_default="", validate=validate.OneOf(ENCODINGS))
    sheet = Text(max_length=120, load_default="")


class ColumnsForm(ObjectSchema):
    """How the file is to be understood; `columns_form` adds a field for each column."""

    match = fields.String(required=True, validate=validate.OneOf(MATCHES))
    dates = fields.String(load_default="", validate=validate.OneOf(DATES))
    decimal = fields.String(load_default="", validate=validate.OneOf(("", ".", ",")))
    category = fields.String(load_default="", validate=validate.OneOf(("", *Category)))
    status = fields.String(load_default="in_stock", validate=validate.OneOf(tuple(Status)))
    site_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    prefix = Text(max_length=40, load_default="")
    create = fields.List(
        fields.String(validate=validate.OneOf(sorted(CREATABLE))), load_default=list
    )


def columns_form(width: int, known: Collection[str]) -> ma.Schema:
    """With `column_0` and so on: the field of each column."""
    one = {
        f"column_{place}": fields.String(
            load_default="", validate=validate.OneOf(["", *known])
        )
        for place in range(width)
    }  # fmt: skip
    made: ma.Schema = type("ColumnsOfFileForm", (ColumnsForm,), one)()
    return made


def options_from(data: Mapping[str, Any], width: int) -> Options:
    """What such a form says."""
    mapping = tuple(data[f"column_{place}"] for place in range(width))
    rest = {name: value for name, value in data.items() if not name.startswith("column_")}
    return Options(**{**rest, "mapping": mapping, "create": tuple(data["create"])})


def initial_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same form as it is shown first."""
    mapping = {f"column_{place}": name for place, name in enumerate(options["mapping"])}
    return {**options, **mapping}


def decisions_form(count: int) -> ma.Schema:
    """With `unknown_0` and so on: skip, create, or map: and what to."""
    one = {
        f"unknown_{place}": Text(max_length=220, load_default="")
        for place in range(count)
    }  # fmt: skip
    made: ma.Schema = type("DecisionsForm", (ObjectSchema,), one)()
    return made


def decisions_from(data: Mapping[str, Any], unknown: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What such a form says of the unknown names; what is left open is left out."""
    said: dict[str, Any] = {}
    for place, one in enumerate(unknown):
        do, _, to = data[f"unknown_{place}"].partition(":")
        if do in {"skip", "create"}:
            said[one["name"]] = {"do": do}
        elif do == "map" and to:
            number = one["kind"] in {"manufacturer", "model", "site"} and to.isdecimal()
            said[one["name"]] = {"do": "map", "to": int(to) if number else to}
    return said


class ApproveForm(ObjectSchema):
    """The answer to the guard, where it objects."""

    number = fields.Integer(load_default=None, validate=validate.Range(min=0, max=2**31 - 1))
    reason = Text(max_length=1000, load_default="")


class ReasonForm(ObjectSchema):
    """Why."""

    reason = Text(max_length=1000, load_default="")
