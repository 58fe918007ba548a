"""What is out, as CSV: any length, in a bounded room, safe to open in a spreadsheet.

Whose names leave is written down as for a page: one event for every batch, before it leaves.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets.export import neutralised, text_of
from inventory.audit import service as audit
from inventory.custody import listing
from inventory.custody.listing import NEVER, CustodyFilter, Due, Held
from inventory.custody.viewing import record_views
from inventory.db import Database

BATCH = 500
COLUMNS = (
    "tag", "category", "status", "holder", "holder_kind", "kind", "given_at", "given_by", "due_at",
    "overdue", "accessories", "condition_out",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CustodyExport:
    """A list that may be written out. Made by `announce` only."""

    actor: Actor
    wanted: CustodyFilter
    at: datetime


def announce(db: Session, actor: Actor, wanted: CustodyFilter, *, now: datetime) -> CustodyExport:
    """Allow an export and record it, before anything leaves. Raises `Forbidden`."""
    actor.require_anywhere(Permission.CUSTODY_READ)
    number = listing.counted(db, actor, wanted, now=now)
    told = {"kind": wanted.kind, "overdue": wanted.overdue, "count": number}
    audit.record(db, actor, "custody.exported", now=now, subject_type="custody", after=told)
    return CustodyExport(actor, wanted, now)


def csv_rows(database: Database, export: CustodyExport) -> Iterator[str]:
    """RFC 4180, in the order of the list: a header, then a batch of lines at a time, each read in a
    unit of its own."""
    yield _lines([COLUMNS])
    after: Due | None = None
    while True:
        with database.unit() as db:
            found = listing.open_ones(
                db, export.actor, export.wanted, after=after, limit=BATCH, now=export.at
            )
            record_views(db, export.actor, found, now=export.at)
        if found:
            yield _lines([_cells(held, export.at) for held in found])
            last = found[-1].custody
            after = last.due_at or NEVER, last.id
        if len(found) < BATCH:
            return


def _cells(held: Held, at: datetime) -> list[str]:
    one = held.custody
    kind = "person" if held.person is not None else "cart" if held.cart else "place"
    along = ", ".join(f"{line.name}={line.count_out}" for line in held.lines)
    values = (
        held.tag, held.category, held.status, held.holder, kind, one.kind, one.given_at,
        one.given_by, one.due_at, held.overdue(at), along, one.condition_out,
    )  # fmt: skip
    return [neutralised(text_of(value)) for value in values]


def _lines(rows: Sequence[Sequence[str]]) -> str:
    kept = io.StringIO()
    csv.writer(kept).writerows(rows)
    return kept.getvalue()
