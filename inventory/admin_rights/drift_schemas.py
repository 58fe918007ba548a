"""What the API shows and takes of drift and of the allow-list."""

from marshmallow import fields, validate

from inventory.admin_rights.account_names import MAX_KEY
from inventory.admin_rights.allow_list import MAX_REASON
from inventory.admin_rights.drift import MAX_NOTE
from inventory.admin_rights.drift_models import (
    AdminDrift,
    AllowedAccount,
    DriftKind,
    DriftState,
    System,
)
from inventory.assets.kinds import Category
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

SHOWN = (
    "id", "asset_id", "kind", "state", "account", "sources", "account_id", "person_id", "grant_id",
    "first_at", "opened_at", "decided_by", "decided_at", "note", "closed_at", "version",
)  # fmt: skip


class DriftRecord(TableSchema):
    """A task: an administrator who should not be, or one who should and is not."""

    class Meta(TableSchema.Meta):
        model = AdminDrift
        fields = SHOWN


class DriftView(TableSchema):
    """A drift with its device. `told_at`: when a source last told of the device."""

    tag = fields.String(required=True)
    name = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    site_id = fields.Integer(allow_none=True, required=True)
    told_at = fields.AwareDateTime(allow_none=True, required=True)

    class Meta(TableSchema.Meta):
        model = AdminDrift
        fields = (*SHOWN, "tag", "name", "category", "site_id", "told_at")


DriftPage = page_of(DriftView)


class DriftWanted(ObjectSchema):
    """Filters of the list."""

    kind = fields.Enum(DriftKind, by_value=True)
    state = fields.Enum(DriftState, by_value=True)
    source = Text(max_length=50, min_length=1, metadata={"description": "enrolment, or a vendor"})
    asset_id = fields.Integer(validate=ROW_ID)
    site_id = fields.Integer(
        validate=ROW_ID, metadata={"description": "where the device is: this place or below it"}
    )
    older_days = fields.Integer(validate=validate.Range(min=1, max=3660))


class DriftArgs(DriftWanted, PageArgs):
    """Filters and paging."""


class DriftDecision(ObjectSchema):
    """What has become of it, and why."""

    state = fields.Enum(DriftState, by_value=True, required=True)
    note = Text(max_length=MAX_NOTE, min_length=1, required=True)


class DriftSummary(ObjectSchema):
    """How the computers stand, each counted once; unknown is not clean."""

    clean = fields.Integer(required=True)
    accepted = fields.Integer(required=True)
    drift = fields.Integer(required=True)
    untold = fields.Integer(
        data_key="unknown",
        attribute="unknown",
        required=True,
        metadata={"description": "no source tells of them, or told too long ago"},
    )


class SiteArgs(ObjectSchema):
    """One place and what is below it."""

    site_id = fields.Integer(validate=ROW_ID)


class AllowedView(TableSchema):
    """A service account that may be administrator."""

    class Meta(TableSchema.Meta):
        model = AllowedAccount
        fields = (
            "id", "pattern", "system", "site_id", "reason", "until", "added_at", "added_by",
            "removed_at", "removed_by", "removed_reason", "version",
        )  # fmt: skip


AllowedPage = page_of(AllowedView)


class AllowedWanted(ObjectSchema):
    """Which accounts: `pattern` is a whole name, or its beginning with one * behind it."""

    pattern = Text(max_length=MAX_KEY, min_length=1, required=True)
    system = fields.Enum(System, by_value=True, load_default=None, allow_none=True)
    site_id = fields.Integer(
        validate=ROW_ID, load_default=None, allow_none=True,
        metadata={"description": "at this place and below; null: in the whole district"},
    )  # fmt: skip


class AllowedDraft(AllowedWanted):
    """A new entry."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)
    until = fields.AwareDateTime(required=True, metadata={"description": "within a year"})


class AllowedRemoval(ObjectSchema):
    """Why it ends."""

    reason = Text(max_length=MAX_REASON, min_length=1, required=True)


class CoveredView(ObjectSchema):
    """What an entry would mean now."""

    pattern = fields.String(required=True)
    accounts = fields.Integer(required=True)
    devices = fields.Integer(required=True)
    known = fields.Integer(
        required=True, metadata={"description": "of the accounts, those of somebody here"}
    )
    examples = fields.List(fields.String(), required=True)
