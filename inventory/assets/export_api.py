"""GET /api/v1/assets.csv: the list, whole, for spreadsheets and for imports."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.asking import filter_of
from inventory.assets.export import announce, csv_rows
from inventory.assets.list_schemas import AssetExportArgs
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_actor, current_db, current_now, local_now, runtime

bp = api_blueprint("asset_export", "", "The asset list as a file.")


@bp.route("/assets.csv")
@guarded(Permission.ASSET_READ, write=True)
@bp.arguments(AssetExportArgs, location="query")
@bp.response(200, content_type="text/csv")
def export(args: dict[str, Any]) -> Response:
    """The assets in your reach as CSV, filtered and sorted as the list. The export is an event.

    A header of field names, then a line for each asset; exact hits of `q` come first. A cell that
    a spreadsheet would run as a formula, that is one which begins with = + - @, a tab or a carriage
    return, has an apostrophe in front.
    """
    sort, columns = args.pop("sort"), args.pop("columns", ())
    allowed = announce(
        current_db(), current_actor(), filter_of(args, at=local_now()),
        sort=sort, columns=columns, now=current_now(),
    )  # fmt: skip
    # Written while the answer is sent, after the request's own unit was committed.
    return Response(
        csv_rows(runtime().database, allowed),
        content_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": f'attachment; filename="assets-{local_now():%Y-%m-%d}.csv"'
        },
    )
