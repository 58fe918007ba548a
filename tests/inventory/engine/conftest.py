"""A launched engine for a test, with short intervals, stopped whatever happens."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from inventory.db import Database
from inventory.engine import Engine, Handler, Job
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
