"""Names, heartbeats and taking over; who may work where."""

import json
import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from inventory import db as database_module, installation
from inventory.db import Database
from inventory.engine import Engine, JobContext, Timing, WorkerRunning, enqueue
from inventory.engine.claim import SessionClaim, claim, host_name
from inventory.engine.ledger import Ledger
from inventory.engine.models import WorkerHeartbeat
from inventory.engine.workers import Roll, clock
from inventory.errors import InvalidInput, NotFound
from inventory.worker import JsonLines
from tests.inventory.engine.conftest import Launch, ended, engine_on, until
from tests.inventory.engine.test_jobs import rows, table
from tests.inventory.worker_harness import FAST, Worker, WorkerDied, effects_of, settings_for


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


def beat_long_ago(database: Database, executor_id: str) -> None:
    with database.unit() as db:
        before = clock(db) - timedelta(hours=1)
        db.add(WorkerHeartbeat(executor_id=executor_id, started_at=before, beat_at=before))


class Recorder:
    """The sweeper's hands, counting what they are asked to do."""

    def __init__(self, engine: Engine) -> None:
        self.port = engine._port
        self.resumed: list[str] = []

    def resume(self, job_ids: object) -> None:
        self.resumed += list(job_ids)  # type: ignore[call-overload]
        time.sleep(0.2)
        self.port.resume(self.resumed)

    def note(self, job_id: str, starts: int) -> None:
        self.port.note(job_id, starts)


def test_orphans_of_a_silent_and_of_an_unknown_worker_are_done(
    database: Database, launch: Launch
) -> None:
    beat_long_ago(database, "silent")
    ids = claimed_by(database, "silent", 3) + claimed_by(database, "unheard-of", 3)
    done: list[object] = []
    engine = launch({"mark": lambda job: done.append(job.payload["number"])})
    assert [ended(engine, job_id).state for job_id in ids] == ["done"] * 6
    assert sorted(map(str, done)) == ["0", "0", "1", "1", "2", "2"]
    assert {engine.job(job_id).deaths for job_id in ids} == {2}


def test_a_living_worker_keeps_its_jobs(backend: str, database: Database, launch: Launch) -> None:
    if backend == "sqlite":
        pytest.skip("on SQLite no second worker lives")
    ids = claimed_by(database, "living", 2)
    living = Roll(database, Ledger(database), FAST)
    living.beat("living", "worker")
    engine = launch({"mark": lambda job: None})
    with database.unit(write=False) as db:
        assert abs(clock(db) - database_module.now()) < timedelta(seconds=30)
    for _ in range(8):
        living.beat("living", "worker")
        time.sleep(0.1)
    assert [engine.job(job_id).state for job_id in ids] == ["running"] * 2
    # Signed off, it need not be waited for.
    living.leave("living")
    assert [ended(engine, job_id).state for job_id in ids] == ["done"] * 2


