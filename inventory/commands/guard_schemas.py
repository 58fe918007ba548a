"""What the API accepts and shows of the breaker, the policy and sealed codes."""

from marshmallow import fields, validate

from inventory.commands.guard_models import Breaker, BreakerEvent, BreakGlassCode, PolicyChange
from inventory.commands.requesting import MAX_REASON
from inventory.commands.schemas import CommandDraftSchema, row_id
from inventory.schema import ObjectSchema, TableSchema, Text


class BreakerView(TableSchema):
    """While it is open, nothing destructive leaves. `binding`: what closing is confirmed for."""

    binding = fields.String(required=True)

    class Meta(TableSchema.Meta):
        model = Breaker
        fields = (
            "open", "cause", "detail", "opened_at", "close_asked_by", "close_asked_at",
            "close_reason", "closed_by", "closed_at", "binding",
        )  # fmt: skip


class BreakerEventView(TableSchema):
    """One thing that happened to the breaker."""

    class Meta(TableSchema.Meta):
        model = BreakerEvent
        fields = ("id", "at", "what", "cause", "detail", "by")


class BreakerHistory(ObjectSchema):
    """Newest first."""

    items = fields.List(fields.Nested(BreakerEventView), required=True)


class RestoredView(ObjectSchema):
    """How many open commands are held until they are reconciled."""

    held = fields.Integer(required=True)


class RuleView(ObjectSchema):
    """A rule, its bounds, and which way is stricter ("more" or "less")."""

    name = fields.String(required=True)
    value = fields.Integer(required=True)
    default = fields.Integer(required=True)
    least = fields.Integer(required=True)
    most = fields.Integer(required=True)
    stricter = fields.String(required=True)
    meaning = fields.String(required=True)


class PolicyView(ObjectSchema):
    """Every rule of commands."""

    rules = fields.List(fields.Nested(RuleView), required=True)


class PolicyDraft(ObjectSchema):
    """A rule's new value."""

    name = Text(max_length=60, min_length=1, required=True)
    value = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=0, max=2**31 - 1)
    )
    reason = Text(max_length=MAX_REASON, min_length=1, required=True)


class PolicyChangeView(TableSchema):
    """A change; one that weakens waits for a second person while `state` is "asked"."""

    binding = fields.String(required=True)

    class Meta(TableSchema.Meta):
        model = PolicyChange
        fields = (
            "id", "name", "before", "after", "weakens", "reason", "state", "asked_by", "asked_at",
            "decided_by", "decided_at", "binding",
        )  # fmt: skip


class PolicyChanges(ObjectSchema):
    """Newest first."""

    items = fields.List(fields.Nested(PolicyChangeView), required=True)


class GlassDraft(CommandDraftSchema):
    """A command with a code out of the sealed envelope."""

    asset_id = row_id(required=True)
    code = Text(max_length=200, min_length=1, required=True)


class GlassView(TableSchema):
    """A code that was used, and its review."""

    class Meta(TableSchema.Meta):
        model = BreakGlassCode
        fields = (
            "id", "used_at", "used_by", "command_id", "review_due_at", "reviewed_at",
            "reviewed_by", "review",
        )  # fmt: skip


class GlassList(ObjectSchema):
    """Uses that wait for their review."""

    items = fields.List(fields.Nested(GlassView), required=True)


class EndedView(ObjectSchema):
    """How many unused codes were ended."""

    ended = fields.Integer(required=True)


class ReviewDraft(ObjectSchema):
    """What was found."""

    text = Text(max_length=MAX_REASON, min_length=1, required=True)
