"""What the API shows and takes of custody."""

from marshmallow import fields, validate

from inventory.assets.kinds import Category, Status
from inventory.custody.carts import MAX_NAME
from inventory.custody.lines import MAX_COUNT, MAX_LINES
from inventory.custody.models import Cart, Condition, Custody, CustodyKind, CustodyLine, LoanReason
from inventory.custody.service import MAX_TEXT
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text


class CustodyLineView(TableSchema):
    """Something that went along; `count_in` null where nobody has counted."""

    class Meta(TableSchema.Meta):
        model = CustodyLine
        fields = ("name", "count_out", "count_in")


class HolderView(ObjectSchema):
    """The person who has it, with as little as serves."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    grade = fields.String(required=True)
    active = fields.Boolean(required=True, metadata={"description": "false: has left"})


SHOWN = (
    "id", "asset_id", "person_id", "place_id", "cart_id", "kind", "loan_reason", "given_at",
    "given_by", "due_at", "renewals", "condition_out", "note_out", "override", "instead_of_id",
    "returned_at", "taken_by", "condition_in", "note_in", "accessories", "version",
)  # fmt: skip


class CustodyRecord(TableSchema):
    """The answer to a change: ids and no name, since it may be kept to be given twice."""

    accessories = fields.List(fields.Nested(CustodyLineView), required=True)

    class Meta(TableSchema.Meta):
        model = Custody
        fields = SHOWN


class CustodyView(TableSchema):
    """Who has a device; open while `returned_at` is null."""

    tag = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    status = fields.Enum(Status, by_value=True, required=True)
    site_id = fields.Integer(allow_none=True, required=True)
    holder = fields.String(required=True, metadata={"description": "a name to show"})
    person = fields.Nested(HolderView, allow_none=True, required=True)
    overdue = fields.Boolean(required=True)
    accessories = fields.List(fields.Nested(CustodyLineView), required=True)

    class Meta(TableSchema.Meta):
        model = Custody
        fields = (
            *SHOWN, "tag", "category", "status", "site_id", "holder", "person", "overdue",
        )  # fmt: skip


CustodyPage = page_of(CustodyView)


class CustodyArgs(PageArgs):
    """Filters of the list of what is out."""

    kind = fields.Enum(CustodyKind, by_value=True)
    overdue = fields.Boolean()
    person_id = fields.Integer(validate=ROW_ID)
    place_id = fields.Integer(validate=ROW_ID)
    cart_id = fields.Integer(validate=ROW_ID)
    site_id = fields.Integer(
        validate=ROW_ID, metadata={"description": "where the device is: this place or below it"}
    )


def counts(least: int) -> fields.Dict:
    """Accessories: name to count."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=60)),
        values=fields.Integer(strict=True, validate=validate.Range(min=least, max=MAX_COUNT)),
        load_default=dict,
        validate=validate.Length(max=MAX_LINES),
        metadata={"description": "name to count, e.g. charger: 1"},
    )


class TermsDraft(ObjectSchema):
    """How something is handed out."""

    kind = fields.Enum(CustodyKind, by_value=True, load_default=CustodyKind.ASSIGNMENT)
    loan_reason = fields.Enum(LoanReason, by_value=True, load_default=None, allow_none=True)
    due_at = fields.AwareDateTime(load_default=None, allow_none=True)
    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")
    accessories = counts(1)
    override = Text(
        max_length=MAX_TEXT, load_default="",
        metadata={"description": "why, where something speaks against it"},
    )  # fmt: skip


class CheckOut(TermsDraft):
    """To one person, one place or one cart."""

    person_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    place_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    cart_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    take_over = Text(
        max_length=MAX_TEXT, load_default="",
        metadata={"description": "why it is taken from who has it"},
    )  # fmt: skip


class CheckIn(ObjectSchema):
    """How something is handed in."""

    condition = fields.Enum(Condition, by_value=True, load_default=None, allow_none=True)
    repair = fields.Boolean(
        load_default=None, allow_none=True,
        metadata={"description": "to the repair shop; null: where it is broken"},
    )  # fmt: skip
    note = Text(max_length=MAX_TEXT, load_default="")
    returned = counts(0)
    place_id = fields.Integer(
        validate=ROW_ID, load_default=None, allow_none=True,
        metadata={"description": "where it is put; null: as recorded"},
    )  # fmt: skip


class Swap(ObjectSchema):
    """The broken one in, the spare one out."""

    spare_id = fields.Integer(required=True, validate=ROW_ID)
    coming = fields.Nested(CheckIn, load_default=dict)
    terms = fields.Nested(TermsDraft, required=True)


class SwapView(ObjectSchema):
    """What ended and what began."""

    ended = fields.Nested(CustodyRecord, required=True)
    began = fields.Nested(CustodyRecord, required=True)


class Extend(ObjectSchema):
    """A later end, or an earlier one."""

    due_at = fields.AwareDateTime(required=True)
    reason = Text(max_length=MAX_TEXT, load_default="")


class CartView(TableSchema):
    """A cart or locker."""

    class Meta(TableSchema.Meta):
        model = Cart
        fields = ("id", "site_id", "name")


class CartDraft(ObjectSchema):
    """A new cart."""

    name = Text(max_length=MAX_NAME, min_length=1, required=True)
    site_id = fields.Integer(required=True, validate=ROW_ID)


CartPage = page_of(CartView)
