"""The forms of transfers."""

from marshmallow import fields, validate

from inventory.custody.shipping import MOST
from inventory.custody.transfers import MAX_TEXT, MAX_WANTED, MAX_WHAT
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.web.forms import Lines


class AskForm(ObjectSchema):
    """Of whom, for whom, what, how many."""

    from_site_id = fields.Integer(required=True, validate=ROW_ID)
    to_site_id = fields.Integer(required=True, validate=ROW_ID)
    what = Text(max_length=MAX_WHAT, min_length=1, required=True)
    wanted = fields.Integer(required=True, validate=validate.Range(min=1, max=MAX_WANTED))
    note = Text(max_length=MAX_TEXT, load_default="")


class ReasonForm(ObjectSchema):
    """Why it is refused or called off."""

    reason = Text(max_length=MAX_TEXT, min_length=1, required=True)


class NothingForm(ObjectSchema):
    """Nothing but the button."""


class TagsForm(ObjectSchema):
    """Tags as a scanner types them: one a line."""

    tags = Lines(max_lines=MOST, max_length=64, load_default=list)


class ReceiveForm(ObjectSchema):
    """What arrived: scanned, or said of each device as NUMBER:OUTCOME."""

    tags = Lines(max_lines=MOST, max_length=64, load_default=list)
    outcome = fields.List(
        fields.String(validate=validate.Regexp(r"\A[0-9]{1,9}:(received|damaged|missing)\Z")),
        load_default=list, validate=validate.Length(max=MOST),
    )  # fmt: skip
    place_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")


class InHandForm(ObjectSchema):
    """A device that is here. `take`: the person has seen whose it is, and takes it over."""

    tag = Text(max_length=64, min_length=1, required=True)
    to_site_id = fields.Integer(required=True, validate=ROW_ID)
    note = Text(max_length=MAX_TEXT, load_default="")
    take = fields.Boolean(load_default=False)
