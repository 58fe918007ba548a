"""A file of 100,000 assets planned and applied, changed by a second file, and undone, on SQLite, in
one process: `python -m benchmarks.asset_import`. Promised: each file planned and applied in 90 s,
with at most 300 MB.
"""

import csv
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timed import peak
from inventory import installation
from inventory.access import Permission, system_actor
from inventory.asset_import import applying, planning, staging
from inventory.asset_import.models import AssetImport
from inventory.asset_import.options import options_of
from inventory.asset_import.undoing import restore, undo
from inventory.db import Database, now
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from inventory.vault import open_vault

ACTOR = system_actor("benchmark", Permission)
SECONDS, MEGABYTES = 90.0, 300.0
SCHOOLS = 40
HEAD = (
    "Asset Tag", "Serial Number", "Manufacturer", "Model", "Category", "Status", "Location",
    "Name", "Purchase Date", "Purchase Cost", "PO", "Vendor", "Warranty", "Funding", "Notes",
    "MAC Address",
)  # fmt: skip


def write(file: Path, rows: int, *, year: int) -> None:
    """In the second year every second one has another name and place."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(HEAD)
        for n in range(rows):
            moved = year if n % 2 else 0
            out.writerow(
                (f"MV-{n:06}", f"5CG{n:07}X", "Dell" if n % 3 else "Lenovo",
                 f"Model {n % 40}", "Laptop" if n % 4 else "Chromebook", "Deployed",
                 f"School {(n + moved) % SCHOOLS}", f"Computer {n} of {moved}", "8/15/2025",
                 "$412.50", f"PO-{n // 500}", "A reseller", "2028-08-15", "Title I",
                 "came with its charger", f"a4bb6d{n:06x}")
            )  # fmt: skip


def prepared(folder: Path) -> Database:
    settings = Settings(database_url=f"sqlite:///{folder}/bench.db", data_dir=str(folder))
    database = Database(settings.database_url, vault=open_vault(settings, create=True))
    installation.prepare(database)
    with database.unit() as db:
        root = sites.ensure_district(db, ACTOR, "Benchmark", now=now()).id
        for n in range(SCHOOLS):
            sites.create(
                db, ACTOR, kind=SiteKind.SCHOOL, name=f"School {n}", parent_id=root, now=now()
            )
    return database


def imported(database: Database, file: Path) -> tuple[int, float]:
    """Read, plan and apply; the import's id and the seconds."""
    started = time.perf_counter()
    with file.open("rb") as stream:
        import_id = staging.receive(
            database, ACTOR, stream, name=file.name, most_rows=200_000, now=now()
        )
    read = time.perf_counter() - started
    with database.unit(write=False) as db:
        kept = db.get_one(AssetImport, import_id).options
    options = options_of({**kept, "create": ["manufacturer", "model"]})
    planning.plan(database, ACTOR, import_id, options=options, now=now())
    planned = time.perf_counter() - started
    with database.unit() as db:
        kept_row = db.get_one(AssetImport, import_id)
        applying.apply(db, kept_row, ACTOR, now=now())
        kept_row.decided_at = now()
        counts = kept_row.counts
    total = time.perf_counter() - started
    print(
        f"{file.name}: read {read:.1f} s, planned {planned - read:.1f} s, applied "
        f"{total - planned:.1f} s, together {total:.1f} s, peak {peak():.0f} MB, {counts}",
        flush=True,
    )
    return import_id, total


def main(arguments: list[str]) -> int:
    """`--rows N` (100,000)."""
    at = arguments.index("--rows") + 1 if "--rows" in arguments else 0
    rows = int(arguments[at]) if at else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"year{year}.csv" for year in range(2)]
        for year, file in enumerate(files):
            write(file, rows, year=year)
        database = prepared(folder)
        print(f"{rows} rows; {peak():.0f} MB before", flush=True)
        worst = 0.0
        for file in files:
            import_id, seconds = imported(database, file)
            worst = max(worst, seconds)
        started = time.perf_counter()
        with database.unit() as db:
            kept = undo(db, ACTOR, import_id, reason="benchmark", now=now())
            if kept.state == "undoing":
                restore(db, kept, ACTOR, now=now())
        print(f"undone in {time.perf_counter() - started:.1f} s, peak {peak():.0f} MB")
        database.close()
    met = worst <= SECONDS and peak() <= MEGABYTES
    print("kept" if met else f"NOT KEPT: {SECONDS:.0f} s and {MEGABYTES:.0f} MB are promised")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
