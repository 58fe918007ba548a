"""A query of the audit log as CSV: any length, in a bounded room, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor
from inventory.assets.export import neutralised, text_of
from inventory.audit import reading, service as audit
from inventory.audit.models import AuditEvent
from inventory.audit.reading import EventFilter
from inventory.db import Database

BATCH = 500
COLUMNS = (
    "id", "at", "actor_kind", "actor_id", "actor_name", "origin", "action", "subject_type",
    "subject_id", "site_id", "reason", "before", "after", "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogExport:
    """A query that may be written out: it was allowed and recorded. Made by `announce` only."""

    actor: Actor
    wanted: EventFilter


def announce(db: Session, actor: Actor, wanted: EventFilter, *, now: datetime) -> LogExport:
    """Allow an export and record it, before anything leaves. Raises `Forbidden`."""
    reading.find(db, actor, wanted, limit=1)
    told = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    asked = {name: value for name, value in told.items() if value not in (None, "")}
    audit.record(db, actor, "audit.exported", now=now, after={"filter": asked})
    return LogExport(actor, wanted)


def csv_rows(database: Database, export: LogExport) -> Iterator[str]:
    """RFC 4180, newest first: the names of the columns, then a batch of events at a time. Each is
    read in a unit of its own, so that a slow reader holds no connection."""
    yield _lines([list(COLUMNS)])
    after: int | None = None
    while True:
        with database.unit(write=False) as db:
            found = reading.find(db, export.actor, export.wanted, after=after, limit=BATCH)
        if found:
            yield _lines(_cells(found))
            after = found[-1].id
        if len(found) < BATCH:
            return


def _cells(events: Iterable[AuditEvent]) -> Iterator[list[str]]:
    for event in events:
        yield [neutralised(text_of(getattr(event, column))) for column in COLUMNS]


def _lines(cells: Iterable[list[str]]) -> str:
    kept = io.StringIO()
    csv.writer(kept).writerows(cells)
    return kept.getvalue()
