"""/managed/bulk: several devices at once: what would happen, then the same for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.deciding import NewAsset
from inventory.assets.deciding_form_schemas import ACCEPT, APPLY, BulkForm, chosen
from inventory.assets.offering_pages import offered
from inventory.fleet import deciding_bulk, waiting
from inventory.fleet.deciding_bulk import Result, Row
from inventory.fleet.models import MdmDevice
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("mdm_bulk_pages", __name__, url_prefix="/managed")

LIST = "/managed"


@dataclass(frozen=True, slots=True)
class Line:
    """A device with what would become of it. `problem`: why it would be refused, or ""."""

    row: MdmDevice
    revision: int
    problem: str


@bp.route("/bulk", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def bulk() -> Response:
    """Preview, or apply; the second is refused whole where one row is."""
    form = Form(BulkForm())
    back = f"{LIST}?{form.value('back')}" if form.ok and form.value("back") else LIST
    if not form.submitted():
        if "row" in form.errors:
            return done(LIST, _("Choose at least one device first."), kind="warning")
        return page(
            "fleet/bulk.html", status=form.status, form=form, lines=[], back=LIST, action=""
        )
    data, picked = form.data, chosen(form.data["row"])
    results: dict[int, Result] = {}
    with form.attempt():
        wanted = [_row(id_, revision, data) for id_, revision in picked.items()]
        outcome = deciding_bulk.bulk(
            current_db(), current_actor(), wanted, now=current_now(),
            dry_run=data["step"] != APPLY,
        )  # fmt: skip
        results = {result.device_id: result for result in outcome.results}
        if outcome.applied:
            return done(back, _said(data["action"], len(wanted)))
        if data["step"] == APPLY:
            form.refuse(_("Nothing was changed: look at the devices that are refused."))
    # What was tried and taken back is read anew, all at once.
    rows = waiting.devices_of(current_db(), current_actor(), picked)
    lines = [Line(row, picked[row.id], _problem(results.get(row.id))) for row in rows]
    return _preview(form, lines, back)


def _row(device_id: int, revision: int, data: Mapping[str, Any]) -> Row:
    new = NewAsset(None, data["prefix"], data["site_id"], data["status"])
    return Row(device_id, data["action"], None, new, revision, data["reason"])


def _problem(result: Result | None) -> str:
    return result.problem if result is not None and result.status == "refused" else ""


def _preview(form: Form, lines: list[Line], back: str) -> Response:
    refused = sum(bool(line.problem) for line in lines)
    return page(
        "fleet/bulk.html", status=form.status, form=form, lines=lines, back=back,
        refused=refused, good=len(lines) - refused, action=form.data["action"], **offered(None),
    )  # fmt: skip


def _said(action: str, count: int) -> str:
    if action == ACCEPT:
        said = ngettext("%(num)s new asset was made.", "%(num)s new assets were made.", count)
    else:
        said = ngettext("%(num)s device is ignored.", "%(num)s devices are ignored.", count)
    return str(said)
