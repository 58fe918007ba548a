"""Reading the engine's own tables: what waits, what runs, what failed. It never writes them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inventory.db import Database, translate
from inventory.engine.contract import Job
from inventory.errors import InvalidInput, NotFound

SCHEMA = "dbos"
"""Where the engine's tables are on PostgreSQL; SQLite keeps them beside ours."""

STATES = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}
_FINISHED = ("SUCCESS", "ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED")
_FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_NAMES = ("workflow_status", "workflow_input", "workflow_output")


def _tables(schema: str | None) -> tuple[sa.TableClause, sa.TableClause, sa.TableClause]:
    columns = {
        "workflow_status": "workflow_uuid status name executor_id created_at started_at_epoch_ms "
        "completed_at recovery_attempts attributes",
        "workflow_input": "workflow_uuid inputs",
        "workflow_output": "workflow_uuid error",
    }
    status, inputs, outputs = (
        sa.table(name, *(sa.column(c) for c in columns[name].split()), schema=schema)
        for name in _NAMES
    )
    return status, inputs, outputs


class Ledger:
    """Questions about jobs, each one short read transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._status, self._inputs, self._outputs = _tables(None if database.is_sqlite else SCHEMA)

    def lost(self, job_id: str, executor_id: str) -> bool:
        """Whether the job no longer runs here: cancelled, finished, gone or with another."""
        s = self._status.c
        query = sa.select(s.status, s.executor_id).where(s.workflow_uuid == job_id)
        row = next(iter(self._rows(query)), None)
        return row is None or (row.status, row.executor_id) != ("PENDING", executor_id)

    def starts(self, job_id: str) -> tuple[bool, int]:
        """Whether a worker died with this job, and how often it was started since."""
        s = self._status.c
        query = sa.select(s.recovery_attempts, s.attributes).where(s.workflow_uuid == job_id)
        row = next(iter(self._rows(query)), None)
        noted = _starts(row.attributes) if row else 0
        return (row is not None and (row.recovery_attempts or 0) > 1) or noted > 0, noted

    def running_of(self, executor_id: str) -> list[str]:
        """Ids of the jobs that this worker has claimed."""
        s = self._status.c
        query = sa.select(s.workflow_uuid).where(
            s.status == "PENDING", s.executor_id == executor_id, s.name == "job"
        )
        return [row.workflow_uuid for row in self._rows(query)]

    def executors(self) -> set[str]:
        """Every worker that has a claimed job, alive or not."""
        s = self._status.c
        query = sa.select(s.executor_id).where(s.status == "PENDING", s.name == "job").distinct()
        return {row.executor_id for row in self._rows(query) if row.executor_id}

    def finished_before(self, moment: datetime, limit: int) -> list[str]:
        """Ids of jobs that ended before `moment`."""
        s = self._status.c
        query = (
            sa.select(s.workflow_uuid)
            .where(s.status.in_(_FINISHED), s.completed_at < _ms(moment), s.name == "job")
            .limit(limit)
        )
        return [row.workflow_uuid for row in self._rows(query)]

    def counts(self, now: datetime) -> dict[str, int]:
        """`queued`, `running`, `failed_24h` and `oldest_queued_seconds`."""
        s = self._status.c
        live = (
            sa.select(s.status, sa.func.count().label("many"), sa.func.min(s.created_at).label("m"))
            .where(s.status.in_(["ENQUEUED", "DELAYED", "PENDING"]), s.name == "job")
            .group_by(s.status)
        )
        failed = sa.select(sa.func.count().label("many")).where(
            s.status.in_(_FAILED), s.completed_at >= _ms(now - timedelta(days=1)), s.name == "job"
        )
        rows = {row.status: row for row in self._rows(live)}
        waiting = [rows[name] for name in ("ENQUEUED", "DELAYED") if name in rows]
        oldest = min((row.m for row in waiting), default=_ms(now))
        return {
            "queued": sum(row.many for row in waiting),
            "running": rows["PENDING"].many if "PENDING" in rows else 0,
            "failed_24h": self._rows(failed)[0].many,
            "oldest_queued_seconds": max(0, (_ms(now) - oldest) // 1000),
        }

    def job(self, job_id: str) -> Job:
        """One job. Raises `NotFound`."""
        found = self._jobs(self._select().where(self._status.c.workflow_uuid == job_id))
        if not found:
            raise NotFound("there is no such job")
        return found[0]

    def page(
        self, *, kind: str | None, state: str | None, before: str | None, limit: int
    ) -> list[Job]:
        """Newest first, those before the job with cursor `before`. Raises `InvalidInput`."""
        s = self._status.c
        query = self._select().where(s.name == "job")
        if kind is not None:
            query = query.where(s.workflow_uuid.startswith(f"{kind}:", autoescape=True))
        if state is not None:
            names = [name for name, shown in STATES.items() if shown == state]
            if not names:
                raise InvalidInput(f"there is no job state {state!r}")
            query = query.where(s.status.in_(names))
        if before is not None:
            created, _, job_id = before.partition(".")
            if not (created.isascii() and created.isdigit() and len(created) < 16):
                raise InvalidInput("not a cursor of this list")
            query = query.where(
                sa.or_(
                    s.created_at < int(created),
                    sa.and_(s.created_at == int(created), s.workflow_uuid < job_id),
                )
            )
        query = query.order_by(s.created_at.desc(), s.workflow_uuid.desc())
        return self._jobs(query.limit(max(1, min(limit, 500))))

    def _select(self) -> sa.Select[Any]:
        s, i, o = self._status, self._inputs, self._outputs
        joined = s.outerjoin(i, i.c.workflow_uuid == s.c.workflow_uuid).outerjoin(
            o, o.c.workflow_uuid == s.c.workflow_uuid
        )
        return sa.select(*s.c, i.c.inputs, o.c.error).select_from(joined)

    def _jobs(self, query: sa.Select[Any]) -> list[Job]:
        return [_job(row) for row in self._rows(query)]

    def _rows(self, query: sa.Select[Any]) -> Sequence[Any]:
        try:
            with self.database.engine.connect() as connection:
                return connection.execute(query).all()
        except sa.exc.DBAPIError as refused:
            raise translate(refused) from refused


def _job(row: Any) -> Job:
    state = STATES.get(row.status, "failed")
    return Job(
        id=row.workflow_uuid,
        kind=row.workflow_uuid.partition(":")[0],
        payload=_payload(row.inputs),
        state=state,
        error=_error(row.error),
        worker=row.executor_id or "",
        deaths=max(_starts(row.attributes), (row.recovery_attempts or 0) - 1, 0),
        created_at=_moment(row.created_at),
        started_at=_moment(row.started_at_epoch_ms) if row.started_at_epoch_ms else None,
        finished_at=_moment(row.completed_at) if row.completed_at else None,
        cursor=f"{row.created_at}.{row.workflow_uuid}",
    )


def _payload(inputs: str | None) -> dict[str, int | str]:
    try:
        payload = json.loads(inputs or "{}")["positionalArgs"][1]
    except (ValueError, KeyError, IndexError, TypeError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _starts(attributes: Any) -> int:
    # PostgreSQL gives the object, SQLite its text.
    try:
        found = json.loads(attributes) if isinstance(attributes, str) else attributes
        return int(found["starts"])
    except (ValueError, KeyError, TypeError):
        return 0


def _error(stored: str | None) -> str:
    try:
        return str(json.loads(stored or "{}").get("message", ""))
    except (ValueError, AttributeError):
        return "unreadable"


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
