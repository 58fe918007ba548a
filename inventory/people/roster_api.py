"""/api/v1/people/imports: rosters are planned, looked at, approved, and undone."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.blueprint import api_blueprint
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.multipart import MultipartParser
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now, local_now, runtime
from inventory.people import applying, plans, undoing
from inventory.people.roster_models import RosterPlan
from inventory.people.roster_policy import number_to_name
from inventory.people.roster_schemas import (
    RosterApproval,
    RosterChangeArgs,
    RosterChangePage,
    RosterPlanPage,
    RosterPlanView,
    RosterProblemPage,
    RosterRefusal,
    RosterUndoing,
    RosterUpload,
)
from inventory.people.uploading import receive_roster

bp = api_blueprint("people_imports", "/people/imports", "Imports of people from rosters.")
bp.ARGUMENTS_PARSER = MultipartParser()

ID = "<int(max=2147483647):plan_id>"


def bodies(rows: list[RosterPlan]) -> list[dict[str, Any]]:
    """Plans with the names of their sources, in one more query."""
    names = plans.source_names(current_db(), rows)
    return [body_of(row.model_dump(), names[row.source_id]) for row in rows]


def body_of(columns: dict[str, Any], source: str) -> dict[str, Any]:
    number = number_to_name(columns["findings"])
    return {**columns, "source": source, "whole": not columns["partial"], "number_to_name": number}


@bp.route("")
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, RosterPlanPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Imports, newest first."""
    limit = args["limit"]
    rows = plans.listed(current_db(), current_actor(), before=after_id(args), limit=limit + 1)
    return page_of_rows(rows, limit, bodies)


@bp.route("", methods=["POST"])
@guarded(Permission.PERSON_IMPORT, write=False, upload=True)
@bp.arguments(RosterUpload, location="files")
@bp.response(201, RosterPlanView)
@bp.alt_response(200, schema=RosterPlanView, description="A dry run: nothing is kept")
def create(given: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Upload a roster as multipart/form-data, and plan what it would change. Nobody is changed:
    look at the plan, then approve it. The file is not kept."""
    app, part = runtime(), given["file"]
    plan = receive_roster(
        app.database, current_actor(), part.stream, name=part.filename, source=given["source"],
        partial=not given["whole"], dry_run=given["dry_run"], today=local_now().date(),
        now=current_now(),
    )  # fmt: skip
    body = body_of(plan, given["source"])
    if given["dry_run"]:
        return body, 200, {}
    return body, 201, {"Location": f"/api/v1/people/imports/{plan['id']}"}


@bp.route(f"/{ID}")
@guarded(Permission.PERSON_IMPORT)
@bp.response(200, RosterPlanView)
def get(plan_id: int) -> dict[str, Any]:
    """One import."""
    return bodies([plans.get(current_db(), current_actor(), plan_id)])[0]


@bp.route(f"/{ID}/changes")
@guarded(Permission.PERSON_IMPORT, write=True)
@bp.arguments(RosterChangeArgs, location="query")
@bp.response(200, RosterChangePage)
def changes(args: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """What becomes of whom. Who looks at it is written into the audit log."""
    limit = args["limit"]
    rows = plans.changes(
        current_db(), current_actor(), plan_id, kind=args.get("kind"), after=after_id(args),
        limit=limit + 1, now=current_now(),
    )  # fmt: skip
    return page_of_rows(rows, limit)


@bp.route(f"/{ID}/problems")
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(PageArgs, location="query")
@bp.response(200, RosterProblemPage)
def problems(args: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Rows of the file that change nothing, with line, column and reason."""
    limit = args["limit"]
    rows = plans.problems(
        current_db(), current_actor(), plan_id, after=after_id(args), limit=limit + 1
    )
    return page_of_rows(rows, limit)


@bp.route(f"/{ID}/approve", methods=["POST"])
@guarded(Permission.PERSON_APPROVE, session_only=True)
@bp.arguments(RosterApproval)
@bp.response(200, RosterPlanView)
def approve(given: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Apply the plan, all of it in one transaction. One of more than 2,000 changes is `applying`
    until a job has done it: look at it again until it is `applied` or `failed`.
    409 where somebody was changed meanwhile; 422 where the guard objects and is not answered."""
    plan = applying.approve(current_db(), current_actor(), plan_id, **given, now=current_now())
    return bodies([plan])[0]


@bp.route(f"/{ID}/refuse", methods=["POST"])
@guarded(Permission.PERSON_IMPORT)
@bp.arguments(RosterRefusal)
@bp.response(200, RosterPlanView)
def refuse(given: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Say no to a plan that waits."""
    plan = plans.refuse(current_db(), current_actor(), plan_id, **given, now=current_now())
    return bodies([plan])[0]


@bp.route(f"/{ID}/undo", methods=["POST"])
@guarded(Permission.PERSON_APPROVE, session_only=True)
@bp.arguments(RosterUndoing)
@bp.response(200, RosterPlanView)
def undo(given: dict[str, Any], plan_id: int) -> dict[str, Any]:
    """Put everybody back as before, all in one transaction. 409 where somebody was changed since:
    nothing is touched then."""
    plan = undoing.undo(current_db(), current_actor(), plan_id, **given, now=current_now())
    return bodies([plan])[0]
