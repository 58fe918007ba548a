"""What the API accepts of decisions about observations, and shows of the evidence for them."""

from marshmallow import fields

from inventory.assets.kinds import Status
from inventory.schema import ROW_ID, ObjectSchema, Text


class SideView(ObjectSchema):
    field = fields.String()
    observed = fields.String()
    recorded = fields.String()
    same = fields.Boolean()


class CandidateView(ObjectSchema):
    """An asset that it may be; without an id where it lies outside your sites."""

    asset_id = fields.Integer(allow_none=True)
    tag = fields.String()
    status = fields.String()
    last_seen_at = fields.AwareDateTime(allow_none=True)
    last_seen_address = fields.String()
    sides = fields.List(fields.Nested(SideView))


class NewAssetSchema(ObjectSchema):
    """How a new asset is to be; its place is where it was observed if none is given."""

    tag = Text(max_length=64, min_length=1)
    prefix = Text(max_length=40)
    site_id = fields.Integer(strict=True, validate=ROW_ID, allow_none=True)
    status = fields.Enum(Status, by_value=True, load_default=Status.DEPLOYED)


class AcceptSchema(NewAssetSchema):
    """A new asset, or with `asset_id` that one."""

    asset_id = fields.Integer(strict=True, validate=ROW_ID)


class IgnoreSchema(ObjectSchema):
    reason = Text(max_length=1000, load_default="")
