"""What is asked of labels, over the API and in the browser."""

from typing import Any

from marshmallow import fields, validate

from inventory.assets.bulk_form_schemas import MAX_BACK
from inventory.labels.models import NAME_LENGTH, LabelPrinter, LabelStock
from inventory.labels.printing import FURTHEST, MOST_LABELS
from inventory.labels.service import Line
from inventory.labels.stock import LARGEST, MOST_CELLS
from inventory.labels.zpl import DENSITIES
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text


def millimetres(least: float = 0.0, **options: Any) -> fields.Float:
    """A measure; neither infinite nor no number."""
    return fields.Float(validate=validate.Range(min=least, max=LARGEST), **options)


def offset() -> fields.Float:
    return fields.Float(
        load_default=0.0, validate=validate.Range(min=-FURTHEST, max=FURTHEST),
        metadata={"description": "mm, to the right or down"},
    )  # fmt: skip


class StockView(ObjectSchema):
    """Label stock; measures in millimetres."""

    key = fields.String(required=True, metadata={"description": "how it is asked for"})
    name = fields.String(required=True)
    page = fields.Tuple((fields.Float(), fields.Float()), required=True)
    columns = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    width = fields.Float(required=True)
    height = fields.Float(required=True)
    left = fields.Float(required=True)
    top = fields.Float(required=True)
    pitch_x = fields.Float(required=True)
    pitch_y = fields.Float(required=True)


class StockList(ObjectSchema):
    """All stock: the district's own first."""

    items = fields.List(fields.Nested(StockView), required=True)


class NewStock(ObjectSchema):
    """Stock of one's own. A pitch of 0: the labels touch each other."""

    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    page_width = millimetres(1, required=True)
    page_height = millimetres(1, required=True)
    columns = fields.Integer(load_default=1, validate=validate.Range(min=1, max=MOST_CELLS))
    rows = fields.Integer(load_default=1, validate=validate.Range(min=1, max=MOST_CELLS))
    width = millimetres(1, required=True)
    height = millimetres(1, required=True)
    left = millimetres(load_default=0.0)
    top = millimetres(load_default=0.0)
    pitch_x = millimetres(load_default=0.0)
    pitch_y = millimetres(load_default=0.0)


class OwnStockView(TableSchema):
    """Stock that the district described."""

    class Meta(TableSchema.Meta):
        model = LabelStock
        fields = (
            "id", "name", "page_width", "page_height", "columns", "rows", "width", "height",
            "left", "top", "pitch_x", "pitch_y",
        )  # fmt: skip


class PrinterView(TableSchema):
    """A printer and by how much it is off, in millimetres."""

    class Meta(TableSchema.Meta):
        model = LabelPrinter
        fields = ("id", "name", "dx", "dy")


class PrinterList(ObjectSchema):
    items = fields.List(fields.Nested(PrinterView), required=True)


class NewPrinter(ObjectSchema):
    """A printer that needs an offset."""

    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    dx = offset()
    dy = offset()


def _lines(**options: Any) -> "fields.List[Any]":
    return fields.List(
        fields.Enum(Line, by_value=True), validate=validate.Length(max=len(Line)), **options
    )


class _Design(ObjectSchema):
    stock = Text(max_length=40, load_default="avery-5160")
    start = fields.Integer(load_default=1, validate=validate.Range(min=1, max=MOST_CELLS))
    dpi = fields.Integer(load_default=203, validate=validate.OneOf(list(DENSITIES)))


class LabelOrder(_Design):
    """Labels for these tags, in this order."""

    tags = fields.List(
        Text(max_length=64, min_length=1), required=True,
        validate=validate.Length(min=1, max=MOST_LABELS),
    )  # fmt: skip
    lines = _lines(load_default=lambda: [Line.DISTRICT, Line.MODEL])
    format = fields.String(load_default="pdf", validate=validate.OneOf(["pdf", "zpl"]))
    qr = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    bars = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    dx = offset()
    dy = offset()


class DesignArgs(_Design):
    """The designer: `tags` with blanks or commas between, or the `id`s that were ticked.

    `shown`: whether the form was there already, so that nothing ticked means nothing; `back`: the
    query of the list that one comes from.
    """

    tags = Text(max_length=66 * MOST_LABELS, load_default="")
    id = fields.List(
        fields.Integer(validate=ROW_ID),
        load_default=list,
        validate=validate.Length(max=MOST_LABELS),
    )
    lines = _lines(load_default=list)
    codes = fields.List(fields.String(validate=validate.OneOf(["qr", "bars"])), load_default=list)
    printer = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    shown = fields.Boolean(load_default=False)
    back = fields.String(load_default="", validate=validate.Length(max=MAX_BACK))


class PrintForm(DesignArgs):
    """`what` is made: a PDF, ZPL, or the sheet to calibrate with."""

    what = fields.String(load_default="pdf", validate=validate.OneOf(["pdf", "zpl", "calibration"]))
