"""What the API accepts and shows of commands. PINs and places have answers of their own."""

from typing import Any

from marshmallow import fields, validate

from inventory.commands.models import Approval, CommandSend, DeviceCommand
from inventory.commands.requesting import BACKUP, MAX_MESSAGE, MAX_PHONE, MAX_REASON
from inventory.commands.states import CommandState
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text
from mdm.capabilities import Effect, Need
from mdm.types import Action, Ownership, Platform

CODES = validate.Length(max=20)


def row_id(**options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=ROW_ID, **options)


def flag(**options: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **options)


def query_flag(**options: Any) -> fields.Boolean:
    return fields.Boolean(truthy={"true"}, falsy={"false"}, **options)


def action(**options: Any) -> fields.Enum[Action]:
    return fields.Enum(Action, by_value=True, **options)


class PlanArgs(ObjectSchema):
    """Which action, and which device where the asset stands for several."""

    action = action(required=True)
    device_id = fields.Integer(validate=ROW_ID)
    skip_cool_off = query_flag(load_default=False)


class CautionView(ObjectSchema):
    """Something to know first; with `confirm` it must be named in `acknowledged`."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    confirm = fields.Boolean(required=True)


class TargetView(ObjectSchema):
    """The device at its vendor, as the last synchronisation left it."""

    device_id = fields.Integer(required=True)
    vendor = fields.String(required=True)
    connection = fields.String(attribute="label", required=True)
    live = fields.Boolean(required=True)
    name = fields.String(required=True)
    platform = fields.Enum(Platform, by_value=True, attribute="ref.platform", required=True)
    ownership = fields.Enum(Ownership, by_value=True, attribute="ref.ownership", required=True)
    serial = fields.String(attribute="ref.serial", allow_none=True)
    last_check_in = fields.AwareDateTime(allow_none=True)


class PlanView(ObjectSchema):
    """What an action would do, and what it takes.

    `purpose` is what a person confirms who they are for; null where the action is not possible.
    """

    action = action(required=True)
    possible = fields.Boolean(required=True)
    why_not = fields.List(fields.String(), required=True)
    target = fields.Nested(TargetView, allow_none=True)
    effect = fields.Enum(Effect, by_value=True, attribute="capability.effect")
    effect_words = fields.String(required=True)
    note = fields.String(attribute="capability.note")
    confirmation_words = fields.String(required=True)
    cancellable = fields.Boolean(attribute="capability.cancellable")
    needs = fields.List(fields.Enum(Need, by_value=True), required=True)
    approvals = fields.Integer(attribute="rules.approvals", required=True)
    cool_off_minutes = fields.Integer(required=True)
    retype_tag = fields.Boolean(attribute="rules.retype_tag", required=True)
    backup = fields.Boolean(attribute="rules.backup", required=True)
    step_up = fields.Boolean(attribute="rules.step_up", required=True)
    warnings = fields.List(fields.Nested(CautionView), required=True)
    alternatives = fields.List(fields.Enum(Action, by_value=True), required=True)
    held = fields.Boolean(required=True)
    budget = fields.Integer(required=True)
    purpose = fields.String(required=True)


class CommandDraftSchema(ObjectSchema):
    """What somebody asks for. The plan tells which fields are needed."""

    action = action(required=True)
    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
    device_id = row_id(load_default=None, allow_none=True)
    typed_tag = Text(max_length=64, load_default="")
    backup = fields.String(validate=validate.OneOf(["", *BACKUP]), load_default="")
    acknowledged = fields.List(
        fields.String(validate=validate.Length(max=40)), validate=CODES, load_default=list
    )
    message = Text(max_length=MAX_MESSAGE, load_default="")
    phone = Text(max_length=MAX_PHONE, load_default="")
    keep_data_plan = flag(load_default=False)
    skip_cool_off = flag(load_default=False)


class ApprovalView(TableSchema):
    """One person's yes."""

    class Meta(TableSchema.Meta):
        model = Approval
        fields = ("approver", "approver_id", "method", "at")


class CommandView(TableSchema):
    """A command. `binding` is what a person confirms who they are for when deciding about it."""

    asset_tag = fields.String(required=True)
    effect_words = fields.String(required=True)
    approvals = fields.List(fields.Nested(ApprovalView), required=True)
    has_pin = fields.Boolean(required=True)
    has_place = fields.Boolean(required=True)

    class Meta(TableSchema.Meta):
        model = DeviceCommand
        fields = (
            "id", "uid", "asset_id", "asset_tag", "batch_id", "device_id", "vendor", "platform",
            "ownership", "serial", "action", "effect", "effect_words", "cancellable", "message",
            "phone", "reason", "backup", "warnings", "approvals_needed", "approvals",
            "cool_off_minutes", "break_glass", "binding", "requested_by", "requested_at", "state",
            "held_reason", "held_note", "approved_at", "ready_at", "expires_at", "attempt",
            "sent_at", "resent", "dry_run", "vendor_state", "note", "finished_at", "changed_at",
            "version", "has_pin", "has_place",
        )  # fmt: skip


CommandPage = page_of(CommandView)


class CommandListArgs(PageArgs):
    """Filters of the list. `waiting`: for a person; `open`: not ended; `mine`: asked for by you."""

    state = fields.Enum(CommandState, by_value=True)
    asset_id = fields.Integer(validate=ROW_ID)
    batch_id = fields.Integer(validate=ROW_ID)
    open = query_flag()
    waiting = query_flag(load_default=False)
    mine = query_flag(load_default=False)


class ApproveSchema(ObjectSchema):
    """`seen`: the version that was read, so that nobody approves what they have not seen."""

    seen = fields.Integer(strict=True, validate=validate.Range(min=1, max=2**31 - 1))


class CommandReason(ObjectSchema):
    """Why."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)


class CommandRemark(ObjectSchema):
    """Why, if there is something to say."""

    reason = Text(max_length=MAX_REASON, load_default="")


class SettleSchema(CommandReason):
    """What became of a command that nobody can tell of but a person."""

    verdict = fields.String(required=True, validate=validate.OneOf(["sent", "done", "not_done"]))


class ReconcileSchema(CommandReason):
    """Whether it was sent before the database was restored, and how you know."""

    sent = flag(required=True)


class StepView(ObjectSchema):
    """One thing that happened to a command."""

    at = fields.AwareDateTime(required=True)
    action = fields.String(required=True)
    actor = fields.String(required=True)
    reason = fields.String(required=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class SendView(TableSchema):
    """One time that it was sent, or may have been."""

    class Meta(TableSchema.Meta):
        model = CommandSend
        fields = ("attempt", "at", "answer", "answered_at", "note")


class TimelineView(ObjectSchema):
    """The story of a command, oldest first."""

    steps = fields.List(fields.Nested(StepView), required=True)
    sent = fields.List(fields.Nested(SendView), required=True)


class PinView(ObjectSchema):
    """A PIN in the clear; `source`: made by us, or told by the vendor."""

    pin = fields.String(required=True)
    source = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    command_id = fields.Integer(required=True)


class PinList(ObjectSchema):
    """Every PIN of the device, newest first."""

    items = fields.List(fields.Nested(PinView), required=True)


class PlaceView(ObjectSchema):
    """Where the device was; degrees, metres."""

    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    accuracy = fields.Float(allow_none=True)
    at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(required=True)
