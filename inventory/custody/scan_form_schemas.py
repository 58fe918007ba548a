"""What a scan station is set to, in its address, and the forms of its page."""

from marshmallow import fields

from inventory.custody.models import Condition, CustodyKind, LoanReason
from inventory.custody.scanning import Mode
from inventory.schema import ROW_ID, ObjectSchema, Text

MOST_AT_ONCE = 200


class StationArgs(ObjectSchema):
    """`due_at` is in the district's time zone; ids alone, so that no name is in an address."""

    mode = fields.Enum(Mode, by_value=True, load_default=Mode.OUT)
    person_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    place_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    cart_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    badges = fields.Boolean(load_default=False)
    kind = fields.Enum(CustodyKind, by_value=True, load_default=CustodyKind.ASSIGNMENT)
    loan_reason = fields.Enum(LoanReason, by_value=True, load_default=None, allow_none=True)
    due_at = fields.NaiveDateTime(load_default=None, allow_none=True)
    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)


class PersonForm(ObjectSchema):
    """Whose family name begins with this."""

    q = Text(max_length=120, min_length=1, required=True)


class CodesForm(ObjectSchema):
    """Scans, one a line, as a scanner types them."""

    codes = fields.String(required=True)


class UndoForm(ObjectSchema):
    """Which scan is taken back, and where the device was before it."""

    custody_id = fields.Integer(required=True, validate=ROW_ID)
    was_at = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    tag = Text(max_length=64, load_default="")
