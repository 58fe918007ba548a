"""How a worker runs jobs: what is stored, how many at once, and stopping."""

import base64
import json
import pickle
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory.db import Database
from inventory.engine import Engine, JobContext, JobInterrupted, JobPolicy, WorkerRunning, enqueue
from inventory.engine.runner import Runner
from inventory.errors import DatabaseBusy, Duplicate
from tests.inventory.engine.conftest import (
    Launch,
    add,
    ended,
    rows,
    table,
    until,
)
from tests.inventory.worker_harness import FAST, settings_for


def test_rows_are_json_and_the_version_is_pinned(database: Database, launch: Launch) -> None:
    def bad(job: JobContext) -> None:
        raise Duplicate("taken")

    engine = launch({"good": lambda job: None, "bad": bad})
    for kind in ("good", "bad"):
        ended(engine, add(database, kind, {"run": 7}, "one"))
    status, inputs, outputs = (
        table(database, f"workflow_{name}") for name in ("status", "input", "output")
    )
    found = rows(database, f"SELECT DISTINCT serialization, application_version FROM {status}")
    assert found == [("portable_json", "1")]
    for (text,) in rows(database, f"SELECT inputs FROM {inputs}"):
        assert json.loads(str(text))["positionalArgs"][1] == {"run": 7}
    stored = rows(database, f"SELECT output, error FROM {outputs}")
    assert len(stored) == 2
    for output, error in stored:
        json.loads(str(output or error))


class Bomb:
    """What unpickling runs: writing a file stands for anything."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.write_text, (self.path, "boom")


def test_a_pickle_put_into_the_database_is_not_opened(
    database: Database, launch: Launch, tmp_path: Path
) -> None:
    mark = tmp_path / "boom"
    text = base64.b64encode(pickle.dumps({"args": (Bomb(mark),), "kwargs": {}})).decode()
    job_id = add(database, "keep", {}, "forged")
    with database.unit() as db:
        db.execute(
            sa.text(f"UPDATE {table(database, 'workflow_status')} SET serialization = 'py_pickle'")
        )
        db.execute(
            sa.text(f"UPDATE {table(database, 'workflow_input')} SET inputs = :text"),
            {"text": text},
        )
    engine = launch({"keep": lambda job: None})
    assert ended(engine, job_id).state == "failed"
    assert not mark.exists()
    pickle.loads(base64.b64decode(text))
    assert mark.exists(), "the bomb is a dud, so the test shows nothing"


def test_concurrency_is_kept_per_kind_and_over_all(database: Database, launch: Launch) -> None:
    lock, four = threading.Lock(), threading.Event()
    now = {"narrow": 0, "wide": 0}
    most = {"narrow": 0, "wide": 0, "all": 0}

    def count(job: JobContext) -> None:
        with lock:
            now[job.kind] += 1
            most[job.kind] = max(most[job.kind], now[job.kind])
            most["all"] = max(most["all"], sum(now.values()))
            if most["all"] >= 4:
                four.set()
        # All four slots are taken at once, and there is time for a fifth to come.
        assert four.wait(10)
        time.sleep(0.05)
        with lock:
            now[job.kind] -= 1

    with database.unit() as db:
        for i in range(12):
            for kind in now:
                enqueue(db, kind, {"i": i}, key=str(i))
    engine = launch({"narrow": count, "wide": count}, policies={"narrow": JobPolicy(concurrency=1)})
    until(lambda: len(engine.jobs(state="done")) == 24)
    assert most["wide"] in {3, 4}
    assert (most["narrow"], most["all"]) == (1, 4)


def test_a_kind_of_a_newer_program_waits_for_it(database: Database, launch: Launch) -> None:
    newer = add(database, "newer", {}, "one")
    engine = launch({"keep": lambda job: None})
    ended(engine, add(database, "keep", {}, "one"))
    with pytest.raises(ValueError, match="no handler"), database.unit() as db:
        engine.enqueue(db, "newer", {}, key="two")
    assert engine.job(newer).state == "queued"
    engine.stop()
    engine = launch({"keep": lambda job: None, "newer": lambda job: None})
    assert ended(engine, newer).state == "done"


def test_a_stopping_worker_hands_back_what_it_did_not_finish(
    database: Database, launch: Launch
) -> None:
    begun = threading.Barrier(4)
    ends: list[str] = []

    def polite(job: JobContext) -> None:
        """Returns as if all were well once it is told to end."""
        begun.wait(10)
        until(job.cancelled)

    def hearing(job: JobContext) -> None:
        begun.wait(10)
        until(lambda: job.heartbeat())

    def failing(job: JobContext) -> None:
        begun.wait(10)
        raise DatabaseBusy("try again")

    names = {"polite": polite, "hearing": hearing, "failing": failing}
    engine = launch(names, policies={"failing": JobPolicy(first_wait=30)})
    ids = [add(database, kind, {}, "one") for kind in names]
    begun.wait(10)
    started = time.monotonic()
    assert engine.stop() == 0
    assert time.monotonic() - started < 5
    assert [engine.job(job_id).state for job_id in ids] == ["queued"] * 3
    engine = launch(dict.fromkeys(names, lambda job: ends.append(job.kind)))
    assert [ended(engine, job_id).state for job_id in ids] == ["done"] * 3
    assert sorted(ends) == sorted(names)
    assert {engine.job(job_id).deaths for job_id in ids} == {0}


def test_a_database_that_does_not_answer_puts_a_job_off(database: Database) -> None:
    def away(job_id: str) -> tuple[bool, int]:
        raise DatabaseBusy("another writer holds the database; try again")

    runner = Runner(
        database, settings_for(database.url, "x"), {"keep": lambda job: None}, {}, FAST,
        lost=lambda job_id: False, starts=away, note=lambda job_id, starts: None,
    )  # fmt: skip
    with pytest.raises(JobInterrupted):
        runner.run("keep:one", "keep", {})
    assert (runner.active(), runner.interrupted()) == (set(), set())


def test_one_process_launches_one_engine(database: Database, launch: Launch) -> None:
    engine = launch({"keep": lambda job: None})
    with pytest.raises(WorkerRunning):
        engine.launch()
    other = Engine(settings_for(database.url, "other"), database, {"keep": lambda job: None})
    with pytest.raises(WorkerRunning):
        other.launch()
    # The refused one did no harm.
    assert ended(engine, add(database, "keep", {}, "one")).state == "done"
