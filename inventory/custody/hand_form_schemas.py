"""The forms of handing out, in, swapping, and moving the end."""

from marshmallow import fields

from inventory.custody.models import Condition, CustodyKind, LoanReason
from inventory.custody.service import MAX_TEXT
from inventory.schema import ROW_ID, ObjectSchema, Text

MOST_ALONG = 1000


class TermsForm(ObjectSchema):
    """`due_at` is meant in the district's time zone."""

    kind = fields.Enum(CustodyKind, by_value=True, load_default=CustodyKind.ASSIGNMENT)
    loan_reason = fields.Enum(LoanReason, by_value=True, load_default=None, allow_none=True)
    due_at = fields.NaiveDateTime(load_default=None, allow_none=True)
    accessories = Text(max_length=MOST_ALONG, load_default="")
    override = Text(max_length=MAX_TEXT, load_default="")


class OutForm(TermsForm):
    """To whom, and how. `find`: only look for people whose family name begins with `q`; posted, so
    that no name stands in an address."""

    q = Text(max_length=120, load_default="")
    find = fields.Boolean(load_default=False)
    person_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    place_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    cart_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")
    take_over = Text(max_length=MAX_TEXT, load_default="")


class InForm(ObjectSchema):
    """In what state it came back, and what came along."""

    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    repair = fields.Boolean(load_default=False)
    accessories = Text(max_length=MOST_ALONG, load_default="")
    note = Text(max_length=MAX_TEXT, load_default="")


class SwapForm(TermsForm):
    """The spare one by its tag; the rest is of the broken one or of the loan."""

    spare = Text(max_length=64, min_length=1, required=True)
    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")


class ExtendForm(ObjectSchema):
    """A new end, in the district's time zone."""

    due_at = fields.NaiveDateTime(required=True)
    reason = Text(max_length=MAX_TEXT, load_default="")
