"""Names, heartbeats and taking over; who may work where."""

import threading
import time
from datetime import timedelta

import pytest

from inventory import db as database_module
from inventory.db import Database
from inventory.engine import Engine, JobContext, enqueue
from inventory.engine.ledger import Ledger
from inventory.engine.models import WorkerHeartbeat
from inventory.engine.workers import Roll, clock
from tests.inventory.engine.conftest import Launch, claimed_by, ended, engine_on
from tests.inventory.worker_harness import FAST


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
