"""What the API shows and takes of places."""

from marshmallow import fields

from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text
from inventory.sites.models import Site, SiteKind
from inventory.sites.rules import CODE_LENGTH, NAME_LENGTH


class SiteView(TableSchema):
    """A place; `path` are the names from the district down to it, where one site was asked for."""

    class Meta(TableSchema.Meta):
        model = Site
        fields = ("id", "kind", "name", "code", "parent_id", "version", "path")

    path = fields.List(fields.String())


class SiteTree(ObjectSchema):
    """Every place in the caller's reach, parents before children."""

    items = fields.List(fields.Nested(SiteView), required=True)


class SiteDraft(ObjectSchema):
    """A new place."""

    kind = fields.Enum(SiteKind, by_value=True, required=True)
    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    parent_id = fields.Integer(required=True, strict=True, validate=ROW_ID)
    code = Text(max_length=CODE_LENGTH, load_default=None, allow_none=True)


class SiteChange(ObjectSchema):
    """What may be changed; what is left out stays. A new `parent_id` moves the place."""

    name = Text(max_length=NAME_LENGTH, min_length=1)
    parent_id = fields.Integer(strict=True, validate=ROW_ID)
    code = Text(max_length=CODE_LENGTH, allow_none=True)
