"""What the API accepts and shows of batches."""

from marshmallow import fields, validate

from inventory.commands.models import CommandBatch
from inventory.commands.requesting import BACKUP, MAX_MESSAGE, MAX_PHONE, MAX_REASON
from inventory.commands.schemas import CODES, ApprovalView, action, row_id
from inventory.http.paging import page_of
from inventory.schema import ObjectSchema, TableSchema, Text
from mdm.capabilities import Effect

SHOWN = (
    "id", "action", "gravest", "reason", "count", "digest", "approvals_needed",
    "cool_off_minutes", "requested_by", "requested_at", "state", "expires_at", "finished_at",
    "version",
)  # fmt: skip


class BatchArgs(ObjectSchema):
    """Which assets."""

    action = action(required=True)
    asset_ids = fields.List(row_id(), required=True, validate=validate.Length(min=2, max=5000))
    reason = Text(max_length=MAX_REASON, load_default="")


class BatchDraftSchema(BatchArgs):
    """`count`: the number of devices, typed by the person who asks."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
    count = fields.Integer(strict=True, required=True, validate=validate.Range(min=2, max=5000))
    backup = fields.String(validate=validate.OneOf(["", *BACKUP]), load_default="")
    acknowledged = fields.List(
        fields.String(validate=validate.Length(max=40)), validate=CODES, load_default=list
    )
    message = Text(max_length=MAX_MESSAGE, load_default="")
    phone = Text(max_length=MAX_PHONE, load_default="")


class RefusedView(ObjectSchema):
    """Why an asset cannot be part of it."""

    asset_id = fields.Integer(required=True)
    why = fields.String(required=True)


class BatchPlanView(ObjectSchema):
    """What a batch would do. `digest` is what is confirmed and approved."""

    action = action(required=True)
    possible = fields.Boolean(required=True)
    count = fields.Integer(required=True)
    refused = fields.List(fields.Nested(RefusedView), required=True)
    gravest = fields.Enum(Effect, by_value=True, allow_none=True)
    approvals = fields.Integer(required=True)
    cool_off_minutes = fields.Integer(required=True)
    digest = fields.String(required=True)


class BatchView(TableSchema):
    """A batch; its devices are commands with its `batch_id`."""

    class Meta(TableSchema.Meta):
        model = CommandBatch
        fields = SHOWN


BatchPage = page_of(BatchView)


class BatchDetail(BatchView):
    """A batch with who approved it, how its devices stand, and some of them."""

    approvals = fields.List(fields.Nested(ApprovalView), required=True)
    states = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    sample = fields.List(fields.String(), required=True)

    class Meta(TableSchema.Meta):
        model = CommandBatch
        fields = (*SHOWN, "approvals", "states", "sample")


class BatchApproveSchema(ObjectSchema):
    """The digest of the list that you saw."""

    digest = fields.String(required=True, validate=validate.Length(equal=64))
