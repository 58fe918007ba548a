"""/assets/bulk: change many assets at once. What would happen is told before it happens.

The rows are bound by id and version from the moment they were picked: what is applied is what was
previewed, or nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import custom_fields, selecting, suggesting
from inventory.assets.asking import filter_of
from inventory.assets.bulk import BulkOutcome, BulkRow, bulk_change
from inventory.assets.bulk_form_schemas import CHANGED, NEVER_BLANK, BulkForm, PickArgs, rows_in
from inventory.assets.catalog_models import CustomField
from inventory.assets.form_schemas import CUSTOM, with_custom
from inventory.assets.picked import Picked, picked
from inventory.errors import InvalidInput
from inventory.http.unit import current_actor, current_db, current_now, local_now
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import page

bp = Blueprint("asset_bulk", __name__, url_prefix="/assets/bulk")

FORM = "assets/bulk.html"


@bp.route("")
@guarded(Permission.ASSET_BULK, page=True)
@with_query(PickArgs)
def pick(args: dict[str, Any]) -> Response:
    """The form for the rows that were ticked, or for all that match."""
    ids, too_many = chosen_ids(args)
    rows = picked(current_db(), current_actor(), ids)
    back = args["back"]
    if not rows:
        return page("assets/bulk_none.html", back=back, too_many=too_many)
    known = _known()
    form = Form(with_custom(BulkForm, known), {"rows": bound(rows), "back": back})
    return page(FORM, form=form, rows=rows, **_offered(form, known))


@bp.route("", methods=["POST"])
@guarded(Permission.ASSET_BULK, page=True)
def change() -> Response:
    """One step of the change: shown again, told, or done."""
    known = _known()
    form = Form(with_custom(BulkForm, known))
    step = form.data.get("step", "preview")
    # Also where a field is wrong, and nothing was loaded.
    rows = picked(current_db(), current_actor(), list(rows_in(str(form.value("rows")))))
    if step != "edit" and form.ok:
        _require_ticks(form, known)
    if step == "edit" or not form.ok:
        if not rows:
            return page("assets/bulk_none.html", status=422, back="", too_many="")
        status = 200 if step == "edit" else form.status
        return page(FORM, status=status, form=form, rows=rows, **_offered(form, known))
    wanted = _changes(form)
    bind = dict(form.data["rows"])
    if step == "renew":
        bind |= {row.id: row.version for row in rows}
    outcome = _tried(bind, wanted, form, dry_run=step != "apply")
    if step == "skip" and (kept := _accepted(outcome)):
        bind = {id_: version for id_, version in bind.items() if id_ in kept}
        outcome = _tried(bind, wanted, form, dry_run=True)
    return _told(form, known, rows, bind, outcome)


def chosen_ids(args: dict[str, Any]) -> tuple[list[int], str]:
    """The ids that were ticked, or of all that match; and why there are too many, else ""."""
    ids: list[int] = args.get("id", [])
    if not args["all"]:
        return ids, ""
    try:
        wanted = filter_of(args, at=local_now())
        return selecting.matching_ids(current_db(), current_actor(), wanted), ""
    except InvalidInput as refused:
        if "selection" not in refused.fields:
            raise
        return [], str(refused)


def bound(rows: Sequence[Picked]) -> str:
    """Ids and versions as the form carries them."""
    return ",".join(f"{row.id}:{row.version}" for row in rows)


def _tried(
    bind: Mapping[int, int], wanted: Mapping[str, object], form: Form, *, dry_run: bool
) -> BulkOutcome:
    rows = [BulkRow(id_, wanted, version) for id_, version in bind.items()]
    return bulk_change(
        current_db(), current_actor(), rows, now=current_now(), dry_run=dry_run,
        reason=form.data["reason"],
    )  # fmt: skip


def _accepted(outcome: BulkOutcome) -> set[int]:
    return {result.asset_id for result in outcome.results if result.status != "refused"}


def _told(
    form: Form,
    known: Sequence[CustomField],
    rows: Sequence[Picked],
    bind: Mapping[int, int],
    outcome: BulkOutcome,
) -> Response:
    """What would happen, or has happened, to each row."""
    by_id = {row.id: row for row in rows}
    lines: dict[str, list[tuple[Any, Picked | None]]] = {}
    for result in outcome.results:
        lines.setdefault(result.status, []).append((result, by_id.get(result.asset_id)))
    refused = lines.get("refused", [])
    failed = form.data["step"] == "apply" and not outcome.applied
    ticks = form.data["tick"]
    places = (
        pickable(current_db(), current_actor(), Permission.ASSET_READ) if "site_id" in ticks else []
    )
    return page(
        "assets/bulk_told.html", status=409 if failed else 200, form=form, lines=lines,
        applied=outcome.applied, failed=failed, count=len(bind),
        rows=",".join(f"{id_}:{version}" for id_, version in bind.items()),
        stale=any(result.code == 412 for result, _row in refused),
        wanted=[(_name(each, known), _value(form, each, dict(places))) for each in ticks],
        forgotten=[
            _name(each, known)
            for each in _usable(known)
            if each not in ticks and form.value(each)
        ],
    )  # fmt: skip


def _require_ticks(form: Form, known: Sequence[CustomField]) -> None:
    """What cannot be previewed: nothing ticked, or a blank where something must stand."""
    ticks = [name for name in _usable(known) if name in form.data["tick"]]
    form.data["tick"] = ticks
    if not ticks:
        form.refuse(_("Tick the fields that are to be changed."))
    for name in ticks:
        if name in NEVER_BLANK and form.data.get(name) is None:
            form.refuse(_("Choose what it shall be."), name)


def _changes(form: Form) -> dict[str, object]:
    """The ticked fields by the asset's names; blank ones are emptied."""
    wanted: dict[str, object] = {}
    own: dict[str, object] = {}
    for name in form.data["tick"]:
        value = form.data.get(name)
        if name.startswith(CUSTOM):
            own[name.removeprefix(CUSTOM)] = value
        else:
            wanted["cost_cents" if name == "cost" else name] = value
    return {**wanted, "custom": own} if own else wanted


def _usable(known: Sequence[CustomField]) -> list[str]:
    return [*CHANGED, *(CUSTOM + one.key for one in known)]


def _known() -> list[CustomField]:
    return [one for one in custom_fields.definitions(current_db()) if not one.archived]


def _name(name: str, known: Sequence[CustomField]) -> str:
    own = {CUSTOM + one.key: one.label for one in known}
    return own.get(name) or label("field", "cost_cents" if name == "cost" else name)


def _value(form: Form, name: str, places: Mapping[int, str]) -> str:
    """What a ticked field is set to, in words; "" where it is emptied."""
    value = form.data.get(name)
    if name in {"status", "category"}:
        return label(name, value)
    if name == "site_id" and isinstance(value, int):
        return places.get(value, "")
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return "" if value is None else str(form.value(name))


def _offered(form: Form, known: Sequence[CustomField]) -> dict[str, Any]:
    db, actor = current_db(), current_actor()
    return {
        "custom": known,
        "places": pickable(db, actor, Permission.ASSET_BULK),
        "makers": suggesting.makers(db, actor),
        "models": suggesting.models(db, actor, str(form.value("manufacturer"))[:120]),
    }
