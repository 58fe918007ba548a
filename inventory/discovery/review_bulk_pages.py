"""/discoveries/bulk: several findings at once: what would happen, then the same for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.deciding import NewAsset
from inventory.assets.deciding_form_schemas import ACCEPT, APPLY, INITIAL, BulkForm, chosen
from inventory.assets.kinds import Outcome
from inventory.assets.offering_pages import places_for, prefixes, statuses
from inventory.discovery import listings, review_bulk
from inventory.discovery.decision_pages import moment
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review_bulk import Result, Row
from inventory.http.unit import current_actor, current_db
from inventory.sites import naming
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("review_bulk_pages", __name__, url_prefix="/discoveries")

QUEUE = "/discoveries"


@dataclass(frozen=True, slots=True)
class Line:
    """A finding with what would become of it. `problem`: why it would be refused, or ""."""

    row: DiscoveryFinding
    revision: int
    problem: str


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def bulk() -> Response:
    """Preview, or apply; the second is refused whole where one row is."""
    form = Form(BulkForm())
    back = f"{QUEUE}?{form.value('back')}" if form.ok and form.value("back") else QUEUE
    if not form.submitted():
        if "row" in form.errors:
            return done(QUEUE, _("Choose at least one finding first."), kind="warning")
        return page(
            "discovery/bulk.html", status=form.status, form=form, lines=[], back=QUEUE, action=""
        )
    data, picked = form.data, chosen(form.data["row"])
    rows = listings.findings_of(current_db(), current_actor(), picked)
    by_hand = {
        row.id for row in rows if data["action"] == ACCEPT and row.outcome is Outcome.CONFLICT
    }
    wanted = [_row(row.id, picked[row.id], data) for row in rows if row.id not in by_hand]
    results: dict[int, Result] = {}
    with form.attempt():
        dry = data["step"] != APPLY or len(wanted) < len(picked)
        if wanted:
            outcome = review_bulk.bulk(
                current_db(), current_actor(), wanted, at=moment(), dry_run=dry
            )
            results = {result.finding_id: result for result in outcome.results}
            if outcome.applied:
                return done(back, _said(data["action"], len(wanted)))
        if data["step"] == APPLY:
            form.refuse(_("Nothing was changed: look at the findings that are refused."))
    # What was tried and taken back is read anew, all at once.
    rows = listings.findings_of(current_db(), current_actor(), picked)
    lines = [_line(row, picked, by_hand, results) for row in rows]
    return _preview(form, lines, back)


def _row(finding_id: int, revision: int, data: Mapping[str, Any]) -> Row:
    new = NewAsset(None, data["prefix"], data["site_id"], data["status"])
    return Row(finding_id, data["action"], None, new, revision, data["reason"])


def _line(
    row: DiscoveryFinding,
    picked: Mapping[int, int],
    by_hand: set[int],
    results: Mapping[int, Result],
) -> Line:
    if row.id in by_hand:
        return Line(row, picked[row.id], _("It is a conflict: decide it by itself."))
    result = results.get(row.id)
    refused = result is not None and result.status == "refused"
    return Line(row, picked[row.id], result.problem if result and refused else "")


def _preview(form: Form, lines: list[Line], back: str) -> Response:
    refused = sum(bool(line.problem) for line in lines)
    places = naming.spots(current_db(), current_actor(), (line.row.site_id for line in lines))
    sites = {line.row.site_id for line in lines}
    around = next(iter(sites)) if len(sites) == 1 else None
    return page(
        "discovery/bulk.html", status=form.status, form=form, lines=lines, back=back,
        refused=refused, good=len(lines) - refused, places=places, statuses=statuses(INITIAL),
        sites=places_for(around), prefixes=prefixes(), action=form.data["action"],
    )  # fmt: skip


def _said(action: str, count: int) -> str:
    if action == ACCEPT:
        said = ngettext("%(num)s new asset was made.", "%(num)s new assets were made.", count)
    else:
        said = ngettext("%(num)s finding is ignored.", "%(num)s findings are ignored.", count)
    return str(said)
