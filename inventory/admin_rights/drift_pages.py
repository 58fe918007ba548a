"""/admin-rights/drift: administrators who should not be, and what was decided about each."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.admin_rights import drift, drift_csv, drift_listing
from inventory.admin_rights.drift_api import cursor_of, read_cursor
from inventory.admin_rights.drift_form_schemas import DecisionForm, DriftListArgs
from inventory.admin_rights.drift_listing import DriftFilter
from inventory.admin_rights.drift_models import DriftKind, DriftState
from inventory.admin_rights.drift_rules import Limits, Standing
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites import service as sites
from inventory.sites.picking import pickable
from inventory.web import charts, showing
from inventory.web.arguments import with_query
from inventory.web.charts import Chart
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import done, page

bp = Blueprint("drift_pages", __name__, url_prefix="/admin-rights/drift")
PAGE = 50
ONE = "/<int(max=2147483647):drift_id>"


@bp.route("")
@guarded(Permission.ADMIN_RIGHT_READ, page=True)
@with_query(DriftListArgs)
def listed(args: dict[str, Any]) -> Response:
    """Current drift within reach, what is there longest first."""
    db, actor, now = current_db(), current_actor(), current_now()
    below = None if args["site"] is None else sites.subtree(db, args["site"])
    wanted = DriftFilter(
        args["kind"], args["state"], args["source"] or None, below, None, args["older"]
    )
    after = read_cursor(args["after"]) if args["after"] else None
    found = drift_listing.listed(db, actor, wanted, after=after, limit=PAGE + 1, now=now)
    rows = found[:PAGE]
    stand = drift_listing.standings(db, actor, Limits.of(runtime().settings), sites=below, now=now)
    return page(
        "admin_rights/drift.html", rows=rows, args=args, kinds=list(DriftKind),
        states=list(DriftState), more=cursor_of(rows[-1]) if len(found) > PAGE else None,
        count=drift_listing.counted(db, actor, wanted, now=now),
        picture=_picture(stand) if any(stand.values()) else None,
        unknown=stand[Standing.UNKNOWN],
        places=pickable(db, actor, Permission.ADMIN_RIGHT_READ),
    )  # fmt: skip


@bp.route("/export")
@guarded(Permission.ADMIN_RIGHT_READ, page=True, write=True)
@with_query(DriftListArgs)
def export(args: dict[str, Any]) -> Response:
    """The list as CSV. That somebody took it away is written down."""
    db, actor = current_db(), current_actor()
    below = None if args["site"] is None else sites.subtree(db, args["site"])
    wanted = DriftFilter(
        args["kind"], args["state"], args["source"] or None, below, None, args["older"]
    )
    allowed = drift_csv.announce(db, actor, wanted, now=current_now())
    return Response(
        drift_csv.csv_rows(runtime().database, allowed), mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=administrators.csv"},
    )  # fmt: skip


@bp.route(ONE)
@guarded(Permission.ADMIN_RIGHT_READ, page=True)
def show(drift_id: int) -> Response:
    """One drift, and the form to decide about it."""
    return _shown(drift_id, Form(DecisionForm()))


@bp.route(ONE, methods=["POST"])
@guarded(Permission.ADMIN_RIGHT_AUTHORISE, page=True)
def decide(drift_id: int) -> Response:
    """Accept it, call it resolved, or open it again."""
    form = Form(DecisionForm())
    if form.submitted():
        given = dict(form.data)
        with form.attempt():
            drift.decide(
                current_db(), current_actor(), drift_id, given.pop("state"), **given,
                now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(f"/admin-rights/drift/{drift_id}", _("Saved."))
    return _shown(drift_id, form)


def _shown(drift_id: int, form: Form) -> Response:
    row, asset = drift.get(current_db(), current_actor(), drift_id)
    may = current_actor().may(Permission.ADMIN_RIGHT_AUTHORISE, asset.site_id)
    return page(
        "admin_rights/drift_one.html", status=form.status, form=form, drift=row, asset=asset,
        may=may, others=[state for state in DriftState if state is not row.state],
    )  # fmt: skip


def _picture(stand: Mapping[Standing, int]) -> Chart:
    """How the computers stand, as one bar."""
    parts = [charts.Bar(str(label("admin_standing", one)), number) for one, number in stand.items()]
    return charts.stacked(_("Computers"), parts, number=showing.number, id="standings")
