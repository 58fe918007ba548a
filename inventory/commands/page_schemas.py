"""What the pages of commands take: forms and query arguments."""

from marshmallow import fields, validate

from inventory.assets.schemas import Lines
from inventory.commands.requesting import BACKUP, MAX_MESSAGE, MAX_PHONE, MAX_REASON
from inventory.commands.states import CommandState
from inventory.schema import ROW_ID, ObjectSchema, Text
from mdm.types import Action

WHICH = ("waiting", "open", "all", "mine")


class NewArgs(ObjectSchema):
    """Which action, and which device where the asset stands for several."""

    action = fields.Enum(Action, by_value=True, load_default=None)
    device_id = fields.Integer(validate=ROW_ID, load_default=None)


class ListArgs(ObjectSchema):
    """Which commands: those that wait for a person, open ones, all, or one's own."""

    which = fields.String(validate=validate.OneOf(WHICH), load_default="waiting")
    state = fields.Enum(CommandState, by_value=True, load_default=None)
    before = fields.Integer(validate=ROW_ID, load_default=None)


class RequestForm(ObjectSchema):
    """What a person says when asking for a command; the plan tells which fields are needed."""

    action = fields.Enum(Action, by_value=True, required=True)
    reason = Lines(max_length=MAX_REASON, required=True)
    device_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    typed_tag = Text(max_length=64, load_default="")
    backup = fields.String(validate=validate.OneOf(["", *BACKUP]), load_default="")
    acknowledged = fields.List(
        fields.String(validate=validate.Length(max=40)), validate=validate.Length(max=20),
        load_default=list,
    )  # fmt: skip
    message = Text(max_length=MAX_MESSAGE, load_default="")
    phone = Text(max_length=MAX_PHONE, load_default="")
    keep_data_plan = fields.Boolean(load_default=False)
    skip_cool_off = fields.Boolean(load_default=False)


class ReasonForm(ObjectSchema):
    """Why."""

    reason = Lines(max_length=MAX_REASON, required=True)


class RemarkForm(ObjectSchema):
    """Why, if there is something to say."""

    reason = Lines(max_length=MAX_REASON, load_default="")


class SeenForm(ObjectSchema):
    """The version that was read, so that nobody approves what they have not seen."""

    seen = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))


class SettleForm(ReasonForm):
    """What became of a command that only a person can tell of."""

    verdict = fields.String(required=True, validate=validate.OneOf(["sent", "done", "not_done"]))


class ReconcileForm(ReasonForm):
    """Whether it was sent before the database was restored."""

    sent = fields.String(required=True, validate=validate.OneOf(["true", "false"]))


class DigestForm(ObjectSchema):
    """The list of devices that was read."""

    digest = fields.String(required=True, validate=validate.Length(equal=64))


class RuleForm(ObjectSchema):
    """A new value for one rule."""

    name = fields.String(required=True, validate=validate.Length(max=60))
    value = fields.Integer(required=True, validate=validate.Range(min=0, max=100_000))
    reason = Lines(max_length=MAX_REASON, required=True)


class ReviewForm(ObjectSchema):
    """What the use of a sealed code was about."""

    text = Lines(max_length=MAX_REASON, required=True)