def test_two_sweepers_resume_each_job_once(backend: str, database: Database) -> None:
    if backend == "sqlite":
        pytest.skip("on SQLite there is one worker and so one sweeper")
    beat_long_ago(database, "silent")
    ids = claimed_by(database, "silent", 20)
    engine = engine_on(database, {"mark": lambda job: None})
    recorders = [Recorder(engine), Recorder(engine)]
    both = threading.Barrier(2)

    def sweep(number: int) -> None:
        roll = Roll(database, Ledger(database), FAST)
        both.wait()
        roll.sweep(f"sweeper{number}", set, recorders[number])
        roll.sweep(f"sweeper{number}", set, recorders[number])

    threads = [threading.Thread(target=sweep, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recorders[0].resumed + recorders[1].resumed) == sorted(ids)
    engine.close()


def test_a_worker_that_comes_back_waits_for_the_sweeper_at_its_jobs(
    backend: str, database: Database
) -> None:
    if backend == "sqlite":
        pytest.skip("on SQLite there is one worker and so one sweeper")
    beat_long_ago(database, "back")
    claimed_by(database, "back", 2)
    engine = engine_on(database, {"mark": lambda job: None})
    order: list[str] = []
    at_work = threading.Event()

    class Slow(Recorder):
        def resume(self, job_ids: object) -> None:
            at_work.set()
            super().resume(job_ids)
            order.append("swept")

    roll = Roll(database, engine.ledger, FAST)
    sweeper = threading.Thread(target=lambda: roll.sweep("sweeper", set, Slow(engine)))
    sweeper.start()
    assert at_work.wait(10)
    roll.beat("back", "worker")
    order.append("back")
    sweeper.join()
    assert order == ["swept", "back"]
    engine.close()


def test_a_job_cancelled_while_it_is_taken_over_stays_cancelled(
    backend: str, database: Database
) -> None:
    if backend == "sqlite":
        pytest.skip("on SQLite nothing holds the sweeper's place between its two steps")
    beat_long_ago(database, "silent")
    (job_id,) = claimed_by(database, "silent", 1)
    engine = engine_on(database, {"mark": lambda job: None})
    listed = threading.Event()

    class Slow(Recorder):
        def note(self, job_id: str, starts: int) -> None:
            listed.set()
            time.sleep(0.3)
            super().note(job_id, starts)

    roll = Roll(database, engine.ledger, FAST)
    sweeper = threading.Thread(target=lambda: roll.sweep("sweeper", set, Slow(engine)))
    sweeper.start()
    assert listed.wait(10)
    engine.cancel(job_id)
    sweeper.join()
    assert engine.job(job_id).state == "cancelled"
    engine.close()


def test_a_claim_that_was_never_started_is_found(database: Database, launch: Launch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    runs: list[object] = []

    def mark(job: JobContext) -> None:
        runs.append(job.payload["number"])
        if job.payload["number"] == 99:
            begun.set()
            assert go_on.wait(10)

    engine = launch({"mark": mark})
    with database.unit() as db:
        long = enqueue(db, "mark", {"number": 99}, key="long")
    assert begun.wait(10)
    # As when the database went away between the claim and the start.
    orphans = claimed_by(database, "tester", 2)
    assert [ended(engine, job_id).state for job_id in orphans] == ["done"] * 2
    assert (engine.job(long).state, engine.job(long).deaths) == ("running", 0)
    go_on.set()
    assert ended(engine, long).state == "done"
    assert sorted(map(str, runs)) == ["0", "1", "99"]


def test_health_tells_numbers_and_workers(database: Database, launch: Launch) -> None:
    engine = engine_on(database, {"mark": lambda job: None})
    with database.unit() as db:
        for n in range(3):
            enqueue(db, "mark", {"number": n}, key=str(n))
        enqueue(db, "other", {}, key="x")
    health = engine.health()
    assert health["oldest_queued_seconds"] <= 5
    del health["oldest_queued_seconds"]
    assert health == {"queued": 4, "running": 0, "failed_24h": 0, "workers": []}
    working = launch({"mark": lambda job: None}, role="server")
    until(lambda: len(engine.jobs(state="done")) == 3)
    health = engine.health()
    assert (health["queued"], health["running"]) == (1, 0)
    (worker,) = health["workers"]
    assert (worker["executor_id"], worker["role"], worker["state"]) == ("tester", "server", "alive")
    first = worker["beat_at"]
    until(lambda: engine.health()["workers"][0]["beat_at"] > first)
    json.dumps(engine.health())
    working.stop()
    assert engine.health()["workers"][0]["state"] == "stopped"
    engine.close()


def test_jobs_page_by_cursor_and_filter(database: Database) -> None:
    engine = engine_on(database, {"mark": lambda job: None})
    for n in range(5):
        with database.unit() as db:
            enqueue(db, "mark", {"number": n}, key=f"a{n}")
            enqueue(db, "mark_more", {"number": n}, key=f"b{n}")
    walked, before = [], None
    while page := engine.jobs(kind="mark", limit=2, before=before):
        assert len(page) <= 2
        walked += [job.payload["number"] for job in page]
        before = page[-1].cursor
    assert walked == [4, 3, 2, 1, 0]
    assert len(engine.jobs()) == 10
    assert engine.jobs(state="failed") == []
    for wrong in ({"state": "odd"}, {"before": "x"}, {"before": "1e3.a"}, {"before": "9" * 30}):
        with pytest.raises(InvalidInput):
            engine.jobs(**wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        engine.job("mark:none")
    engine.close()


def test_old_jobs_and_workers_are_forgotten(database: Database, launch: Launch) -> None:
    engine = launch({"mark": lambda job: None})
    with database.unit() as db:
        old, new = (enqueue(db, "mark", {"number": 1}, key=key) for key in ("old", "new"))
    ended(engine, old), ended(engine, new)
    long_ago = int((datetime.now(UTC) - timedelta(days=31)).timestamp() * 1000)
    with database.unit() as db:
        db.execute(
            sa.text(
                f"UPDATE {table(database, 'workflow_status')} SET completed_at = {long_ago} "
                "WHERE workflow_uuid = 'mark:old'"
            )
        )
        moment = clock(db) - timedelta(days=31)
        db.add(WorkerHeartbeat(executor_id="gone", started_at=moment, beat_at=moment))
    assert engine.prune() == 1
    assert [job.id for job in engine.jobs()] == [new]
    assert rows(database, f"SELECT count(*) FROM {table(database, 'workflow_input')}") == [(1,)]
    assert [w["executor_id"] for w in engine.health()["workers"]] == ["tester"]


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


def test_sqlite_serves_one_worker(backend: str, database: Database, tmp_path: Path) -> None:
    if backend == "postgresql":
        pytest.skip("PostgreSQL serves many")
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


def test_the_engines_tables_are_none_of_ours_and_stay_out_of_migrations(
    backend: str, database: Database
) -> None:
    schema = None if backend == "sqlite" else "dbos"
    present = set(sa.inspect(database.engine).get_table_names(schema=schema))
    assert {"workflow_status", "workflow_input", "workflow_output"} <= present
    theirs = present - set(SQLModel.metadata.tables) if backend == "sqlite" else present
    assert not theirs & set(SQLModel.metadata.tables)
    with database.engine.connect() as connection:
        if backend == "sqlite":
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    # Migrating once more leaves them and what they hold alone.
    with database.unit() as db:
        enqueue(db, "mark", {"number": 1}, key="kept")
    installation.migrate(database.url)
    assert [job.id for job in engine_on(database, {}).jobs()] == ["mark:kept"]


def test_log_lines_are_json_without_a_foreign_error_s_words() -> None:
    def line_of(error: Exception) -> dict[str, object]:
        try:
            raise error
        except Exception as raised:
            record = logging.LogRecord(
                "inventory.x", logging.ERROR, __file__, 1, "odd\n%s", ("one",),
                (type(raised), raised, raised.__traceback__),
            )  # fmt: skip
            record.run = 7
            text = JsonLines().format(record)
            assert "\n" not in text
            line: dict[str, object] = json.loads(text)
            return line

    line = line_of(KeyError("S3cret"))
    assert (line["message"], line["level"], line["run"]) == ("odd\none", "ERROR", 7)
    assert line["error"] == "KeyError"
    assert "S3cret" not in str(line)
    assert f"{__name__}:" in str(line["frames"])
    assert line_of(NotFound("no such job"))["error_text"] == "no such job"
