"""marshmallow over SQLModel tables: a field is typed once, in the table; schemas only name fields.

What was learnt the hard way: always `Meta.fields`; never `load_instance` (an `id` in the body would
edit that row); enums by value; separate named classes instead of `partial=True`.
"""

from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from marshmallow import ValidationError, fields, validate
from marshmallow_sqlalchemy import ModelConverter, SQLAlchemyAutoSchema

from inventory.db import UtcDateTime

ROW_ID = validate.Range(min=1, max=2**31 - 1)
"""A row's id from a client: what PostgreSQL's integer can hold."""


class Converter(ModelConverter):
    """Carries what the plain converter drops: our UTC type, text bounds, descriptions."""

    SQLA_TYPE_MAPPING = {**ModelConverter.SQLA_TYPE_MAPPING, UtcDateTime: fields.AwareDateTime}

    def _add_column_kwargs(self, kwargs: dict[str, Any], column: "sa.Column[Any]") -> None:
        super()._add_column_kwargs(kwargs, column)
        if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
            kwargs["by_value"] = True
        if column.comment:
            kwargs.setdefault("metadata", {})["description"] = column.comment


class TableSchema(SQLAlchemyAutoSchema[Any]):
    """Base of every schema over a table: `class Meta(TableSchema.Meta)` names model and fields."""

    class Meta:
        fields: tuple[str, ...]
        model_converter = Converter
        unknown = ma.RAISE
        load_instance = False
        include_fk = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]


class ObjectSchema(ma.Schema):
    """Base of schemas that stand for no single table; unknown fields are refused."""

    class Meta:
        unknown = ma.RAISE


class Text(fields.String):
    """Text from a client: trimmed, bounded, without control characters."""

    def __init__(self, *, max_length: int, min_length: int = 0, **options: Any) -> None:
        options.setdefault("validate", validate.Length(min=min_length, max=max_length))
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000 for c in text):
            raise ValidationError("control characters are not allowed")
        return text
