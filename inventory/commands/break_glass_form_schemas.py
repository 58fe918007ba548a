"""The form that uses a sealed code, in its steps."""

from marshmallow import fields, validate

from inventory.assets.schemas import Lines
from inventory.commands.break_glass import LENGTH
from inventory.commands.page_schemas import RequestForm
from inventory.commands.proof_schemas import ProofFields
from inventory.commands.requesting import MAX_REASON
from inventory.schema import ROW_ID, ObjectSchema, Text
from mdm.types import Action

STEPS = ("look", "prove", "use")
"""look   tell what the code would open
prove  confirm who one is, for that
use    use the code
"""


class GlassArgs(ObjectSchema):
    """The device and the action that one comes from."""

    asset_id = fields.Integer(validate=ROW_ID, load_default=None)
    action = fields.Enum(Action, by_value=True, load_default=None)


class GlassForm(RequestForm, ProofFields):
    """A sealed code, for one device, at once. `again`: back to the choice."""

    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    again = fields.String(load_default="", validate=validate.Length(max=10))
    tag = Text(max_length=64, required=True)
    reason = Lines(max_length=MAX_REASON, required=True)
    sealed_code = fields.String(
        load_default="", load_only=True, validate=validate.Length(max=LENGTH * 4)
    )
