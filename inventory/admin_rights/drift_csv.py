"""The drift report as CSV: any length, in a bounded room, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.admin_rights import drift_listing
from inventory.admin_rights.drift_listing import After, DriftFilter, Shown
from inventory.assets.export import neutralised, text_of
from inventory.audit import service as audit
from inventory.db import Database

BATCH = 500
OF_DRIFT = (
    "account", "kind", "state", "sources", "first_at", "decided_by", "decided_at", "note",
)  # fmt: skip
COLUMNS = ("tag", "category", "site_id", "told_at", *OF_DRIFT)


@dataclass(frozen=True, slots=True)
class DriftExport:
    """A list that may be written out: it was allowed and recorded. Made by `announce` only."""

    actor: Actor
    wanted: DriftFilter
    now: datetime


def announce(db: Session, actor: Actor, wanted: DriftFilter, *, now: datetime) -> DriftExport:
    """Allow an export and record it, before anything leaves. Raises `Forbidden`."""
    number = drift_listing.counted(db, actor, wanted, now=now)
    after = {"kind": wanted.kind, "state": wanted.state, "count": number}
    audit.record(db, actor, "drift.exported", now=now, after=after)
    return DriftExport(actor, wanted, now)


def csv_rows(database: Database, export: DriftExport) -> Iterator[str]:
    """RFC 4180, what is there longest first: the names of the columns, then a batch of rows at a
    time. Each is read in a unit of its own, so that a slow reader holds no connection."""
    yield _lines([list(COLUMNS)])
    after: After | None = None
    while True:
        with database.unit(write=False) as db:
            found = drift_listing.listed(
                db, export.actor, export.wanted, after=after, limit=BATCH, now=export.now
            )
        if found:
            yield _lines(_cells(found))
            after = found[-1].drift.first_at, found[-1].drift.id
        if len(found) < BATCH:
            return


def _cells(rows: Iterable[Shown]) -> Iterator[list[str]]:
    for row in rows:
        values = (row.tag, row.category, row.site_id, row.told_at)
        told = (*values, *(getattr(row.drift, name) for name in OF_DRIFT))
        yield [neutralised(text_of(value)) for value in told]


def _lines(cells: Iterable[list[str]]) -> str:
    kept = io.StringIO()
    csv.writer(kept).writerows(cells)
    return kept.getvalue()
