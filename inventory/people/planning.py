"""From a roster to a plan: nothing of it happens until somebody has looked at it and says yes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.audit import service as audit
from inventory.db import insert_many
from inventory.errors import InvalidInput
from inventory.people import roster_policy
from inventory.people.comparing import Change, Comparison
from inventory.people.models import RosterSource
from inventory.people.roster_models import PlanState, RosterChange, RosterPlan, RosterProblem
from inventory.people.rosters.types import Roster
from inventory.people.schools import Schools
from inventory.people.snapshots import known_people
from inventory.people.sources import orgs

BATCH = 1_000
SOURCE_LENGTH, FILE_NAME_LENGTH = 80, 200

T = TypeVar("T")
_SOURCE = re.compile(r"[\w .,&'()/+-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """The file that a roster was read from."""

    name: str
    sha256: str


def plan(
    db: Session, actor: Actor, source_name: str, roster: Roster, upload: Upload, *, now: datetime
) -> RosterPlan:
    """Write down what the roster would change. A plan of the same source that still waits is
    refused by this one: it knows less.

    A source is made where its name is new. Raises `Forbidden`, `InvalidInput`.
    """
    actor.require_everywhere(Permission.PERSON_IMPORT)
    source = source_named(db, actor, source_name, now=now)
    _set_aside(db, source, now=now)
    row = RosterPlan(
        source_id=source.id, file_name=_shown(upload.name), file_sha256=upload.sha256,
        shape=roster.shape, partial=roster.partial, planned_at=now, planned_by=actor.name[:200],
    )  # fmt: skip
    db.add(row)
    db.flush()
    said = orgs.remember(db, source.id, roster, now=now)
    compared = Comparison(roster, Schools(db, roster.orgs, said), source.id, known_people(db))
    counts: Counter[str] = Counter()
    for batch in batches(compared.changes(), BATCH):
        counts.update(change.kind.value for change in batch)
        insert_many(db, RosterChange, [_row(row.id, change) for change in batch])
    _write_problems(db, row.id, roster)
    row.counts = dict(
        counts
        | Counter(roster.problem_counts)
        | Counter({f"left_out_{what}": number for what, number in roster.left_out.items()})
        | Counter(unchanged=compared.unchanged)
    )
    row.findings = roster_policy.findings(compared.figures, source.max_leaving_percent)
    row.remarks = list(roster.remarks)
    db.add(row)
    db.flush()
    audit.record(
        db, actor, "roster.planned", now=now, subject_type="roster_plan", subject_id=row.id,
        after={"source": source.name, "file_sha256": row.file_sha256, "counts": row.counts},
    )  # fmt: skip
    return row


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def source_named(db: Session, actor: Actor, name: str, *, now: datetime) -> RosterSource:
    """The source of that name, locked; made where it is new. Raises `InvalidInput`."""
    plain = " ".join(name.split())
    if not 0 < len(plain) <= SOURCE_LENGTH or not _SOURCE.fullmatch(plain):
        message = f"1 to {SOURCE_LENGTH} letters, digits, blanks and . , & ' ( ) / + -"
        raise InvalidInput("that is no name for a source", {"source": [message]})
    wanted = select(RosterSource).where(sa.func.lower(col(RosterSource.name)) == plain.lower())
    found = db.exec(wanted.with_for_update()).first()
    if found is None:
        found = RosterSource(name=plain, created_at=now)
        db.add(found)
        db.flush()
        audit.record(
            db, actor, "roster_source.created", now=now, subject_type="roster_source",
            subject_id=found.id, after={"name": plain},
        )  # fmt: skip
    return found


def _set_aside(db: Session, source: RosterSource, *, now: datetime) -> None:
    db.execute(
        sa.update(RosterPlan)
        .where(col(RosterPlan.source_id) == source.id, col(RosterPlan.state) == PlanState.PLANNED)
        .values(state=PlanState.REFUSED, decided_at=now, reason="a newer file came")
    )


def _shown(name: str) -> str:
    """The file's own name, without folders and without what cannot be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:FILE_NAME_LENGTH] or "roster"


def _row(plan_id: int, change: Change) -> dict[str, Any]:
    known = change.known
    return {
        "plan_id": plan_id, "kind": change.kind, "sourced_id": change.sourced_id,
        "person_id": known.id if known else None,
        "person_version": known.version if known else 0,
        "before": known.snapshot if known else None, "after": change.after,
        "account_ended": False,
    }  # fmt: skip


def _write_problems(db: Session, plan_id: int, roster: Roster) -> None:
    rows = [
        {
            "plan_id": plan_id, "kind": each.kind, "file": each.file, "line": each.line,
            "column": each.column, "reason": each.reason, "sourced_id": each.sourced_id,
        }
        for each in roster.problems
    ]  # fmt: skip
    for batch in batches(rows, BATCH):
        insert_many(db, RosterProblem, batch)
