"""kill -9 in the middle of the work loses no job; and the watch would notice if it did."""

import itertools
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from inventory.db import Database
from inventory.engine import Engine
from tests.inventory.engine.conftest import (
    engine_on,
)
from tests.inventory.worker_harness import (
    FAST,
    Worker,
    WorkerDied,
    append,
    effects_of,
    handlers,
    under_way,
)

JOBS = 200
NO_RECOVERY = replace(FAST, silent=9999)


@pytest.fixture
def effects(tmp_path: Path) -> Path:
    return tmp_path / "effects"


@pytest.fixture
def engine(database: Database, effects: Path) -> Engine:
    """Not launched: it enqueues and looks, as a web process does."""
    return engine_on(database, handlers(effects, 0.0))


def put(database: Database, engine: Engine, kind: str, many: int) -> None:
    with database.unit() as db:
        for number in range(many):
            engine.enqueue(db, kind, {"number": number}, key=str(number))


def kill_in_the_middle(worker: Worker, effects: Path, goal: int) -> None:
    """kill -9 once `goal` jobs are done and, as seen just before, at least one is under way."""
    worker.until(lambda: len(effects_of(effects, "done")) >= goal and under_way(effects) != set())
    worker.kill()


def drained(engine: Engine) -> bool:
    health = engine.health()
    return health["queued"] + health["running"] == 0


def lost(engine: Engine, effects: Path, many: int = JOBS) -> set[int]:
    """Numbers of jobs that are not done, by their effects or by the engine's word."""
    told = {
        int(job.payload["number"])
        for state in ("queued", "running", "failed", "cancelled")
        for job in engine.jobs(state=state, limit=500)
    }
    return (set(range(many)) - set(effects_of(effects, "done"))) | told


def test_nothing_is_lost_when_the_worker_is_killed(
    database: Database, engine: Engine, effects: Path
) -> None:
    put(database, engine, "mark", JOBS)
    chance = random.Random(20260901)
    goal = 0
    for kill in range(3):
        # Each start is another build of the program: jobs of the one before are not stranded.
        worker = Worker(database.url, effects, "alpha", build=f"build-{kill}", seconds=0.05)
        goal += chance.randint(15, 45)
        kill_in_the_middle(worker, effects, goal)
        assert lost(engine, effects), f"kill {kill} came after the work was done"
    worker = Worker(database.url, effects, "alpha")
    worker.until(lambda: drained(engine))
    assert worker.end() == 0
    assert lost(engine, effects) == set()
    # The kills did hit something.
    assert len(effects_of(effects, "begun")) > len(effects_of(effects, "done"))
    runs = Counter(effects_of(effects, "done"))
    # At least once: only what was under way at a kill may have run again.
    assert sum(runs.values()) - JOBS <= 3 * 4
    engine.close()


def test_without_recovery_the_same_watch_sees_losses(
    backend: str, database: Database, engine: Engine, effects: Path
) -> None:
    """The proof that the test above can fail: names that never return and no taking over."""
    if backend == "sqlite":
        pytest.skip("a SQLite worker takes over every other name at once, by design")
    put(database, engine, "mark", 20)
    for number in range(2):
        begun = len(effects_of(effects, "begun"))
        worker = Worker(database.url, effects, f"name{number}", timing=NO_RECOVERY, seconds=2)
        worker.until(lambda so_far=begun: len(effects_of(effects, "begun")) > so_far)
        worker.kill()
    worker = Worker(database.url, effects, "last", timing=NO_RECOVERY, seconds=0)
    worker.until(lambda: engine.health()["queued"] == 0)
    time.sleep(0.3)
    assert worker.end() == 0
    assert 2 <= len(lost(engine, effects, 20)) <= 2 * 4
    engine.close()


def test_a_worker_that_ends_by_itself_is_an_error_of_the_test(effects: Path) -> None:
    with pytest.raises(WorkerDied, match="Unavailable: the database does not answer"):
        Worker("sqlite:////proc/none.db", effects, "alpha")


def test_a_job_that_kills_its_worker_is_given_up(
    database: Database, engine: Engine, effects: Path
) -> None:
    put(database, engine, "crash", 1)
    put(database, engine, "mark", 3)
    for starts in itertools.count(1):
        try:
            worker = Worker(database.url, effects, "alpha", timing=replace(FAST, deaths=1))
            worker.until(lambda: drained(engine))
            break
        except WorkerDied as died:
            assert "exit 86" in str(died)
            assert starts < 6
    assert worker.end() == 0
    job = engine.job("crash:0")
    assert (job.state, job.error) == (
        "failed", "given up: its worker died 1 times while running it",
    )  # fmt: skip
    # The jobs beside it, which fell with it each time, are not given up with it.
    assert set(effects_of(effects, "done")) == {0, 1, 2}
    engine.close()


def test_two_workers_one_never_comes_back(
    backend: str, database: Database, engine: Engine, effects: Path
) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite serves one worker; see test_workers")
    put(database, engine, "mark", 60)
    dying = Worker(database.url, effects, "dying", seconds=0.1)
    staying = Worker(database.url, effects, "staying")
    dying.until(lambda: engine.ledger.running_of("dying") != [])
    dying.kill()
    orphans = engine.ledger.running_of("dying")
    assert orphans
    staying.until(lambda: drained(engine))
    assert set(effects_of(effects, "done")) == set(range(60))
    assert all(engine.job(job_id).worker == "staying" for job_id in orphans)
    states = {w["executor_id"]: w["state"] for w in engine.health()["workers"]}
    assert states == {"dying": "silent", "staying": "alive"}
    assert staying.end() == 0
    states = {w["executor_id"]: w["state"] for w in engine.health()["workers"]}
    assert states == {"dying": "silent", "staying": "stopped"}
    engine.close()


def test_sigterm_ends_in_good_order_even_with_a_job_that_will_not(
    database: Database, engine: Engine, effects: Path
) -> None:
    put(database, engine, "stubborn", 1)
    put(database, engine, "mark", 8)
    worker = Worker(database.url, effects, "alpha", timing=replace(FAST, grace=0.3), seconds=0.1)
    worker.until(lambda: len(effects_of(effects, "done")) >= 2 and effects_of(effects, "stuck"))
    begun = time.monotonic()
    assert worker.end() == 0
    assert time.monotonic() - begun < 8
    assert '"message": "1 jobs would not end: stubborn:0"' in worker.log()
    # Nothing is lost: what did not finish waits, the stubborn one is recovered at the next start.
    health = engine.health()
    assert health["queued"] + health["running"] + len(engine.jobs(state="done")) == 9
    engine.close()


def test_lines_of_the_harness_do_not_mix(effects: Path) -> None:
    append(effects, "begun 1 5")
    append(effects, "done 1 5")
    append(effects, "begun 2 5")
    assert (effects_of(effects, "begun"), under_way(effects)) == ([1, 2], {2})
