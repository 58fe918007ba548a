"""/api/v1/audit: the log of everything that was done; for readers of the whole district.

It lives here because the guard lies above the audit log, which everything else writes to.
"""

import json
from collections.abc import Iterator
from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.audit_schemas import EventArgs, EventView, ExportArgs, VerdictView
from inventory.accounts.guard import guarded
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.audit.service import Verdict
from inventory.db import Database
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.paging import decode_cursor, encode_cursor, page_of
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("audit", "/audit", "The append-only log of everything that was done.")
EventPage = page_of(EventView)


@bp.route("")
@guarded(Permission.AUDIT_READ)
@bp.arguments(EventArgs, location="query")
@bp.response(200, EventPage)
def list_events(given: dict[str, Any]) -> dict[str, object]:
    """Events, newest first."""
    current_actor().require_everywhere(Permission.AUDIT_READ)
    limit = given.pop("limit")
    before_id = _before(given.pop("after", None))
    found = audit.search(current_db(), **given, before_id=before_id, limit=limit + 1)
    page = found[:limit]
    return {
        "items": [_shown(event) for event in page],
        "next": encode_cursor([page[-1].id]) if len(found) > limit else None,
    }


@bp.route("/verify")
@guarded(Permission.AUDIT_READ)
@bp.response(200, VerdictView)
def verify() -> Verdict:
    """Recompute the whole chain: was anything changed or removed behind the application's back?"""
    current_actor().require_everywhere(Permission.AUDIT_READ)
    return audit.verify(current_db())


@bp.route("/export")
@guarded(Permission.AUDIT_READ, write=True)
@bp.arguments(ExportArgs, location="query")
@bp.response(200, content_type="application/x-ndjson")
def export(given: dict[str, Any]) -> Response:
    """Every event, oldest first, one JSON object a line. The export itself is an event."""
    actor = current_actor()
    actor.require_everywhere(Permission.AUDIT_READ)
    audit.record(current_db(), actor, "audit.exported", now=current_now(), after=given)
    return Response(
        _lines(runtime().database, given["after"]),
        content_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="audit.ndjson"'},
    )


def _lines(database: Database, after: int) -> Iterator[str]:
    """Runs while the answer is sent, after the request's own unit was committed."""
    with database.unit(write=False) as db:
        for event in audit.in_order(db, after=after):
            yield json.dumps(_shown(event), ensure_ascii=False, default=_moment) + "\n"


def _shown(event: AuditEvent) -> dict[str, object]:
    shown = event.model_dump()
    return {**shown, "before": json.loads(event.before), "after": json.loads(event.after)}


def _moment(value: Any) -> str:
    return str(value.isoformat())


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    key = decode_cursor(cursor)
    if len(key) != 1 or not isinstance(key[0], int):
        raise InvalidInput("`after` is not a cursor of this list")
    return key[0]
