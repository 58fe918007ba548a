"""/jobs: what the background does, whether anybody does it, and what went wrong."""

from datetime import datetime
from typing import Any

from flask import Blueprint
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.desk.job_words import exact_error, plain_error, subjects
from inventory.engine import Engine, Job
from inventory.http.unit import current_actor, runtime
from inventory.schema import ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.labels import LABELS
from inventory.web.pages import page

bp = Blueprint("job_pages", __name__, url_prefix="/jobs")

ROWS = 50
LONG_WAIT = 300
"""Seconds after which a job that waits is worth a warning."""


class JobArgs(ObjectSchema):
    """Which jobs; `live` 0 leaves the page as it is, `after` is the last job of the page before."""

    kind = Text(max_length=40, load_default="")
    state = fields.String(
        load_default="", validate=validate.OneOf(("", *LABELS["job_state"]))
    )  # fmt: skip
    live = fields.Integer(load_default=1, validate=validate.OneOf((0, 1)))
    after = fields.String(load_default=None, validate=validate.Length(max=300))


@bp.route("")
@guarded(Permission.JOB_READ, page=True)
@with_query(JobArgs)
def listed(args: dict[str, Any]) -> BaseResponse:
    """The health of the background, and its jobs, newest first. It renews itself unless paused."""
    current_actor().require_everywhere(Permission.JOB_READ)
    app = runtime()
    # It only reads: an engine that is not launched does nothing by itself.
    engine = Engine(app.settings, app.database, {})
    found = engine.jobs(
        kind=args["kind"] or None, state=args["state"] or None, before=args["after"], limit=ROWS + 1
    )
    rows = found[:ROWS]
    health = engine.health()
    return page(
        "desk/jobs.html", args=args, health=health, workers=_workers(health), long_wait=LONG_WAIT,
        rows=[(job, plain_error(job), exact_error(job), subjects(job), _took(job)) for job in rows],
        following=rows[-1].cursor if len(found) > ROWS else None,
    )  # fmt: skip


def _workers(health: dict[str, Any]) -> list[dict[str, Any]]:
    """The workers, their moments as moments again."""
    moments = ("started_at", "beat_at")
    return [
        {**each, **{name: datetime.fromisoformat(each[name]) for name in moments}}
        for each in health["workers"]
    ]


def _took(job: Job) -> float | None:
    """Seconds from start to end."""
    if job.started_at is None or job.finished_at is None:
        return None
    return max(0.0, (job.finished_at - job.started_at).total_seconds())
