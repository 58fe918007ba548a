"""/reports: what people told of their devices; /checks: whether they still have them."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody.viewing import record_person_views
from inventory.http.unit import current_actor, current_db, current_now
from inventory.selfservice import checks, reports
from inventory.selfservice.form_schemas import AskForm, CloseForm, ReportArgs
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("report_pages", __name__)

ROWS = 50


@bp.route("/reports")
@guarded(Permission.CUSTODY_READ, page=True, write=True)
@with_query(ReportArgs)
def listed(args: dict[str, Any]) -> Response:
    """The queue. Whose names are shown is written down."""
    db, actor = current_db(), current_actor()
    found = reports.listed(db, actor, closed=args["closed"], before=args["before"], limit=ROWS + 1)
    rows = found[:ROWS]
    record_person_views(db, actor, reports.people_in(rows), now=current_now())
    more = rows[-1].report.id if len(found) > ROWS else None
    return page("selfservice/reports.html", rows=rows, args=args, more=more)


@bp.route("/reports/<int(max=2147483647):report_id>/close", methods=["GET", "POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
def close(report_id: int) -> Response:
    """One click: what the device becomes, or nothing, and the report is closed."""
    db, actor = current_db(), current_actor()
    found = reports.one(db, actor, report_id)
    actor.require(Permission.CUSTODY_WRITE, found.asset.site_id)
    form = Form(CloseForm())
    if form.submitted():
        with form.attempt():
            reports.close(db, actor, report_id, **form.data, now=current_now())
        if form.ok:
            return done("/reports", _("The report on %(tag)s is closed.", tag=found.asset.tag))
    record_person_views(db, actor, [found.person.id], now=current_now())
    return page(
        "selfservice/close.html", form=form, status=form.status, found=found,
        statuses=reports.LEADS_TO, action=f"/reports/{report_id}/close",
    )  # fmt: skip


@bp.route("/checks")
@guarded(Permission.CUSTODY_READ, page=True)
def asked() -> Response:
    """What was asked and answered, by school."""
    return _asked(Form(AskForm()))


@bp.route("/checks", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
def ask() -> Response:
    """Ask the people of a school."""
    form = Form(AskForm())
    if form.submitted():
        with form.attempt():
            checks.ask(current_db(), current_actor(), **form.data, now=current_now())
        if form.ok:
            return done("/checks", _("The people of the school are asked."))
    return _asked(form)


def _asked(form: Form) -> Response:
    db, actor, places = current_db(), current_actor(), []
    if actor.holds(Permission.CUSTODY_WRITE):
        places = pickable(db, actor, Permission.CUSTODY_WRITE)
    rows = checks.listed(db, actor)
    return page(
        "selfservice/checks.html", form=form, status=form.status, rows=rows, places=places
    )  # fmt: skip
