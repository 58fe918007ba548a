"""/api/v1/imports: files of assets are read, planned, looked at, approved, and undone."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.asset_import import applying, imports, planning, staging, undoing
from inventory.asset_import.guarding import number_to_name
from inventory.asset_import.models import AssetImport
from inventory.asset_import.options import options_of
from inventory.asset_import.outcome import outcome_csv
from inventory.asset_import.schemas import (
    ImportApproval,
    ImportPage,
    ImportPlanning,
    ImportRefusal,
    ImportRowArgs,
    ImportRowPage,
    ImportUndoing,
    ImportUpload,
    ImportView,
)
from inventory.http.blueprint import api_blueprint
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.multipart import MultipartParser
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("asset_imports", "/imports", "Imports of assets from files.")
bp.ARGUMENTS_PARSER = MultipartParser()

ID = "<int(max=2147483647):import_id>"


def body(kept: AssetImport) -> dict[str, Any]:
    told = kept.model_dump()
    return {
        **told, "unknown_names": told["unknown"], "number_to_name": number_to_name(kept.findings)
    }  # fmt: skip


def bodies(rows: list[AssetImport]) -> list[dict[str, Any]]:
    return [body(row) for row in rows]


@bp.route("")
@guarded(Permission.IMPORT_APPLY)
@bp.arguments(PageArgs, location="query")
@bp.response(200, ImportPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Your imports, or for the whole district all of them; newest first."""
    limit = args["limit"]
    rows = imports.listed(current_db(), current_actor(), before=after_id(args), limit=limit + 1)
    return page_of_rows(rows, limit, bodies)


@bp.route("", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, write=False, upload=True)
@bp.arguments(ImportUpload, location="files")
@bp.response(201, ImportView)
def create(given: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Upload a CSV file or an Excel workbook as multipart/form-data. Its columns are guessed: look
    at `columns` and `options`, then plan it. No asset is changed."""
    app, part = runtime(), given["file"]
    import_id = staging.receive(
        app.database, current_actor(), part.stream, name=part.filename,
        most_rows=app.settings.import_max_rows, encoding=given["encoding"], sheet=given["sheet"],
        now=current_now(),
    )  # fmt: skip
    return _read(import_id), 201, {"Location": f"/api/v1/imports/{import_id}"}


@bp.route(f"/{ID}")
@guarded(Permission.IMPORT_APPLY)
@bp.response(200, ImportView)
def get(import_id: int) -> dict[str, Any]:
    """One import."""
    return body(imports.get(current_db(), current_actor(), import_id))


@bp.route(f"/{ID}/plan", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, write=False)
@bp.arguments(ImportPlanning)
@bp.response(200, ImportView)
def plan(given: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Say how the columns are to be understood and what unknown names are, and see what the file
    would change. Nothing of it happens yet. 422 where dates can be read in two ways."""
    kept = imports.get(current_db(), current_actor(), import_id)
    options = options_of({**kept.options, **given["options"]})
    current_db().rollback()
    planning.plan(
        runtime().database, current_actor(), import_id, options=options,
        decisions=given["decisions"], now=current_now(),
    )  # fmt: skip
    return _read(import_id)


@bp.route(f"/{ID}/rows")
@guarded(Permission.IMPORT_APPLY)
@bp.arguments(ImportRowArgs, location="query")
@bp.response(200, ImportRowPage)
def rows(args: dict[str, Any], import_id: int) -> dict[str, Any]:
    """The rows of the file in its order, and what each does."""
    limit = args["limit"]
    found = imports.rows(
        current_db(), current_actor(), import_id, outcomes=args["outcome"], after=after_id(args),
        limit=limit + 1,
    )  # fmt: skip
    return page_of_rows(found, limit)


@bp.route(f"/{ID}/outcome.csv")
@guarded(Permission.IMPORT_APPLY)
@bp.response(200, content_type="text/csv")
def outcome(import_id: int) -> Response:
    """What each row does, as a file for spreadsheets."""
    return sent(import_id)


@bp.route(f"/{ID}/approve", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, session_only=True)
@bp.arguments(ImportApproval)
@bp.response(200, ImportView)
def approve(given: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Apply the plan, all of it in one transaction; a large one by a job (`state` is applying until
    then). 409 where an asset was changed since; 422 where the guard is not answered."""
    return body(
        applying.approve(current_db(), current_actor(), import_id, **given, now=current_now())
    )


@bp.route(f"/{ID}/refuse", methods=["POST"])
@guarded(Permission.IMPORT_APPLY)
@bp.arguments(ImportRefusal)
@bp.response(200, ImportView)
def refuse(given: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Say no to an import that waits."""
    kept = imports.refuse(current_db(), current_actor(), import_id, **given, now=current_now())
    return body(kept)


@bp.route(f"/{ID}/undo", methods=["POST"])
@guarded(Permission.IMPORT_APPLY, session_only=True)
@bp.arguments(ImportUndoing)
@bp.response(200, ImportView)
def undo(given: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Put every value back that nobody changed since; assets that it made are retired."""
    return body(undoing.undo(current_db(), current_actor(), import_id, **given, now=current_now()))


def sent(import_id: int) -> Response:
    """The outcome of every row as a CSV file; read while it is sent."""
    imports.get(current_db(), current_actor(), import_id)
    return Response(
        outcome_csv(runtime().database, current_actor(), import_id),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="import-{import_id}.csv"'},
    )


def _read(import_id: int) -> dict[str, Any]:
    with runtime().database.unit(write=False) as db:
        return body(imports.get(db, current_actor(), import_id))
