"""Who may work where: one worker on SQLite, one name each on PostgreSQL."""

from dataclasses import replace
from pathlib import Path

import pytest

from inventory.db import Database
from inventory.engine import Engine, Timing, WorkerRunning
from inventory.engine.claim import SessionClaim, claim, host_name
from tests.inventory.engine.conftest import claimed_by, ended
from tests.inventory.worker_harness import FAST, Worker, WorkerDied, effects_of, settings_for


def test_names_on_postgresql_are_held_while_the_worker_lives(
    backend: str, database: Database
) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite locks the file, not the name")
    first = claim(database, "", "worker")
    second = claim(database, "", "worker")
    assert [first.executor_id, second.executor_id] == [
        host_name("worker"), f"{host_name('worker')}-2",
    ]  # fmt: skip
    with pytest.raises(WorkerRunning, match="each its own executor_id"):
        claim(database, first.executor_id, "worker")
    # The name survives that its connection is cut.
    assert isinstance(first, SessionClaim)
    with database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    first.keep()
    with pytest.raises(WorkerRunning):
        claim(database, first.executor_id, "worker")
    first.release()
    third = claim(database, "", "worker")
    assert third.executor_id == host_name("worker")
    third.release()
    second.release()


def test_sqlite_serves_one_worker(on_sqlite: None, database: Database, tmp_path: Path) -> None:
    effects = tmp_path / "effects"
    handlers = {"mark": lambda job: None}
    server = Engine(settings_for(database.url, ""), database, handlers, timing=FAST, role="server")
    with server.running():
        # `homeroom worker` beside a server that works, under any name.
        with pytest.raises(WorkerDied, match="already runs on this SQLite database"):
            Worker(database.url, effects, "alpha")
        with pytest.raises(WorkerDied, match=f"{host_name('server')}, process"):
            Worker(database.url, effects, "beta")
    # And the other way round.
    worker = Worker(database.url, effects, "alpha")
    with pytest.raises(WorkerRunning, match="alpha, process"):
        server.launch()
    worker.kill()
    # A killed one holds nothing, and its jobs are taken over at once whatever its name was.
    ids = claimed_by(database, "alpha", 2)
    with server.running():
        assert [ended(server, job_id).state for job_id in ids] == ["done"] * 2
    assert effects_of(effects, "done") == []


def test_intervals_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="three beats"):
        Timing(beat=10, silent=20)
    with pytest.raises(ValueError, match="at least 8"):
        replace(FAST, keep_days=7)
