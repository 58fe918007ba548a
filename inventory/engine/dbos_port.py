"""The only door to DBOS, the durable queue on the application's own database.

Traps kept shut here, each with a test: the application version is pinned (else an upgrade
strands what waits), rows are JSON and stored pickles are never read (else whoever can write the
database runs code in the worker), its console handler is never installed.
"""

import functools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dbos._serialization as serialization
import sqlalchemy as sa
from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
    error as dbos_error,
)
from sqlmodel import Session

from inventory.db import BUSY_SECONDS, Database
from inventory.engine.contract import Payload, WorkerRunning
from inventory.engine.ledger import SCHEMA

APPLICATION = "homeroom"
VERSION = "1"
_WORKFLOW = "job"
_BATCH = 500

Run = Callable[[str, str, Payload], None]


def _refuse_pickle(_self: object, _text: str) -> Any:
    raise TypeError("a stored pickle is never read")


# The serializer is chosen per row by a column, whatever is configured: without this a row
# marked `py_pickle` would be unpickled.
serialization.DefaultSerializer.deserialize = _refuse_pickle  # type: ignore[method-assign,assignment]

# A logger with a handler is left alone by DBOS, which else writes to the console by itself.
_log = logging.getLogger("dbos")
_log.addHandler(logging.NullHandler())
_log.propagate = True


class _OnlyTrouble(logging.Filter):
    """Jobs' own failures are told by the runner; DBOS would repeat them with a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Exception encountered in background workflow")


_log.addFilter(_OnlyTrouble())
_log.setLevel(logging.WARNING)


class StillWaiting(Exception):
    """A job with this `unique` mark waits or runs already."""


def migrate(url: str) -> None:
    """Make or upgrade the engine's tables."""
    DBOS.migrate(url, schema=SCHEMA)


def enqueue(
    db: Session, job_id: str, kind: str, payload: Payload, *, unique: str | None = None
) -> None:
    """Put a job into the caller's transaction; a job that exists already stays as it is.

    Raises `StillWaiting` when another job of the kind with the mark `unique` has not ended;
    the transaction must then be rolled back.
    """
    options = EnqueueOptions(
        workflow_name=_WORKFLOW, queue_name=kind, workflow_id=job_id, app_version=VERSION
    )
    if unique is not None:
        options["deduplication_id"] = unique
    try:
        client = _enqueuer(db.get_bind().engine)
        client.enqueue_in_transaction(db, options, kind, dict(payload))
    except dbos_error.DBOSQueueDeduplicatedError as waiting:
        raise StillWaiting(unique) from waiting


@functools.lru_cache(maxsize=4)
def _enqueuer(engine: sa.Engine) -> DBOSClient:
    # It writes through the caller's session only; the engine tells it the dialect, and being the
    # session's own lets it compile its statements once.
    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
    )


_launched = threading.Lock()


class Port:
    """DBOS on one database: managing jobs, and running them once launched."""

    def __init__(self, database: Database) -> None:
        self._own_engine = database.is_sqlite
        self.engine = _sqlite_engine(database.url) if database.is_sqlite else database.engine
        self.client = DBOSClient(
            system_database_engine=self.engine,
            dbos_system_schema=SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def cancel(self, job_id: str) -> None:
        self.client.cancel_workflow(job_id)

    def resume(self, job_ids: Sequence[str]) -> None:
        """Queue claimed jobs again, each in the queue of its kind."""
        for kind in sorted({job_id.partition(":")[0] for job_id in job_ids}):
            mine = [job_id for job_id in job_ids if job_id.partition(":")[0] == kind]
            for start in range(0, len(mine), _BATCH):
                self.client.resume_workflows(mine[start : start + _BATCH], queue_name=kind)

    def note(self, job_id: str, starts: int) -> None:
        """Write beside the job how often it was started after a worker died with it."""
        self.client.update_workflow_attributes(job_id, {"starts": starts})

    def delete(self, job_ids: Sequence[str]) -> None:
        self.client.delete_workflows(list(job_ids))

    def launch(self, executor_id: str, queues: Mapping[str, tuple[int, float]], run: Run) -> None:
        """Begin to run jobs of these kinds: how many at once, and seconds between two looks.

        Raises `WorkerRunning` when this process already runs an engine.
        """
        if not _launched.acquire(blocking=False):
            raise WorkerRunning("this process already runs an engine")
        try:
            self._launch(executor_id, queues, run)
        except BaseException:
            self.shutdown()
            raise

    def _launch(self, executor_id: str, queues: Mapping[str, tuple[int, float]], run: Run) -> None:
        config = DBOSConfig(
            name=APPLICATION,
            system_database_engine=self.engine,
            dbos_system_schema=SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            application_version=VERSION,
            executor_id=executor_id,
            log_level="WARNING",
            use_listen_notify=False,
            notification_listener_polling_interval_sec=0.25,
            scheduler_polling_interval_sec=3600.0,
        )
        DBOS(config=config)

        def job(kind: str, payload: dict[str, int | str]) -> None:
            run(str(DBOS.workflow_id), kind, payload)

        # DBOS counts claims, and so would give up whatever ran beside a job that kills workers.
        DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=None)(job)
        # Kinds of a newer program stay queued for a worker that knows them.
        DBOS.listen_queues(list(queues))
        for kind, (many, poll) in queues.items():
            self.client.register_queue(kind, worker_concurrency=many, polling_interval_sec=poll)
        DBOS.launch()

    def shutdown(self) -> None:
        """Stop claiming and close; jobs still running can no longer record their end."""
        try:
            DBOS.destroy(destroy_registry=True)
        finally:
            _launched.release()

    def close(self) -> None:
        self.client.destroy()
        if self._own_engine:
            self.engine.dispose()


def _sqlite_engine(url: str) -> sa.Engine:
    # Not our own engine: DBOS reads before it writes, and in a deferred transaction that fails
    # at once when another wrote in between. The driver takes the write lock with the first write.
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_size=5)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    return engine
