"""Imports of assets: API and pages."""

from inventory.asset_import.models import AssetImport, AssetImportRow, ImportState, RowOutcome
from inventory.asset_import.options import Options
from tests.house.routes import Example, Place, Side


def _import(side: Side, state: ImportState) -> int:
    kept = AssetImport(
        source="file", state=state, file_name="list.csv", file_sha256="0" * 64, shape="csv",
        rows=1, columns=[{"name": "tag", "samples": ["X"], "numbers": 0, "slashed": 0, "mdy": 0,
                          "dmy": 0}],
        options=Options(mapping=("tag",)).told(), counts={"unchanged": 1}, site_ids=[side.site],
        created_at=side.now, created_by="somebody", by_id=side.owner, decided_at=side.now,
    )  # fmt: skip
    side.db.add(kept)
    side.db.flush()
    row = AssetImportRow(
        import_id=kept.id, number=2, outcome=RowOutcome.UNCHANGED, tag="X", cells=["X"]
    )
    side.db.add(row)
    side.db.flush()
    return kept.id


def staged_import(side: Side) -> int:
    return _import(side, ImportState.STAGED)


def planned_import(side: Side) -> int:
    return _import(side, ImportState.PLANNED)


def applied_import(side: Side) -> int:
    return _import(side, ImportState.APPLIED)


MAKERS = {
    "staged_import": staged_import, "planned_import": planned_import,
    "applied_import": applied_import,
}  # fmt: skip

API = "/api/v1/imports"
ONE = f"{API}/<int(max=2147483647):import_id>"
PAGE = "/imports/<int(max=2147483647):import_id>"
STAGED = {"import_id": "$staged_import"}
PLANNED, APPLIED = {"import_id": "$planned_import"}, {"import_id": "$applied_import"}
CSV = b"tag,category\nX-1,laptop\n"

ROUTES = {
    f"GET {API}": Example(),
    f"POST {API}": Example(files={"file": ("list.csv", CSV)}),
    f"GET {ONE}": Example(path=PLANNED, place=Place.OWN),
    f"POST {ONE}/plan": Example(path=PLANNED, json={}, place=Place.OWN),
    f"GET {ONE}/rows": Example(path=PLANNED, place=Place.OWN),
    f"GET {ONE}/outcome.csv": Example(path=PLANNED, place=Place.OWN),
    f"POST {ONE}/approve": Example(path=PLANNED, json={}, place=Place.OWN),
    f"POST {ONE}/refuse": Example(path=PLANNED, json={"reason": "x"}, place=Place.OWN),
    f"POST {ONE}/undo": Example(path=APPLIED, json={"reason": "x"}, place=Place.OWN),
    "GET /imports": Example(),
    "GET /imports/new": Example(),
    "POST /imports/new": Example(form={"sheet": ""}, files={"file": ("list.csv", CSV)}),
    f"GET {PAGE}": Example(path=PLANNED, place=Place.OWN),
    f"GET {PAGE}/columns": Example(path=STAGED, place=Place.OWN),
    f"POST {PAGE}/columns": Example(
        path=STAGED, form={"column_0": "tag", "match": "tag"}, place=Place.OWN
    ),
    f"POST {PAGE}/plan": Example(path=PLANNED, form={}, place=Place.OWN),
    f"POST {PAGE}/approve": Example(path=PLANNED, form={"reason": ""}, place=Place.OWN),
    f"POST {PAGE}/refuse": Example(path=PLANNED, form={"reason": "x"}, place=Place.OWN),
    f"POST {PAGE}/undo": Example(path=APPLIED, form={"reason": "x"}, place=Place.OWN),
    f"GET {PAGE}/outcome.csv": Example(path=PLANNED, place=Place.OWN),
}
