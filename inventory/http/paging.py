"""Keyset paging: `?after=<cursor>&limit=<n>`, answered with `next`. Cursors are opaque."""

import base64
import binascii
import json
from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields, validate

from inventory.errors import InvalidInput
from inventory.schema import ObjectSchema

MAX_LIMIT = 500


class PageArgs(ObjectSchema):
    """Query arguments of every list."""

    after = fields.String(
        validate=validate.Length(max=500), metadata={"description": "`next` of the page before"}
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(min=1, max=MAX_LIMIT),
        metadata={"description": "rows"},
    )


def encode_cursor(key: Sequence[object]) -> str:
    """The sort key of the last row as an opaque text."""
    raw = json.dumps(list(key), separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(text: str) -> list[object]:
    """Raises `InvalidInput` for anything that `encode_cursor` did not make."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = json.loads(raw)
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError) as broken:
        raise InvalidInput("`after` is not a cursor of this list") from broken
    if not isinstance(key, list) or not all(isinstance(k, (str, int, type(None))) for k in key):
        raise InvalidInput("`after` is not a cursor of this list")
    return key


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """A schema `{items: [...], next: cursor|null, count, count_capped}` for a list of `item`."""
    name = item.__name__.removesuffix("Schema") + "Page"
    return ObjectSchema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(allow_none=True, required=True),
            "count": fields.Integer(allow_none=True),
            "count_capped": fields.Boolean(),
        },
        name=name,
    )
