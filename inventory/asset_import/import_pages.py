"""/imports: a file is uploaded, its columns are named, its plan is looked at and decided."""

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.asset_import import (
    api,
    applying,
    form_schemas as schemas,
    imports,
    planning,
    staging,
    targets,
    undoing,
)
from inventory.asset_import.models import AssetImport, ImportState
from inventory.asset_import.showing_pages import import_page
from inventory.assets.custom_fields import definitions
from inventory.assets.kinds import Category, Status
from inventory.assets.policy import INITIAL
from inventory.errors import InvalidInput, TooLarge
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites import picking
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.labels import label
from inventory.web.pages import done, page

bp = Blueprint("asset_import_pages", __name__, url_prefix="/imports")

ONE = "/<int(max=2147483647):import_id>"
ROWS = 50


@bp.route("")
@guarded(Permission.IMPORT_APPLY, page=True)
@with_query(schemas.ListArgs)
def listed(args: dict[str, Any]) -> Response:
    """The imports so far."""
    rows = imports.listed(current_db(), current_actor(), before=args["before"], limit=ROWS + 1)
    older = rows[ROWS - 1].id if len(rows) > ROWS else None
    return page("asset_import/list.html", rows=rows[:ROWS], older=older, states=ImportState)


@bp.route("/new")
@guarded(Permission.IMPORT_APPLY, page=True)
def new() -> Response:
    """The form for a file."""
    return _new(Form(schemas.UploadForm()))


@bp.route("/new", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, page=True, upload=True, write=False)
def upload() -> Response:
    """Keep the file's rows, and ask for its columns."""
    form, part = Form(schemas.UploadForm()), request.files.get("file")
    if part is None or not part.filename:
        form.refuse(_("Choose a file first."), "file")
    elif form.submitted():
        app = runtime()
        with form.plainly():
            try:
                import_id = staging.receive(
                    app.database, current_actor(), cast(BinaryIO, part.stream),
                    name=part.filename, most_rows=app.settings.import_max_rows, **form.data,
                    now=current_now(),
                )  # fmt: skip
            except (TooLarge, InvalidInput) as refused:
                form.refused = refused
                form.refuse(str(refused), "sheet" if "sheet" in _fields(refused) else "file")
        if form.ok:
            return done(url_for(".columns", import_id=import_id))
    return _new(form)


@bp.route(f"{ONE}/columns")
@guarded(Permission.IMPORT_APPLY, page=True)
def columns(import_id: int) -> Response:
    """Which column is what."""
    kept = imports.get(current_db(), current_actor(), import_id)
    return _columns(kept, _form_of(kept))


@bp.route(f"{ONE}/columns", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, page=True, write=False)
def name_columns(import_id: int) -> Response:
    """Plan the file as the form says."""
    kept = imports.get(current_db(), current_actor(), import_id)
    form = _form_of(kept)
    if form.submitted():
        options = schemas.options_from(form.data, len(kept.columns))
        current_db().rollback()
        with form.plainly():
            planning.plan(
                runtime().database, current_actor(), import_id, options=options, now=current_now()
            )
        if form.ok:
            return _told(import_id, _("No asset is changed yet: look at the plan first."))
    return _columns(kept, form)


@bp.route(ONE)
@guarded(Permission.IMPORT_APPLY, page=True)
@with_query(schemas.RowsArgs)
def show(args: dict[str, Any], import_id: int) -> Response:
    """What an import does."""
    return import_page(import_id, args, Form(schemas.ApproveForm()))


@bp.route(f"{ONE}/plan", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, page=True, write=False)
def plan(import_id: int) -> Response:
    """Plan again, with what was said of unknown names."""
    kept = imports.get(current_db(), current_actor(), import_id)
    form = Form(schemas.decisions_form(len(kept.unknown)))
    if form.submitted():
        said = schemas.decisions_from(form.data, kept.unknown)
        current_db().rollback()
        with form.plainly():
            planning.plan(
                runtime().database, current_actor(), import_id, decisions=said, now=current_now()
            )
        if form.ok:
            return _told(import_id, _("It is planned anew."))
    return import_page(import_id, None, form)


@bp.route(f"{ONE}/approve", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, page=True)
def approve(import_id: int) -> Response:
    """Apply it, all of it in one transaction."""
    form = Form(schemas.ApproveForm())
    if form.submitted():
        with form.attempt():
            applying.approve(
                current_db(), current_actor(), import_id, **form.data, now=current_now()
            )
        if form.ok:
            return _told(import_id, _("The import is approved."))
    return import_page(import_id, None, form)


@bp.route(f"{ONE}/refuse", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, page=True)
def refuse(import_id: int) -> Response:
    """Say no."""
    form = Form(schemas.ReasonForm())
    if form.submitted():
        with form.attempt():
            imports.refuse(current_db(), current_actor(), import_id, **form.data, now=current_now())
        if form.ok:
            return _told(import_id, _("The import is refused."))
    return import_page(import_id, None, form)


@bp.route(f"{ONE}/undo", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, page=True)
def undo(import_id: int) -> Response:
    """Put back what nobody changed since."""
    form = Form(schemas.ReasonForm())
    if form.submitted():
        with form.attempt():
            undoing.undo(current_db(), current_actor(), import_id, **form.data, now=current_now())
        if form.ok:
            return _told(import_id, _("The import is taken back."))
    return import_page(import_id, None, form)


@bp.route(f"{ONE}/outcome.csv")
@guarded(Permission.IMPORT_APPLY, page=True)
def outcome(import_id: int) -> Response:
    """What each row does, as a file."""
    return api.sent(import_id)


def _new(form: Form) -> Response:
    return page(
        "asset_import/new.html", status=form.status, form=form,
        most=runtime().settings.import_max_rows,
    )  # fmt: skip


def _form_of(kept: AssetImport) -> Form:
    known = targets.known_fields(definitions(current_db()))
    return Form(schemas.columns_form(len(kept.columns), known), schemas.initial_of(kept.options))


def _columns(kept: AssetImport, form: Form) -> Response:
    db, actor = current_db(), current_actor()
    return page(
        "asset_import/columns.html", status=form.status, form=form, kept=kept,
        fields=list(targets.NAMES), own=[(f"custom.{f.key}", f.label) for f in definitions(db)],
        places=picking.pickable(db, actor, Permission.ASSET_WRITE),
        categories=[(each.value, label("category", each)) for each in Category],
        statuses=[(each.value, label("status", each)) for each in Status if each in INITIAL],
        open=kept.state in planning.OPEN,
    )  # fmt: skip


def _told(import_id: int, text: str) -> Response:
    return done(url_for(".show", import_id=import_id), text)


def _fields(refused: Exception) -> dict[str, object]:
    return refused.fields if isinstance(refused, InvalidInput) else {}
