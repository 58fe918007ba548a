"""Query arguments and forms of the list of assets."""

from marshmallow import fields, validate

from inventory.accounts.preferences import DENSITIES, MAX_COLUMNS
from inventory.assets.list_schemas import AssetFilterArgs, AssetListArgs
from inventory.schema import ObjectSchema

MAX_BACK = 4000


def _columns() -> fields.List:  # type: ignore[type-arg]
    return fields.List(
        fields.String(validate=validate.Length(max=60)),
        load_default=list,
        validate=validate.Length(max=MAX_COLUMNS),
    )


class ListArgs(AssetListArgs):
    """The list, and the columns that a saved view has of its own."""

    columns = _columns()


class FilterFormArgs(AssetFilterArgs):
    """The rest of the query that the form of rarer filters carries along."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=500))
    columns = _columns()


class BackArgs(ObjectSchema):
    """The query of the list that one comes from."""

    back = fields.String(load_default="", validate=validate.Length(max=MAX_BACK))


class ColumnsForm(ObjectSchema):
    """Which columns, and how dense; `usual` goes back to those of whoever has not chosen."""

    columns = _columns()
    density = fields.String(required=True, validate=validate.OneOf(DENSITIES))
    usual = fields.Boolean(load_default=False)
    back = fields.String(load_default="", validate=validate.Length(max=MAX_BACK))
