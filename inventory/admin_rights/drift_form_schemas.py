"""What the pages of drift take."""

from marshmallow import fields, validate

from inventory.admin_rights.account_names import MAX_KEY
from inventory.admin_rights.allow_list import MAX_REASON
from inventory.admin_rights.drift import MAX_NOTE
from inventory.admin_rights.drift_models import DriftKind, DriftState, System
from inventory.schema import ROW_ID, ObjectSchema, Text


class DriftListArgs(ObjectSchema):
    """What to show. `site`: where the device is, with all within it."""

    kind = fields.Enum(DriftKind, by_value=True, load_default=None)
    state = fields.Enum(DriftState, by_value=True, load_default=None)
    source = Text(max_length=50, load_default="")
    site = fields.Integer(validate=ROW_ID, load_default=None)
    older = fields.Integer(validate=validate.OneOf([7, 30, 90]), load_default=None)
    after = Text(max_length=500, load_default="")


class DecisionForm(ObjectSchema):
    """What has become of it; `version` as it was read."""

    state = fields.Enum(DriftState, by_value=True, required=True)
    note = Text(max_length=MAX_NOTE, min_length=1, required=True)
    version = fields.Integer(validate=ROW_ID, required=True)


class AllowForm(ObjectSchema):
    """A new entry. `check`: only say what it would cover; `until` is the last day."""

    pattern = Text(max_length=MAX_KEY, min_length=1, required=True)
    system = fields.Enum(System, by_value=True, load_default=None, allow_none=True)
    site_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    until = fields.Date(load_default=None, allow_none=True)
    reason = Text(max_length=MAX_REASON, load_default="")
    check = fields.Boolean(load_default=False)


class RemovalForm(ObjectSchema):
    """Why it ends."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
