"""/discoveries/bulk: several findings at once: what would happen, then the same for good."""

from collections.abc import Mapping

from flask import Blueprint, Response
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.deciding_form_schemas import APPLY, BulkForm, chosen
from inventory.assets.kinds import Outcome
from inventory.assets.many_decisions import ACCEPT
from inventory.assets.many_decisions_pages import Line, nothing, preview, problems, wanted
from inventory.discovery import listings, review_bulk
from inventory.discovery.decision_pages import moment
from inventory.http.unit import current_actor, current_db
from inventory.sites import naming
from inventory.web.forms import Form
from inventory.web.pages import done

bp = Blueprint("review_bulk_pages", __name__, url_prefix="/discoveries")

QUEUE, TEMPLATE = "/discoveries", "discovery/bulk.html"


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def bulk() -> Response:
    """Preview, or apply; the second is refused whole where one row is."""
    form = Form(BulkForm())
    back = f"{QUEUE}?{form.value('back')}" if form.ok and form.value("back") else QUEUE
    if not form.submitted():
        if "row" in form.errors:
            return done(QUEUE, _("Choose at least one finding first."), kind="warning")
        return nothing(TEMPLATE, form, QUEUE)
    data, picked = form.data, chosen(form.data["row"])
    refused = _by_hand(picked) if data["action"] == ACCEPT else {}
    rows = [row for row in wanted(picked, data) if row.id not in refused]
    with form.attempt():
        dry = data["step"] != APPLY or bool(refused)
        if rows:
            outcome = review_bulk.bulk(
                current_db(), current_actor(), rows, at=moment(), dry_run=dry
            )
            refused |= problems(outcome.results)
            if outcome.applied:
                return done(back, _said(data["action"], len(rows)))
        if data["step"] == APPLY:
            form.refuse(_("Nothing was changed: look at the findings that are refused."))
    return _preview(form, picked, refused, back)


def _by_hand(picked: Mapping[int, int]) -> dict[int, str]:
    """Conflicts: each takes a look of its own."""
    said = _("It is a conflict: decide it by itself.")
    rows = listings.findings_of(current_db(), current_actor(), picked)
    return {row.id: said for row in rows if row.outcome is Outcome.CONFLICT}


def _preview(
    form: Form, picked: Mapping[int, int], refused: Mapping[int, str], back: str
) -> Response:
    # What was tried and taken back is read anew, all at once.
    rows = listings.findings_of(current_db(), current_actor(), picked)
    lines = [Line(row, picked[row.id], refused.get(row.id, "")) for row in rows]
    sites = {row.site_id for row in rows}
    found_at = naming.spots(current_db(), current_actor(), sites)
    around = next(iter(sites)) if len(sites) == 1 else None
    return preview(TEMPLATE, form, lines, back=back, around=around, found_at=found_at)


def _said(action: str, count: int) -> str:
    if action == ACCEPT:
        said = ngettext("%(num)s new asset was made.", "%(num)s new assets were made.", count)
    else:
        said = ngettext("%(num)s finding is ignored.", "%(num)s findings are ignored.", count)
    return str(said)
