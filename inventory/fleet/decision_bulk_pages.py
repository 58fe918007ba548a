"""/managed/bulk: several devices at once: what would happen, then the same for good."""

from flask import Blueprint, Response
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.deciding_form_schemas import APPLY, BulkForm, chosen
from inventory.assets.many_decisions import ACCEPT
from inventory.assets.many_decisions_pages import Line, nothing, preview, problems, wanted
from inventory.fleet import deciding_bulk, waiting
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.forms import Form
from inventory.web.pages import done

bp = Blueprint("mdm_bulk_pages", __name__, url_prefix="/managed")

LIST, TEMPLATE = "/managed", "fleet/bulk.html"


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def bulk() -> Response:
    """Preview, or apply; the second is refused whole where one row is."""
    form = Form(BulkForm())
    back = f"{LIST}?{form.value('back')}" if form.ok and form.value("back") else LIST
    if not form.submitted():
        if "row" in form.errors:
            return done(LIST, _("Choose at least one device first."), kind="warning")
        return nothing(TEMPLATE, form, LIST)
    data, picked = form.data, chosen(form.data["row"])
    refused: dict[int, str] = {}
    with form.attempt():
        outcome = deciding_bulk.bulk(
            current_db(), current_actor(), wanted(picked, data), now=current_now(),
            dry_run=data["step"] != APPLY,
        )  # fmt: skip
        refused = problems(outcome.results)
        if outcome.applied:
            return done(back, _said(data["action"], len(picked)))
        if data["step"] == APPLY:
            form.refuse(_("Nothing was changed: look at the devices that are refused."))
    # What was tried and taken back is read anew, all at once.
    rows = waiting.devices_of(current_db(), current_actor(), picked)
    lines = [Line(row, picked[row.id], refused.get(row.id, "")) for row in rows]
    return preview(TEMPLATE, form, lines, back=back, around=None)


def _said(action: str, count: int) -> str:
    if action == ACCEPT:
        said = ngettext("%(num)s new asset was made.", "%(num)s new assets were made.", count)
    else:
        said = ngettext("%(num)s device is ignored.", "%(num)s devices are ignored.", count)
    return str(said)
