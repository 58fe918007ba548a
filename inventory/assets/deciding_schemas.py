"""What the API accepts of decisions about observations, and shows of the evidence for them."""

from marshmallow import fields, validate

from inventory.assets.kinds import Status
from inventory.assets.many_decisions import ACCEPT, DONE, IGNORE, REFUSED
from inventory.assets.together import MAX_ROWS
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


class DecisionItem(NewAssetSchema):
    """What is to be made of one observation; with `asset_id` it is that asset."""

    id = fields.Integer(strict=True, validate=ROW_ID, required=True)
    action = fields.String(load_default=ACCEPT, validate=validate.OneOf([ACCEPT, IGNORE]))
    asset_id = fields.Integer(strict=True, validate=ROW_ID)
    revision = fields.Integer(strict=True, validate=ROW_ID)
    reason = Text(max_length=1000, load_default="")


class DecisionBulk(ObjectSchema):
    """All of them or none."""

    rows = fields.List(
        fields.Nested(DecisionItem), required=True, validate=validate.Length(1, MAX_ROWS)
    )
    dry_run = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class DecisionResult(ObjectSchema):
    id = fields.Integer()
    status = fields.String(validate=validate.OneOf([DONE, REFUSED]))
    asset_id = fields.Integer(allow_none=True)
    decision = fields.String()
    problem = fields.String()
    code = fields.Integer()


class DecisionBulkView(ObjectSchema):
    applied = fields.Boolean()
    results = fields.List(fields.Nested(DecisionResult))
