"""The forms of carts."""

from marshmallow import fields, validate

from inventory.assets.together import MAX_ROWS
from inventory.custody.carts import MAX_NAME
from inventory.custody.hand_form_schemas import TermsForm
from inventory.custody.models import Condition
from inventory.custody.service import MAX_TEXT
from inventory.schema import ROW_ID, ObjectSchema, Text


def chosen() -> fields.List[int]:
    """The devices whose boxes are ticked."""
    return fields.List(
        fields.Integer(validate=ROW_ID), load_default=list, validate=validate.Length(max=MAX_ROWS)
    )


class CartForm(ObjectSchema):
    """A new cart."""

    name = Text(max_length=MAX_NAME, min_length=1, required=True)
    site_id = fields.Integer(required=True, validate=ROW_ID)


class GiveCartForm(TermsForm):
    """To whom, and which devices. `find`: only look for people; posted, so that no name stands in
    an address."""

    q = Text(max_length=120, load_default="")
    find = fields.Boolean(load_default=False)
    person_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    place_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    ids = chosen()


class CartBackForm(ObjectSchema):
    """Which devices came back."""

    ids = chosen()
    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")


class SlotForm(ObjectSchema):
    """One device of a cart."""

    asset_id = fields.Integer(required=True, validate=ROW_ID)
