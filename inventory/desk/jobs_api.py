"""GET /api/v1/jobs and /api/v1/jobs/health: what runs in the background, and who runs it."""

from typing import Any

from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.engine import Engine
from inventory.http.blueprint import api_blueprint
from inventory.http.paging import PageArgs, page_of
from inventory.http.unit import current_actor, runtime
from inventory.schema import ObjectSchema, Text

bp = api_blueprint("jobs", "/jobs", "Background jobs: they carry ids only.")


class JobView(ObjectSchema):
    """A background job. `deaths`: how often its worker died under it."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    payload = fields.Dict()
    state = fields.String(metadata={"description": "queued, running, done, failed or cancelled"})
    error = fields.String()
    worker = fields.String()
    deaths = fields.Integer()
    created_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)


class JobListArgs(PageArgs):
    """Which jobs."""

    kind = Text(max_length=40)
    state = fields.String(
        validate=validate.OneOf(["queued", "running", "done", "failed", "cancelled"])
    )


class JobsHealthView(ObjectSchema):
    """How the background is doing; a worker whose beat is old is dead."""

    queued = fields.Integer()
    running = fields.Integer()
    failed_24h = fields.Integer()
    oldest_queued_seconds = fields.Integer(allow_none=True)
    workers = fields.List(fields.Dict())


JobPage = page_of(JobView)


def _engine() -> Engine:
    """An engine that only reads: it is never launched here."""
    current_actor().require_everywhere(Permission.JOB_READ)
    app = runtime()
    return Engine(app.settings, app.database, {})


@bp.route("")
@guarded(Permission.JOB_READ)
@bp.arguments(JobListArgs, location="query")
@bp.response(200, JobPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Jobs, newest first."""
    limit = args["limit"]
    rows = _engine().jobs(
        kind=args.get("kind"), state=args.get("state"), before=args.get("after"), limit=limit
    )
    return {"items": rows, "next": rows[-1].cursor if len(rows) == limit else None}


@bp.route("/health")
@guarded(Permission.JOB_READ)
@bp.response(200, JobsHealthView)
def health() -> dict[str, Any]:
    """How many jobs wait, run and have failed; and the workers with their last beat."""
    return _engine().health()
