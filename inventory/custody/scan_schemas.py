"""What the API shows and takes of the scan station and of a cart as one act."""

from marshmallow import fields, validate

from inventory.assets.kinds import Category, Status
from inventory.assets.together import MAX_ROWS
from inventory.custody.cart_acts import Became
from inventory.custody.models import Condition
from inventory.custody.scan_code import MAX_CODE
from inventory.custody.scanning import Mode, Scanned
from inventory.custody.schemas import TermsDraft
from inventory.custody.service import MAX_TEXT
from inventory.custody.slots import Whereabouts
from inventory.schema import ROW_ID, ObjectSchema, Text


def optional_id() -> fields.Integer:
    """A row's id, or nothing."""
    return fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)


class ScanDraft(TermsDraft):
    """One scan, and what the station is set to."""

    mode = fields.Enum(Mode, by_value=True, required=True)
    code = fields.String(
        required=True, validate=validate.Length(min=1, max=MAX_CODE),
        metadata={"description": "as the scanner typed it: a tag, a label's address, a serial "
                  "number or, with `badges`, the number on a person's badge"},
    )  # fmt: skip
    badges = fields.Boolean(load_default=False)
    person_id = optional_id()
    place_id = optional_id()
    cart_id = optional_id()


class ScanView(ObjectSchema):
    """What came of it: ids and no name, since it may be kept to be given twice."""

    outcome = fields.Enum(Scanned, by_value=True, required=True)
    asset_id = fields.Integer(allow_none=True, required=True)
    tag = fields.String(required=True)
    custody_id = fields.Integer(allow_none=True, required=True)
    person_id = fields.Integer(allow_none=True, required=True)
    was_at = fields.Integer(
        allow_none=True, required=True, metadata={"description": "for undoing: the place before"}
    )


class Undo(ObjectSchema):
    """`was_at`: where the device was before, as the scan's answer told."""

    was_at = optional_id()


class KeptView(ObjectSchema):
    """A device of a cart; `person_id`, `place_id`: who has it while it is out."""

    number = fields.Integer(allow_none=True, required=True)
    asset_id = fields.Integer(required=True)
    tag = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    status = fields.Enum(Status, by_value=True, required=True)
    where = fields.Enum(Whereabouts, by_value=True, required=True)
    custody_id = fields.Integer(allow_none=True, required=True)
    person_id = fields.Integer(allow_none=True, required=True)
    place_id = fields.Integer(allow_none=True, required=True)


class KeptList(ObjectSchema):
    """All that is kept in a cart, by slot."""

    items = fields.List(fields.Nested(KeptView), required=True)


class PutIn(ObjectSchema):
    """Into the cart."""

    asset_id = fields.Integer(required=True, validate=ROW_ID)


def chosen() -> fields.List[int]:
    """Which devices of the cart; null: all."""
    return fields.List(
        fields.Integer(validate=ROW_ID), load_default=None, allow_none=True,
        validate=validate.Length(min=1, max=MAX_ROWS),
    )  # fmt: skip


class CartGive(TermsDraft):
    """The whole cart, or some of what is in it, to one person or place."""

    person_id = optional_id()
    place_id = optional_id()
    asset_ids = chosen()
    dry_run = fields.Boolean(load_default=False)


class CartReturn(ObjectSchema):
    """What came back; null: all that was out."""

    asset_ids = chosen()
    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")
    dry_run = fields.Boolean(load_default=False)


class CartRowView(ObjectSchema):
    """What became of one device."""

    asset_id = fields.Integer(required=True)
    tag = fields.String(required=True)
    became = fields.Enum(Became, by_value=True, required=True)
    custody_id = fields.Integer(allow_none=True, required=True)
    problem = fields.String(required=True)
    code = fields.Integer(required=True)


class CartOutcomeView(ObjectSchema):
    """applied false: nothing was changed."""

    applied = fields.Boolean(required=True)
    rows = fields.List(fields.Nested(CartRowView), required=True)
