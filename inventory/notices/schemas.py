"""What the API shows and takes of notices. A target's secret comes out once."""

from typing import Any

from marshmallow import fields, validate

from inventory.http.paging import PageArgs, page_of
from inventory.notices.models import (
    LABEL_LENGTH,
    URL_LENGTH,
    Channel,
    DeliveryState,
    WebhookTarget,
)
from inventory.notices.targets import MOST_KINDS
from inventory.schema import ObjectSchema, TableSchema, Text

KINDS = {
    "description": "whole kinds (`command.held`) or their part before the dot (`breaker`); "
    "none: everything"
}


def _kinds(**options: object) -> "fields.List[Any]":
    return fields.List(
        Text(max_length=80), validate=validate.Length(max=MOST_KINDS), metadata=KINDS,
        **options,  # type: ignore[arg-type]
    )  # fmt: skip


class HookTargetView(TableSchema):
    """A webhook target without its secret."""

    class Meta(TableSchema.Meta):
        model = WebhookTarget
        fields = (
            "id", "label", "url", "kinds", "enabled", "created_at", "created_by", "last_ok_at",
            "last_error", "version",
        )  # fmt: skip

    kinds = fields.List(fields.String())


class HookTargetMade(HookTargetView):
    """A target with a new secret, which is shown this once."""

    class Meta(TableSchema.Meta):
        model = WebhookTarget
        fields = (*HookTargetView.Meta.fields, "secret")

    secret = fields.String()


class HookTargetDraft(ObjectSchema):
    """A new target."""

    label = Text(max_length=LABEL_LENGTH, min_length=1, required=True)
    url = Text(max_length=URL_LENGTH, min_length=1, required=True)
    kinds = _kinds(load_default=list)
    enabled = fields.Boolean(load_default=True, truthy={True}, falsy={False})


class HookTargetChange(ObjectSchema):
    """What may be changed; what is left out stays."""

    label = Text(max_length=LABEL_LENGTH, min_length=1)
    url = Text(max_length=URL_LENGTH, min_length=1)
    kinds = _kinds()
    enabled = fields.Boolean(truthy={True}, falsy={False})


class HookTargetList(ObjectSchema):
    """All of them: there are fifty at most."""

    items = fields.List(fields.Nested(HookTargetView), required=True)


class DeliveryView(ObjectSchema):
    """A notice on its way to one recipient."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    channel = fields.Enum(Channel, by_value=True, required=True)
    address = fields.String(
        required=True, metadata={"description": "the mail address, or the label of the target"}
    )
    state = fields.Enum(DeliveryState, by_value=True, required=True)
    attempts = fields.Integer(required=True)
    error = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)


class DeliveryArgs(PageArgs):
    """Filters of the list of deliveries."""

    state = fields.Enum(DeliveryState, by_value=True)


DeliveryPage = page_of(DeliveryView)
