"""A launched engine for a test, with short intervals, stopped whatever happens."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping

import pytest
import sqlalchemy as sa

from inventory.db import Database
from inventory.engine import Engine, Handler, Job, enqueue
from tests.inventory.worker_harness import FAST, reap, settings_for

Launch = Callable[..., Engine]


def engine_on(
    database: Database, handlers: Mapping[str, Handler], *rest: object, **options: object
) -> Engine:
    options.setdefault("timing", FAST)
    settings = settings_for(database.url, str(options.pop("name", "tester")))
    return Engine(settings, database, handlers, *rest, **options)  # type: ignore[arg-type]


@pytest.fixture
def launch(database: Database) -> Iterator[Launch]:
    """`launch(handlers, schedules, policies=..., timing=...)`: a running engine."""
    with contextlib.ExitStack() as stack:

        def start(handlers: Mapping[str, Handler], *rest: object, **options: object) -> Engine:
            engine = engine_on(database, handlers, *rest, **options)
            engine.launch()
            stack.callback(engine.stop)
            return engine

        yield start


@pytest.fixture
def on_sqlite(backend: str) -> None:
    """Ask for it before `database`, so that none is made in vain."""
    if backend == "postgresql":
        pytest.skip("PostgreSQL serves many workers")


@pytest.fixture(autouse=True)
def no_worker_stays() -> Iterator[None]:
    yield
    reap()


def ended(engine: Engine, job_id: str, seconds: float = 15.0) -> Job:
    """The job once it is done, failed or cancelled."""
    until(lambda: engine.job(job_id).state not in {"queued", "running"}, seconds)
    return engine.job(job_id)


def until(reached: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.01)


def add(database: Database, kind: str, payload: dict[str, int | str], key: str) -> str:
    with database.unit() as db:
        return enqueue(db, kind, payload, key=key)


def table(database: Database, name: str) -> str:
    return name if database.is_sqlite else f"dbos.{name}"


def rows(database: Database, statement: str) -> list[sa.Row[tuple[object, ...]]]:
    with database.engine.connect() as connection:
        return list(connection.exec_driver_sql(statement).all())


def claimed_by(database: Database, executor_id: str, many: int) -> list[str]:
    """Jobs as a dead worker leaves them: claimed, and nobody at work on them."""
    with database.unit() as db:
        ids = [enqueue(db, "mark", {"number": n}, key=f"{executor_id}-{n}") for n in range(many)]
        db.execute(
            sa.text(
                f"UPDATE {table(database, 'workflow_status')} SET status = 'PENDING', "
                "executor_id = :executor, owner_xid = 'gone', started_at_epoch_ms = 1, "
                "recovery_attempts = 1 WHERE status = 'ENQUEUED'"
            ),
            {"executor": executor_id},
        )
    return ids
