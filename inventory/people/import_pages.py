"""/people/imports: a roster is uploaded, its plan looked at, approved, refused or undone."""

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import InvalidInput, TooLarge
from inventory.http.unit import current_actor, current_db, current_now, local_now, runtime
from inventory.people import applying, plans, undoing
from inventory.people.planning import SOURCE_LENGTH
from inventory.people.roster_models import ChangeKind, PlanState
from inventory.people.roster_policy import number_to_name
from inventory.people.snapshots import differing
from inventory.people.uploading import receive_roster
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, is_part, page, part

bp = Blueprint("import_pages", __name__, url_prefix="/people/imports")

PLAN = "/<int(max=2147483647):plan_id>"
ROWS, MOST_PROBLEMS = 50, 100


class ListArgs(ObjectSchema):
    """Where the list goes on."""

    before = fields.Integer(validate=ROW_ID, load_default=None)


class UploadForm(ObjectSchema):
    """What is said of the file beside it."""

    source = Text(required=True, min_length=1, max_length=SOURCE_LENGTH)
    some = fields.Boolean(load_default=False)


class PlanArgs(ObjectSchema):
    """Which changes, and where the list goes on."""

    kind = fields.Enum(ChangeKind, by_value=True, load_default=None)
    after = fields.Integer(validate=ROW_ID, load_default=None)


class ApproveForm(ObjectSchema):
    """The answer to the guard, where it objects."""

    number = fields.Integer(load_default=None, validate=validate.Range(min=0, max=2**31 - 1))
    reason = Text(max_length=1000, load_default="")


class ReasonForm(ObjectSchema):
    """Why."""

    reason = Text(max_length=1000, load_default="")


@bp.route("")
@guarded(Permission.PERSON_IMPORT, page=True)
@with_query(ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """The form for a file, and the imports so far."""
    return _listed(args["before"], Form(UploadForm()))


@bp.route("", methods=["POST"])
@guarded(Permission.PERSON_IMPORT, page=True, upload=True, write=False)
def upload(before: int | None = None) -> Response:
    """Plan what the file would change."""
    current_actor().require_everywhere(Permission.PERSON_IMPORT)
    form, part = Form(UploadForm()), request.files.get("file")
    if part is None or not part.filename:
        form.refuse(_("Choose a file first."), "file")
    elif form.submitted():
        with form.plainly():
            try:
                plan = receive_roster(
                    runtime().database, current_actor(), cast(BinaryIO, part.stream),
                    name=part.filename, source=form.data["source"], partial=form.data["some"],
                    today=local_now().date(), now=current_now(),
                )  # fmt: skip
            except (TooLarge, InvalidInput) as refused:
                form.refused = refused
                if isinstance(refused, InvalidInput) and "source" in refused.fields:
                    form.take(refused)
                else:
                    form.refuse(str(refused), "file")
        if form.ok:
            return done(_url(plan["id"]), _("Nobody is changed yet: look at the plan first."))
    return _listed(before, form)


@bp.route(PLAN)
@guarded(Permission.PERSON_IMPORT, page=True, write=True)
@with_query(PlanArgs)
def show(args: dict[str, Any], plan_id: int) -> Response:
    """What an import changes, and what the guard says of it."""
    return _shown(plan_id, args, Form(ApproveForm()))


@bp.route(f"{PLAN}/approve", methods=["POST"])
@guarded(Permission.PERSON_APPROVE, page=True)
def approve(plan_id: int) -> Response:
    """Apply it, all of it in one transaction."""
    form, plan = Form(ApproveForm()), None
    if form.submitted():
        with form.attempt():
            plan = applying.approve(
                current_db(), current_actor(), plan_id, **form.data, now=current_now()
            )
        if form.ok and plan is not None and plan.state is PlanState.APPLYING:
            return done(url_for("import_pages.progress", plan_id=plan_id))
        if form.ok:
            return done(_url(plan_id), _("The import is applied."))
    return _shown(plan_id, None, form)


@bp.route(f"{PLAN}/progress")
@guarded(Permission.PERSON_IMPORT, page=True)
def progress(plan_id: int) -> Response:
    """Whether a job has done it yet; writes nothing, as the job may hold the database's pen."""
    plan = plans.get(current_db(), current_actor(), plan_id)
    changes = sum(plan.counts.get(kind.value, 0) for kind in ChangeKind)
    shown: dict[str, Any] = {"plan": plan, "states": PlanState, "changes": changes}
    if is_part():
        return part("people/import_live.html", **shown)
    return page("people/import_progress.html", **shown)


@bp.route(f"{PLAN}/refuse", methods=["POST"])
@guarded(Permission.PERSON_IMPORT, page=True)
def refuse(plan_id: int) -> Response:
    """Say no."""
    form = Form(ReasonForm())
    if form.submitted():
        with form.attempt():
            plans.refuse(current_db(), current_actor(), plan_id, **form.data, now=current_now())
        if form.ok:
            return done(_url(plan_id), _("The import is refused."))
    return _shown(plan_id, None, form)


@bp.route(f"{PLAN}/undo", methods=["POST"])
@guarded(Permission.PERSON_APPROVE, page=True)
def undo(plan_id: int) -> Response:
    """Put everybody back as before, or say why not."""
    form = Form(ReasonForm())
    if form.submitted():
        with form.attempt():
            undoing.undo(current_db(), current_actor(), plan_id, **form.data, now=current_now())
        if form.ok:
            return done(_url(plan_id), _("Everybody is as before the import."))
    return _shown(plan_id, None, form)


def _url(plan_id: int) -> str:
    return url_for("import_pages.show", plan_id=plan_id)


def _listed(before: int | None, form: Form) -> Response:
    db = current_db()
    rows = plans.listed(db, current_actor(), before=before, limit=ROWS + 1)
    return page(
        "people/imports.html", status=form.status, form=form, rows=rows[:ROWS],
        sources=plans.source_names(db, rows), kinds=list(ChangeKind),
        older=rows[ROWS - 1].id if len(rows) > ROWS else None,
    )  # fmt: skip


def _shown(plan_id: int, args: dict[str, Any] | None, form: Form) -> Response:
    """`args` None: the answer to a refused act, which shows no names, as it is rolled back with
    the note of who looked."""
    db, actor = current_db(), current_actor()
    plan = plans.get(db, actor, plan_id)
    rows = []
    if args is not None:
        rows = plans.changes(db, actor, plan_id, **args, limit=ROWS + 1, now=current_now())
    sites = {site for row in rows for shot in (row.before, row.after) if shot
             for site in (shot["site_id"], *shot["other_site_ids"])}  # fmt: skip
    return page(
        "people/import.html", status=form.status, form=form, plan=plan,
        args=args or {"kind": None},
        source=plans.source_names(db, [plan])[plan.source_id], kinds=list(ChangeKind),
        rows=[(row, differing(row.before, row.after) if row.before else []) for row in rows[:ROWS]],
        next=rows[ROWS - 1].id if len(rows) > ROWS else None, number=number_to_name(plan.findings),
        problems=plans.problems(db, actor, plan_id, limit=MOST_PROBLEMS), states=PlanState,
        places=naming.spots(db, actor, sites),
    )  # fmt: skip
