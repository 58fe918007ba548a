"""What became of each row, as a file for whoever keeps the list."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from inventory.access import Actor
from inventory.asset_import import imports
from inventory.assets.export import neutralised
from inventory.db import Database

BATCH = 1_000


def outcome_csv(database: Database, actor: Actor, import_id: int) -> Iterator[str]:
    """Number, outcome, tag, changes and notes of every row, a batch at a time. The caller has
    looked whether the import is there."""
    yield _lines([("row", "outcome", "tag", "changes", "notes")])
    after = None
    while True:
        with database.unit(write=False) as db:
            rows = imports.rows(db, actor, import_id, after=after, limit=BATCH)
        if not rows:
            return
        yield _lines(
            (row.number, row.outcome.value, row.tag, changes(row.before, row.after),
             "; ".join(map(str, row.notes)))
            for row in rows
        )  # fmt: skip
        after = rows[-1].id


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """ "name: old -> new; ..." in English."""
    told = []
    for name, value in (after or {}).items():
        old = f"{(before or {}).get(name, '')} -> " if before else ""
        told.append(f"{name}: {old}{value}")
    return "; ".join(told)


def _lines(rows: Any) -> str:
    kept = io.StringIO()
    csv.writer(kept).writerows([neutralised(str(cell)) for cell in row] for row in rows)
    return kept.getvalue()
