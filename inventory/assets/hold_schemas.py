"""What the API shows and takes of holds."""

from marshmallow import fields

from inventory.assets.hold_models import Hold, HoldKind
from inventory.assets.holds import MAX_CASE, MAX_REASON
from inventory.schema import ObjectSchema, TableSchema, Text


class HoldView(TableSchema):
    """A freeze on a device; in force while `released_at` is null."""

    class Meta(TableSchema.Meta):
        model = Hold
        fields = (
            "id", "asset_id", "kind", "case_number", "reason", "raised_by", "raised_at",
            "release_asked_by", "release_asked_at", "release_reason", "released_by",
            "released_at", "version",
        )  # fmt: skip


class HoldList(ObjectSchema):
    """All holds of one device, newest first."""

    items = fields.List(fields.Nested(HoldView), required=True)


class HoldDraft(ObjectSchema):
    """A new hold."""

    kind = fields.Enum(HoldKind, by_value=True, required=True)
    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
    case_number = Text(max_length=MAX_CASE, load_default="")


class ReleaseDraft(ObjectSchema):
    """Why the hold may go."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
