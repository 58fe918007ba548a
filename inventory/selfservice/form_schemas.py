"""The forms of self-service."""

from marshmallow import fields, validate

from inventory.assets.kinds import Status
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.selfservice.models import TEXT_LENGTH, TITLE_LENGTH, ReportKind


class ReportForm(ObjectSchema):
    """What is wrong."""

    kind = fields.Enum(ReportKind, by_value=True, required=True)
    text = Text(max_length=TEXT_LENGTH, load_default="")


class ConfirmForm(ObjectSchema):
    """Whether the person still has it."""

    has_it = fields.Boolean(required=True)


class CloseForm(ObjectSchema):
    """How a report ends; `status`: what the device becomes."""

    status = fields.Enum(Status, by_value=True, load_default=None, allow_none=True)
    note = Text(max_length=TEXT_LENGTH, load_default="")


class AskForm(ObjectSchema):
    """Whom to ask, and under which title."""

    site_id = fields.Integer(required=True, validate=ROW_ID)
    title = Text(max_length=TITLE_LENGTH, min_length=1, required=True)


class ReportArgs(ObjectSchema):
    """Open ones, or `closed`; `before`: older than this one."""

    closed = fields.Boolean(load_default=False)
    before = fields.Integer(load_default=None, validate=ROW_ID)


class RightsForm(ObjectSchema):
    """Why admin rights are needed, and for how many hours from when they are authorised."""

    reason = Text(max_length=1000, min_length=1, required=True)
    hours = fields.Integer(required=True, validate=validate.Range(1, 72))
