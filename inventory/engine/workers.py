"""Heartbeats of workers, and taking over the jobs of those that fell silent.

The engine itself recovers only at launch and only jobs of the same executor id. A worker that
never comes back would strand its jobs; every living worker therefore looks for such jobs.
"""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory import db as database_module
from inventory.db import Database
from inventory.engine.contract import Timing
from inventory.engine.ledger import Ledger
from inventory.engine.models import WorkerHeartbeat

log = logging.getLogger(__name__)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Hands(Protocol):
    """What the sweeper does with jobs; `dbos_port.Port` does it."""

    def resume(self, job_ids: Sequence[str]) -> None: ...

    def note(self, job_id: str, starts: int) -> None: ...


class Roll:
    """The roll of workers, as this one sees and keeps it."""

    def __init__(self, database: Database, ledger: Ledger, timing: Timing) -> None:
        self.database = database
        self.ledger = ledger
        self.timing = timing
        self._suspects: set[str] = set()

    def beat(self, executor_id: str, role: str) -> None:
        """Write that this worker lives; waits while a sweeper is taking its old jobs over."""
        with self.database.unit() as db:
            now = clock(db)
            row = self._row(db, executor_id)
            if row.pid != os.getpid() or row.stopped_at is not None:
                row.started_at = now
            row.role, row.host, row.pid = role, socket.gethostname()[:255], os.getpid()
            row.beat_at, row.stopped_at = now, None

    def leave(self, executor_id: str) -> None:
        """Write that this worker stopped in good order."""
        with self.database.unit() as db:
            self._row(db, executor_id).stopped_at = clock(db)

    def sweep(self, executor_id: str, active: Callable[[], set[str]], hands: Hands) -> int:
        """Resume jobs nobody runs; the number resumed. `active`: jobs running in this process."""
        taken = self._own_orphans(executor_id, active, hands)
        for other in sorted(self.ledger.executors() - {executor_id}):
            taken += self._take_over(other, hands)
        return taken

    def _own_orphans(self, executor_id: str, active: Callable[[], set[str]], hands: Hands) -> int:
        # A claim whose start failed (a database hiccup in between) stays claimed for ever.
        # Seen idle in two sweeps running: between its end and its recording a job is idle too.
        idle = set(self.ledger.running_of(executor_id)) - active()
        orphans, self._suspects = sorted(idle & self._suspects), idle
        if orphans:
            log.warning("resuming %d jobs that were claimed and never started", len(orphans))
            hands.resume(orphans)
        return len(orphans)

    def _take_over(self, executor_id: str, hands: Hands) -> int:
        if self.database.is_sqlite:
            # Only one worker can hold the file, and that is this one: the others are dead.
            return self._resume_all(executor_id, hands)
        with self.database.unit() as db:
            self._row(db, executor_id)
            db.flush()
            silent_since = clock(db) - timedelta(seconds=self.timing.silent)
            # The row's lock makes sweepers take turns, and makes a worker that comes back under
            # this name wait: jobs are listed and resumed by one, once.
            dead = db.exec(
                select(WorkerHeartbeat)
                .where(
                    WorkerHeartbeat.executor_id == executor_id,
                    sa.or_(
                        col(WorkerHeartbeat.beat_at) < silent_since,
                        col(WorkerHeartbeat.stopped_at).is_not(None),
                    ),
                )
                .with_for_update(skip_locked=True)
            ).one_or_none()
            return self._resume_all(executor_id, hands) if dead else 0

    def _resume_all(self, executor_id: str, hands: Hands) -> int:
        jobs = self.ledger.running_of(executor_id)
        if jobs:
            log.warning("worker %s is silent; resuming its %d jobs", executor_id, len(jobs))
            for job_id in jobs:  # resuming clears the engine's own count
                hands.note(job_id, self.ledger.starts(job_id)[1] + 1)
            hands.resume(jobs)
        return len(jobs)

    def _row(self, db: Session, executor_id: str) -> WorkerHeartbeat:
        query = select(WorkerHeartbeat).where(WorkerHeartbeat.executor_id == executor_id)
        row = db.exec(query).one_or_none()
        if row is None:
            row = WorkerHeartbeat(executor_id=executor_id, started_at=_NEVER, beat_at=_NEVER)
            db.add(row)
        return row

    def forget(self) -> None:
        """Drop workers that stopped or fell silent long ago."""
        with self.database.unit() as db:
            old = clock(db) - timedelta(days=self.timing.keep_days)
            db.execute(sa.delete(WorkerHeartbeat).where(col(WorkerHeartbeat.beat_at) < old))

    def workers(self, db: Session) -> list[dict[str, Any]]:
        """Each worker with `state` alive, silent or stopped, newest beat first."""
        now = clock(db)
        rows = db.exec(select(WorkerHeartbeat).order_by(col(WorkerHeartbeat.beat_at).desc()))
        return [self._shown(row, now) for row in rows if row.beat_at > _NEVER]

    def _shown(self, row: WorkerHeartbeat, now: datetime) -> dict[str, Any]:
        silent = (now - row.beat_at).total_seconds()
        living = "alive" if silent <= self.timing.silent else "silent"
        return {
            "executor_id": row.executor_id,
            "role": row.role,
            "host": row.host,
            "pid": row.pid,
            "started_at": row.started_at.isoformat(),
            "beat_at": row.beat_at.isoformat(),
            "silent_seconds": round(max(0.0, silent), 1),
            "state": "stopped" if row.stopped_at else living,
        }


def clock(db: Session) -> datetime:
    """The database's clock: workers on several machines need not agree on the time."""
    if db.get_bind().dialect.name == "sqlite":
        return database_module.now()
    moment: datetime = db.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)
