"""What the API shows of the audit log."""

from marshmallow import fields, validate

from inventory.audit.models import AuditEvent
from inventory.http.paging import PageArgs
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text


class EventView(TableSchema):
    """One event; `before` and `after` hold only what changed."""

    class Meta(TableSchema.Meta):
        model = AuditEvent
        fields = (
            "id", "at", "actor_kind", "actor_id", "actor_name", "origin", "action",
            "subject_type", "subject_id", "site_id", "before", "after", "reason", "digest",
        )  # fmt: skip

    before = fields.Raw(allow_none=True, metadata={"type": "object"})
    after = fields.Raw(allow_none=True, metadata={"type": "object"})


class EventArgs(PageArgs):
    """Filters of the log."""

    action = Text(max_length=80, metadata={"description": "e.g. asset.created"})
    subject_type = Text(max_length=40, metadata={"description": "e.g. asset"})
    subject_id = Text(max_length=80)
    actor_id = fields.Integer(validate=ROW_ID)
    since = fields.AwareDateTime(metadata={"description": "RFC 3339 with a zone"})


class ExportArgs(ObjectSchema):
    """Where the export begins."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=2**31 - 1),
        metadata={"description": "only events after this number"},
    )


class VerdictView(ObjectSchema):
    """`broken_at` is the first event that does not fit, null where the chain is whole."""

    events = fields.Integer(required=True)
    head = fields.String(required=True)
    broken_at = fields.Integer(allow_none=True, required=True)
    why = fields.String(required=True)
