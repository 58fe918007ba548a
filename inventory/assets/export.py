"""The whole list as CSV: any length, in a bounded room, safe to open in a spreadsheet.

A spreadsheet runs a cell that begins with one of `FORMULA` as a formula, and these cells hold what
devices and people wrote (OWASP, "CSV Injection"). Such a cell gets an apostrophe in front; a
reader takes it away again with `unneutralised`, so that an export comes back unchanged.
"""

import csv
import functools
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from sqlmodel import Session

from inventory.access import Actor
from inventory.assets.asking import pairs_of
from inventory.assets.columns import Column, available, needed, picked
from inventory.assets.filters import AssetFilter
from inventory.assets.listing import Key, exactly, matching, rows_where, sort_of, walk
from inventory.assets.selecting import count
from inventory.audit import service as audit
from inventory.db import Database

BATCH = 500
FORMULA = "=+-@\t\r"
_RISKY = re.compile(rf"'*[{re.escape(FORMULA)}]")


@dataclass(frozen=True, slots=True)
class Export:
    """A list that may be written out: it was allowed and recorded. Made by `announce` only.

    count  how many assets matched then
    """

    actor: Actor
    wanted: AssetFilter
    sort: str
    columns: Sequence[Column]
    count: int


def announce(
    db: Session,
    actor: Actor,
    wanted: AssetFilter,
    *,
    sort: str = "tag",
    columns: Iterable[str] = (),
    now: datetime,
) -> Export:
    """Allow an export and record it, before anything leaves: the caller commits, then writes it.

    `columns`: keys of `columns.available`, in order; none: everything that an import takes. Raises
    as `list_assets`, and `InvalidInput` for an unknown column.
    """
    sort_of(sort)
    number = count(db, matching(db, actor, wanted))
    chosen = picked(db, columns) or [c for c in available(db).values() if c.entered]
    audit.record(
        db, actor, "asset.exported", now=now, subject_type="asset",
        after={
            "filter": [f"{name}={value}" for name, value in pairs_of(wanted)],
            "sort": sort,
            "columns": ",".join(column.key for column in chosen),
            "count": number,
        },
    )  # fmt: skip
    return Export(actor, wanted, sort, chosen, number)


def csv_rows(database: Database, export: Export) -> Iterator[str]:
    """The export in the list's order, as RFC 4180: a header of column keys, then a batch of lines
    at a time. Moments are in UTC, days and moments ISO 8601, nothing is an empty cell.

    Each batch is read in a unit of its own, so that a slow reader holds no connection; an asset
    that changes its place in the order meanwhile may come twice or not at all.
    """
    yield _lines([[column.key for column in export.columns]])
    order, down = sort_of(export.sort)
    select = functools.partial(rows_where, also=needed(export.columns))
    with database.unit(write=False) as db:
        found = matching(db, export.actor, export.wanted)
        rows = exactly(db, found, select)
    if rows:
        yield _lines(_cells(rows, export.columns))
    key: Key | None = None
    while True:
        with database.unit(write=False) as db:
            rows = walk(db, select, order, down, found.where, key, limit=BATCH)
        if rows:
            yield _lines(_cells(rows, export.columns))
            key = getattr(rows[-1], order.column.key), rows[-1].id
        if len(rows) < BATCH:
            return


def neutralised(cell: str) -> str:
    """The cell so that no spreadsheet runs it. Apostrophes that already stand before a sign of
    `FORMULA` get one more, so that there is always exactly one to take away."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def unneutralised(cell: str) -> str:
    """What `neutralised` was given."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell


def text_of(value: object) -> str:
    """A value as a cell, before it is neutralised."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _cells(rows: Iterable[object], columns: Sequence[Column]) -> Iterator[list[str]]:
    getters = [column.getter for column in columns]
    for row in rows:
        yield [neutralised(text_of(getter(row))) for getter in getters]


def _lines(cells: Iterable[list[str]]) -> str:
    kept = io.StringIO()
    csv.writer(kept).writerows(cells)
    return kept.getvalue()
