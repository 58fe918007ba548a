"""What the API takes and shows of directories. No setting is ever shown."""

from marshmallow import fields, validate

from inventory.http.paging import PageArgs, page_of
from inventory.people.models import PersonRole
from inventory.people.planning import SOURCE_LENGTH
from inventory.people.sources.config import MOST_BY_ITSELF
from inventory.people.sources.models import DirectoryKind, RosterDirectory, RosterOrg, RosterRead
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

_SETTINGS = {"description": "the directory's settings; they never come out again"}


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False})


class DirectoryChange(ObjectSchema):
    """What may be changed; of `config` only the named settings, null takes one away."""

    config = fields.Dict(
        keys=Text(max_length=100, min_length=1),
        values=fields.String(allow_none=True, validate=validate.Length(max=32_768)),
        validate=validate.Length(max=40), load_only=True, metadata=_SETTINGS,
    )  # fmt: skip
    address = Text(max_length=200)
    daily_at = Text(max_length=5, allow_none=True, metadata={"description": "HH:MM, local time"})
    auto_most = fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(min=1, max=MOST_BY_ITSELF),
        metadata={"description": "plans of at most so many changes need no approval; null: all do"},
    )  # fmt: skip
    rest_role = fields.Enum(PersonRole, by_value=True, allow_none=True)


class DirectoryDraftSchema(DirectoryChange):
    """A new directory."""

    source = Text(max_length=SOURCE_LENGTH, min_length=1, required=True)
    kind = fields.Enum(DirectoryKind, by_value=True, required=True)
    config = fields.Dict(
        keys=Text(max_length=100, min_length=1),
        values=fields.String(validate=validate.Length(max=32_768)),
        validate=validate.Length(max=40), load_only=True, required=True, metadata=_SETTINGS,
    )  # fmt: skip


class DirectoryView(TableSchema):
    """A directory that people come from."""

    source = fields.String(required=True)

    class Meta(TableSchema.Meta):
        model = RosterDirectory
        fields = (
            "id", "source_id", "source", "kind", "daily_at", "auto_most", "rest_role", "next_at",
            "created_at", "updated_at", "version",
        )  # fmt: skip


class ReadView(TableSchema):
    """One time that a directory was asked."""

    class Meta(TableSchema.Meta):
        model = RosterRead
        fields = (
            "id", "directory_id", "state", "requested_by", "requested_at", "finished_at", "people",
            "plan_id", "error",
        )  # fmt: skip


class ReadList(ObjectSchema):
    """The last times, newest first."""

    items = fields.List(fields.Nested(ReadView), required=True)


class DirectoryTrialView(ObjectSchema):
    """What came of asking for the first page."""

    ok = fields.Boolean(required=True)
    error = fields.String(required=True)
    people = fields.Integer(required=True)
    seconds = fields.Float(required=True)


class OrgView(TableSchema):
    """What a source calls a school or a group of people, and what was said that it is."""

    source = fields.String(required=True)

    class Meta(TableSchema.Meta):
        model = RosterOrg
        fields = (
            "id", "source_id", "source", "kind", "key", "name", "site_id", "role", "left_out",
            "people", "last_at", "decided_by", "version",
        )  # fmt: skip


class OrgArgs(PageArgs):
    """Which of them."""

    source_id = fields.Integer(validate=ROW_ID)
    open = fields.Boolean(load_default=False)


class OrgDecision(ObjectSchema):
    """What it is; fields that are left out stay as they are."""

    site_id = fields.Integer(strict=True, allow_none=True, validate=ROW_ID)
    role = fields.Enum(PersonRole, by_value=True, allow_none=True)
    left_out = _flag()
    new_school = Text(max_length=120, min_length=1)


DirectoryPage = page_of(DirectoryView)
OrgPage = page_of(OrgView)
