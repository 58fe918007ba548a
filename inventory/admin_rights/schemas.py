"""What the API shows and takes of admin rights: ids, never a person's name."""

from marshmallow import fields

from inventory.admin_ledger.models import AdminGrant, GrantState, Level
from inventory.assets.kinds import Category
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

MAX_REASON, MAX_TICKET = 1000, 80


class AdminGrantView(TableSchema):
    """A grant. `state` is by the clock."""

    in_force = fields.Boolean(required=True)
    binding = fields.String(
        required=True, metadata={"description": "what a step-up confirms before it is authorised"}
    )

    class Meta(TableSchema.Meta):
        model = AdminGrant
        fields = (
            "id", "person_id", "asset_id", "site_id", "category", "level", "temporary", "state",
            "in_force", "reason", "ticket", "starts_at", "ends_at", "requested_at", "requested_by",
            "decided_at", "decided_by", "ended_at", "ended_by", "cause", "end_note", "version",
            "binding",
        )  # fmt: skip


AdminGrantPage = page_of(AdminGrantView)


class AdminGrantArgs(PageArgs):
    """Filters of the list."""

    state = fields.Enum(GrantState, by_value=True)
    ends_soon = fields.Boolean(load_default=False)
    asset_id = fields.Integer(validate=ROW_ID)
    person_id = fields.Integer(validate=ROW_ID)
    site_id = fields.Integer(validate=ROW_ID)


class AdminGrantDraft(ObjectSchema):
    """What is asked for: one device, or every device of a category at a place and below."""

    person_id = fields.Integer(required=True, validate=ROW_ID)
    asset_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    site_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    category = fields.Enum(Category, by_value=True, load_default=None, allow_none=True)
    level = fields.Enum(Level, by_value=True, load_default=Level.ADMINISTRATOR)
    temporary = fields.Boolean(load_default=False)
    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
    ticket = Text(max_length=MAX_TICKET, load_default="")
    starts_at = fields.AwareDateTime(load_default=None, allow_none=True)
    ends_at = fields.AwareDateTime(
        load_default=None, allow_none=True,
        metadata={"description": "needed but for a temporary one, which then lasts 8 hours"},
    )  # fmt: skip


class AdminGrantYes(ObjectSchema):
    """`seen`: the version that was read; 412 where it is another one by now."""

    seen = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    note = Text(max_length=MAX_REASON, load_default="")


class AdminGrantNo(ObjectSchema):
    """Why not. `seen` as in a yes."""

    seen = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)
    reason = Text(max_length=MAX_REASON, min_length=1, required=True)


class AdminGrantEnd(ObjectSchema):
    """Why it ends early."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
