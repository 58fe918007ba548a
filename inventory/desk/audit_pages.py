"""/audit: who did what, when, to what; and whether the log is whole.

It stands here and not beside the log because it names what lies above it.
"""

from typing import Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import listing
from inventory.accounts.event_view import views_of
from inventory.accounts.guard import guarded
from inventory.audit import reading, service as audit
from inventory.desk.audit_csv import announce, csv_rows
from inventory.desk.audit_schemas import AskedArgs, LogArgs, VerifyArgs, filter_of
from inventory.desk.audit_subjects import page_of, subjects_of
from inventory.http.unit import current_actor, current_db, current_now, local_now, runtime
from inventory.sites import naming
from inventory.web import languages
from inventory.web.arguments import with_query
from inventory.web.labels import LABELS, label
from inventory.web.pages import is_part, page
from inventory.web.turning import keys_in, leaf_of

bp = Blueprint("audit_pages", __name__, url_prefix="/audit")

ROWS = 50
STEP = 10_000
"""So many events are checked in one answer: less than a second of work."""


@bp.route("")
@guarded(Permission.AUDIT_READ, page=True)
@with_query(LogArgs)
def listed(args: dict[str, Any]) -> BaseResponse:
    """Events within the reader's reach, newest first."""
    db, actor = current_db(), current_actor()
    wanted = filter_of(db, actor, args, languages.zone())
    after, before = keys_in(args, int)
    found = reading.find(db, actor, wanted, after=after, before=before, limit=ROWS + 1)
    leaf = leaf_of(found, ROWS, args, lambda event: event.id)
    names = subjects_of(db, actor, leaf.rows)
    rows = [
        (view, names.get((view.event.subject_type, view.event.subject_id)) or view.name,
         page_of(view.event, names))
        for view in views_of(db, actor, leaf.rows)
    ]  # fmt: skip
    who = args["actor"] or _called(args["actor_id"])
    beside = {} if is_part() else _choices()
    return page("desk/audit.html", args=args, who=who, leaf=leaf, rows=rows, **beside)


@bp.route("/verify")
@guarded(Permission.AUDIT_READ, page=True)
@with_query(VerifyArgs)
def verify(args: dict[str, Any]) -> BaseResponse:
    """Recompute the chain, a stretch at a time: was anything changed behind everybody's back?"""
    current_actor().require_everywhere(Permission.AUDIT_READ)
    db = current_db()
    verdict = audit.verify(db, after=args["after"], most=STEP)
    newest = reading.newest(db)
    return page("desk/audit_verify.html", verdict=verdict, newest=newest, at=current_now())


@bp.route("/events.csv")
@guarded(Permission.AUDIT_READ, page=True, write=True)
@with_query(AskedArgs)
def export(args: dict[str, Any]) -> BaseResponse:
    """The events of this query as a file. The export is an event itself."""
    db, actor = current_db(), current_actor()
    wanted = filter_of(db, actor, args, languages.zone())
    allowed = announce(db, actor, wanted, now=current_now())
    name = f"audit-{local_now():%Y-%m-%d}.csv"
    return Response(
        csv_rows(runtime().database, allowed),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _called(account_id: int | None) -> str:
    """The user name, where the reader may know it."""
    if account_id is None:
        return ""
    return listing.names_by_id(current_db(), current_actor(), [account_id]).get(account_id, "")


def _choices() -> dict[str, Any]:
    """What the filters offer."""
    db, actor = current_db(), current_actor()
    actions = sorted((label("action", each), each) for each in reading.actions(db))
    places = naming.choices(db, actor, Permission.AUDIT_READ)
    return {
        "actions": [(value, text) for text, value in actions],
        "subjects": sorted(((k, str(v)) for k, v in LABELS["subject"].items()), key=lambda s: s[1]),
        "places": [(spot.id, spot.way) for spot in places],
    }
