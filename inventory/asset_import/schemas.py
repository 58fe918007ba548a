"""What the API takes and shows of imports of assets."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.asset_import.models import AssetImport, AssetImportRow, RowOutcome
from inventory.asset_import.options import CREATABLE, DATES, MATCHES
from inventory.asset_import.reading import ENCODINGS, MOST_COLUMNS
from inventory.assets.kinds import Category, Status
from inventory.http.multipart import FilePart
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

MOST_DECISIONS = 500


class ImportUpload(ObjectSchema):
    """The parts of a multipart/form-data body."""

    file = FilePart(required=True, metadata={"description": "a CSV file, or an Excel workbook"})
    encoding = fields.String(
        load_default="", validate=validate.OneOf(ENCODINGS),
        metadata={"description": "windows-1252 for a file that is not UTF-8 or UTF-16"},
    )  # fmt: skip
    sheet = Text(
        max_length=120, load_default="", metadata={"description": "of a workbook; else its first"}
    )


class ImportOptions(ObjectSchema):
    """How the file is to be understood; what is left out stays as it is."""

    mapping = fields.List(
        fields.String(validate=validate.Length(max=60)), validate=validate.Length(max=MOST_COLUMNS),
        metadata={"description": 'the field of each column, "" for none'},
    )  # fmt: skip
    match = fields.String(validate=validate.OneOf(MATCHES))
    dates = fields.String(validate=validate.OneOf(DATES))
    decimal = fields.String(validate=validate.OneOf(("", ".", ",")))
    create = fields.List(
        fields.String(validate=validate.OneOf(sorted(CREATABLE))), validate=validate.Length(max=3)
    )
    category = fields.String(validate=validate.OneOf(("", *Category)))
    status = fields.String(validate=validate.OneOf(tuple(Status)))
    site_id = fields.Integer(allow_none=True, validate=ROW_ID)
    prefix = Text(max_length=40)


class Decision(ObjectSchema):
    """What an unknown name is: something known (`to`), something new, or rows to leave out."""

    do = fields.String(required=True, validate=validate.OneOf(("map", "create", "skip")))
    to = fields.Raw(metadata={"description": "an id; a value for category, status and choice"})

    @ma.validates_schema
    def _whole(self, data: dict[str, Any], **_options: Any) -> None:
        to = data.get("to")
        plain = isinstance(to, (int, str)) and not isinstance(to, bool) and len(str(to)) <= 200
        if data["do"] == "map" and not plain:
            raise ma.ValidationError("must be an id or a value", "to")


class ImportPlanning(ObjectSchema):
    """Plan it; again and again until it is right."""

    options = fields.Nested(ImportOptions, load_default=dict)
    decisions = fields.Dict(
        keys=fields.String(validate=validate.Length(max=300)), values=fields.Nested(Decision),
        load_default=dict, validate=validate.Length(max=MOST_DECISIONS),
        metadata={"description": "by the `name` of an unknown"},
    )  # fmt: skip


class ImportFinding(ObjectSchema):
    """What the guard objects to; a refused one cannot be overruled."""

    rule = fields.String(
        required=True, validate=validate.OneOf(("touched", "retired", "swapped", "unknown"))
    )
    number = fields.Integer(required=True)
    of = fields.Integer(required=True)
    refused = fields.Boolean(required=True)


class ImportView(TableSchema):
    """An import, and what became of it."""

    columns = fields.List(fields.Dict(), required=True)
    options = fields.Dict(required=True)
    decisions = fields.Dict(required=True)
    unknown_names = fields.List(fields.Dict(), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    findings = fields.List(fields.Nested(ImportFinding), required=True)
    remarks = fields.List(fields.String(), required=True)
    number_to_name = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": "approving needs this number and a reason; null: needs neither"},
    )  # fmt: skip

    class Meta(TableSchema.Meta):
        model = AssetImport
        fields = (
            "id", "source", "state", "file_name", "file_sha256", "shape", "rows", "columns",
            "options", "decisions", "unknown_names", "counts", "findings", "number_to_name",
            "remarks", "created_at", "created_by", "planned_at", "decided_at", "decided_by",
            "undone_at", "undone_by", "reason", "error",
        )  # fmt: skip


class ImportRowView(TableSchema):
    """A row of the file; `before` is null for a new asset, `after` where nothing changes."""

    cells = fields.List(fields.String(), required=True)
    before = fields.Dict(allow_none=True, required=True)
    after = fields.Dict(allow_none=True, required=True)
    notes = fields.List(fields.String(), required=True)

    class Meta(TableSchema.Meta):
        model = AssetImportRow
        fields = (
            "id", "number", "outcome", "tag", "asset_id", "cells", "before", "after", "notes",
        )  # fmt: skip


class ImportRowArgs(PageArgs):
    """Which rows."""

    outcome = fields.List(fields.Enum(RowOutcome, by_value=True), load_default=list)


class ImportApproval(ObjectSchema):
    """`number` and `reason` where the guard objects."""

    number = fields.Integer(validate=validate.Range(min=0, max=2**31 - 1))
    reason = Text(max_length=1000, load_default="")


class ImportRefusal(ObjectSchema):
    """Why not."""

    reason = Text(max_length=1000, load_default="")


class ImportUndoing(ObjectSchema):
    """Why it is taken back."""

    reason = Text(max_length=1000, min_length=1, required=True)


ImportPage = page_of(ImportView)
ImportRowPage = page_of(ImportRowView)
