"""What the API shows and takes of transfers."""

from typing import Any

from marshmallow import fields, validate

from inventory.assets.kinds import Category, Status
from inventory.custody.shipping import MOST
from inventory.custody.transfer_listing import WAITS
from inventory.custody.transfer_models import ItemState, Transfer, TransferState
from inventory.custody.transfers import MAX_TEXT, MAX_WANTED, MAX_WHAT
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text


class TransferView(TableSchema):
    """A transfer; `devices`: how many are on its list."""

    giving = fields.String(required=True, metadata={"description": "the giving school's name"})
    taking = fields.String(required=True, metadata={"description": "the receiving school's name"})
    devices = fields.Integer(required=True)

    class Meta(TableSchema.Meta):
        model = Transfer
        fields = (
            "id", "from_site_id", "to_site_id", "giving", "taking", "state", "what", "wanted",
            "note", "in_hand", "devices", "requested_at", "requested_by", "approved_at",
            "approved_by", "shipped_at", "shipped_by", "closed_at", "closed_by", "reason",
            "version",
        )  # fmt: skip


class GoingView(ObjectSchema):
    """A device of a transfer."""

    asset_id = fields.Integer(required=True)
    tag = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    status = fields.Enum(Status, by_value=True, required=True)
    serial = fields.String(required=True)
    state = fields.Enum(ItemState, by_value=True, required=True)
    settled_at = fields.AwareDateTime(allow_none=True, required=True)


class TransferWithDevices(ObjectSchema):
    """A transfer and all that goes with it."""

    transfer = fields.Nested(TransferView, required=True)
    devices = fields.List(fields.Nested(GoingView), required=True)


TransferPage = page_of(TransferView)


class TransferArgs(PageArgs):
    """Filters of the list."""

    state = fields.Enum(TransferState, by_value=True)
    waits = fields.String(
        validate=validate.OneOf(list(WAITS)), metadata={"description": "for you to do this"}
    )


class TransferRequest(ObjectSchema):
    """What is asked for, and of whom."""

    from_site_id = fields.Integer(required=True, validate=ROW_ID)
    to_site_id = fields.Integer(required=True, validate=ROW_ID)
    what = Text(max_length=MAX_WHAT, min_length=1, required=True)
    wanted = fields.Integer(load_default=1, validate=validate.Range(min=1, max=MAX_WANTED))
    note = Text(max_length=MAX_TEXT, load_default="")


class TransferReason(ObjectSchema):
    """Why not."""

    reason = Text(max_length=MAX_TEXT, min_length=1, required=True)


def tags(**options: Any) -> Any:
    """Tags of devices, current or former."""
    return fields.List(
        Text(max_length=64, min_length=1), validate=validate.Length(max=MOST), **options
    )


class TransferTags(ObjectSchema):
    """Which devices go."""

    tags = tags(required=True)


class TransferShipping(ObjectSchema):
    """Devices that go as well as those on the list."""

    tags = tags(load_default=list)


def ids() -> Any:
    """Ids of assets."""
    return fields.List(
        fields.Integer(strict=True, validate=ROW_ID), validate=validate.Length(max=MOST),
        load_default=list,
    )  # fmt: skip


class TransferArrival(ObjectSchema):
    """What became of the devices."""

    received = ids()
    damaged = ids()
    missing = ids()
    place_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    note = Text(max_length=MAX_TEXT, load_default="")


class InHand(ObjectSchema):
    """A device of another school that is here."""

    tag = Text(max_length=64, min_length=1, required=True)
    to_site_id = fields.Integer(required=True, validate=ROW_ID)
    note = Text(max_length=MAX_TEXT, load_default="")


class InHandArgs(ObjectSchema):
    """Whose device is this?"""

    tag = Text(max_length=64, min_length=1, required=True)
    to_site_id = fields.Integer(required=True, validate=ROW_ID)


class ForeignView(ObjectSchema):
    """Where the device belongs, and in which open transfer it is."""

    asset_id = fields.Integer(required=True)
    tag = fields.String(required=True)
    home = fields.String(required=True)
    transfer_id = fields.Integer(allow_none=True, required=True)
