"""What the API takes and shows of imports."""

from marshmallow import fields, validate

from inventory.http.multipart import FilePart
from inventory.http.paging import PageArgs, page_of
from inventory.people.planning import SOURCE_LENGTH
from inventory.people.roster_models import (
    ChangeKind,
    PlanState,
    RecoveryTask,
    RosterChange,
    RosterProblem,
)
from inventory.schema import ObjectSchema, TableSchema, Text


class RosterUpload(ObjectSchema):
    """The parts of a multipart/form-data body."""

    file = FilePart(
        required=True,
        metadata={"description": "a OneRoster 1.1 or 1.2 package (zip), or one CSV file"},
    )
    source = Text(
        required=True, min_length=1, max_length=SOURCE_LENGTH,
        metadata={"description": "the system that the file comes from, always the same name"},
    )  # fmt: skip
    whole = fields.Boolean(
        load_default=True,
        metadata={"description": "of a CSV: it names everybody, so that who is absent has left"},
    )
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "say what the plan would be; keep nothing"}
    )


class GuardFindingView(ObjectSchema):
    """What the guard objects to."""

    rule = fields.String(
        required=True,
        validate=validate.OneOf(("leaving", "few_known", "renamed", "nameless")),
    )
    number = fields.Integer(required=True, metadata={"description": "so many people"})
    of = fields.Integer(required=True, metadata={"description": "of so many active ones"})


class RosterPlanView(ObjectSchema):
    """An import: what the file would change, and what became of it. `id` is null in a dry run."""

    id = fields.Integer(required=True, allow_none=True)
    source = fields.String(required=True)
    state = fields.Enum(PlanState, by_value=True, required=True)
    file_name = fields.String(required=True)
    file_sha256 = fields.String(required=True)
    shape = fields.String(required=True)
    whole = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    findings = fields.List(fields.Nested(GuardFindingView), required=True)
    number_to_name = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": "approving needs this number and a reason; null: needs neither"},
    )  # fmt: skip
    remarks = fields.List(fields.String(), required=True)
    planned_at = fields.AwareDateTime(required=True)
    planned_by = fields.String(required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.String(required=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    undone_by = fields.String(required=True)
    reason = fields.String(required=True)
    error = fields.String(required=True, metadata={"description": "why applying it failed"})


class RosterChangeView(TableSchema):
    """What becomes of one person; `before` is null for somebody new."""

    before = fields.Dict(allow_none=True, required=True)
    after = fields.Dict(required=True)

    class Meta(TableSchema.Meta):
        model = RosterChange
        fields = ("id", "kind", "sourced_id", "person_id", "before", "after")


class RosterProblemView(TableSchema):
    """A row of the file that changes nothing, and why."""

    class Meta(TableSchema.Meta):
        model = RosterProblem
        fields = ("id", "kind", "file", "line", "column", "reason", "sourced_id")


class RosterChangeArgs(PageArgs):
    """Which changes."""

    kind = fields.Enum(ChangeKind, by_value=True)


class RosterApproval(ObjectSchema):
    """`number` and `reason` where the guard objects."""

    number = fields.Integer(validate=validate.Range(min=0, max=2**31 - 1))
    reason = Text(max_length=1000, load_default="")


class RosterRefusal(ObjectSchema):
    """Why not."""

    reason = Text(max_length=1000, load_default="")


class RosterUndoing(ObjectSchema):
    """Why it is taken back."""

    reason = Text(max_length=1000, min_length=1, required=True)


class RecoveryTaskView(TableSchema):
    """Somebody has left, and what they have is to come back."""

    person = fields.String(required=True, metadata={"description": "given and family name"})
    site_id = fields.Integer(required=True, allow_none=True)

    class Meta(TableSchema.Meta):
        model = RecoveryTask
        fields = (
            "id", "person_id", "person", "site_id", "plan_id", "reason", "opened_at", "closed_at",
            "closed_by", "note",
        )  # fmt: skip


class RecoveryTaskArgs(PageArgs):
    """Open tasks, or closed ones."""

    closed = fields.Boolean(load_default=False)


class RecoveryClosing(ObjectSchema):
    """How it ended."""

    note = Text(max_length=1000, min_length=1, required=True)


RosterPlanPage = page_of(RosterPlanView)
RosterChangePage = page_of(RosterChangeView)
RosterProblemPage = page_of(RosterProblemView)
RecoveryTaskPage = page_of(RecoveryTaskView)
