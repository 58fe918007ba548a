"""Enqueueing, running, failing and cancelling jobs, on both databases."""

import itertools
import threading
import time

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from inventory.db import Database
from inventory.engine import JobContext, JobInterrupted, JobPolicy, enqueue
from inventory.errors import DatabaseBusy, Duplicate, InvalidInput, NotFound, TooManyRequests
from tests.inventory.engine.conftest import Launch, add, ended, engine_on, rows, table


def test_a_committed_job_runs_once_with_its_ids(database: Database, launch: Launch) -> None:
    seen: list[tuple[object, ...]] = []

    def sweep(job: JobContext) -> None:
        seen.append((job.kind, job.job_id, job.payload, job.attempt))

    # Enqueued before any engine was launched, by a session alone: as a web process does.
    first = add(database, "sweep", {"run": 7, "mode": "fast"}, "run-7")
    engine = launch({"sweep": sweep})
    assert ended(engine, first).state == "done"
    # The same key again: the finished job answers for it.
    assert add(database, "sweep", {"run": 7, "mode": "fast"}, "run-7") == first
    other = add(database, "sweep", {"run": 8}, "run-8")
    assert ended(engine, other).state == "done"
    assert seen == [
        ("sweep", first, {"run": 7, "mode": "fast"}, 1),
        ("sweep", other, {"run": 8}, 1),
    ]
    job = engine.job(first)
    assert (job.kind, job.payload, job.worker, job.error, job.deaths) == (
        "sweep", {"run": 7, "mode": "fast"}, "tester", "", 0,
    )  # fmt: skip
    assert job.finished_at and job.started_at
    assert job.created_at <= job.started_at <= job.finished_at


def test_a_rollback_leaves_neither_the_row_nor_the_job(database: Database) -> None:
    engine = engine_on(database, {"sweep": lambda job: None})
    for fail_with in (RuntimeError("business says no"), Duplicate("taken")):
        with pytest.raises(type(fail_with)), database.unit() as db:
            db.execute(sa.text("CREATE TABLE business (id INTEGER)"))
            engine.enqueue(db, "sweep", {"run": 1}, key="one")
            raise fail_with
    assert engine.jobs() == []
    assert "business" not in sa.inspect(database.engine).get_table_names()
    with database.unit() as db:
        engine.enqueue(db, "sweep", {"run": 1}, key="one")
        # The second of two calls in one transaction changes nothing either.
        engine.enqueue(db, "sweep", {"run": 2}, key="one")
    assert [(j.id, j.payload, j.state) for j in engine.jobs()] == [
        ("sweep:one", {"run": 1}, "queued")
    ]
    with pytest.raises(RuntimeError, match="only reads"), database.unit(write=False) as db:
        enqueue(db, "sweep", {"run": 1}, key="two")
    engine.close()


@pytest.mark.parametrize(
    ("kind", "payload", "key"),
    [
        ("Sweep", {}, "k"),
        ("", {}, "k"),
        ("sweep:x", {}, "k"),
        ("sweep", {}, ""),
        ("sweep", {}, "k" * 201),
        ("sweep", {}, "a\nb"),
        ("sweep", {}, "a\0b"),
        ("sweep", {"run": 1.5}, "k"),
        ("sweep", {"run": True}, "k"),
        ("sweep", {"run": None}, "k"),
        ("sweep", {"run": b"x"}, "k"),
        ("sweep", {"run": {"id": 1}}, "k"),
        ("sweep", {"run": 2**63}, "k"),
        ("sweep", {"run": "x" * 201}, "k"),
        ("sweep", {"run": "a\0b"}, "k"),
        ("sweep", {"run": "\ud800"}, "k"),
        ("sweep", {3: 1}, "k"),
        ("sweep", {f"n{i}": i for i in range(21)}, "k"),
    ],
)
def test_what_is_not_a_few_ids_is_refused(
    kind: str, payload: dict[str, int | str], key: str
) -> None:
    with pytest.raises(ValueError), Session() as db:
        enqueue(db, kind, payload, key=key)


def test_hostile_ids_arrive_as_they_were(database: Database, launch: Launch) -> None:
    texts = ["'; DROP TABLE asset; --", "%_\\", "ünï 🖨", '{"a": 1}', "<b>", "=cmd()"]
    seen: dict[str, str] = {}

    def keep(job: JobContext) -> None:
        seen[job.job_id] = str(job.payload["name"])

    engine = launch({"keep": keep})
    ids = [add(database, "keep", {"name": text}, f"k {text}") for text in texts]
    assert [ended(engine, job_id).state for job_id in ids] == ["done"] * len(texts)
    assert [seen[job_id] for job_id in ids] == texts


def test_a_busy_database_is_tried_again_with_growing_pauses(
    database: Database, launch: Launch
) -> None:
    moments: list[float] = []

    def flaky(job: JobContext) -> None:
        moments.append(time.monotonic())
        assert job.attempt == len(moments)
        if len(moments) < 4:
            raise DatabaseBusy("another writer holds the database; try again")

    engine = launch({"flaky": flaky}, policies={"flaky": JobPolicy(first_wait=0.1)})
    assert ended(engine, add(database, "flaky", {}, "one")).state == "done"
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert all(gap >= wanted for gap, wanted in zip(gaps, (0.1, 0.2, 0.4), strict=True)), gaps


def test_an_error_that_stays_ends_the_job_after_its_attempts(
    database: Database, launch: Launch
) -> None:
    runs: list[int] = []

    def limited(job: JobContext) -> None:
        runs.append(job.attempt)
        raise TooManyRequests("the vendor says slow down", retry_after=3600)

    policy = JobPolicy(attempts=3, first_wait=0.01, longest_wait=0.02)
    engine = launch({"limited": limited}, policies={"limited": policy})
    job = ended(engine, add(database, "limited", {}, "one"))
    assert (job.state, job.error, runs) == ("failed", "the vendor says slow down", [1, 2, 3])
    assert engine.health()["failed_24h"] == 1


def test_a_failure_tells_what_and_where_and_no_secret(
    database: Database, launch: Launch, caplog: pytest.LogCaptureFixture
) -> None:
    def careless(job: JobContext) -> None:
        raise KeyError("community=S3cret")

    def wordy(job: JobContext) -> None:
        raise InvalidInput("see https://root:S3cret@switch/\n\x1b[31m" + "x" * 1000)

    def leaves(job: JobContext) -> None:
        raise SystemExit("S3cret")

    engine = launch({"careless": careless, "wordy": wordy, "leaves": leaves})
    jobs = [ended(engine, add(database, k, {}, "one")) for k in ("careless", "wordy", "leaves")]
    assert [job.state for job in jobs] == ["failed"] * 3
    assert jobs[0].error.startswith(f"KeyError in {__name__}:")
    assert jobs[1].error.startswith("see https://***@switch/  [31mxxx")
    assert len(jobs[1].error) == 300
    assert jobs[2].error.startswith("SystemExit in ")
    stored = rows(database, f"SELECT * FROM {table(database, 'workflow_output')}")
    assert len(stored) == 3
    assert "S3cret" not in str(stored)
    assert "S3cret" not in caplog.text
    assert "job careless:one failed: KeyError" in caplog.text


def test_a_queued_job_that_is_cancelled_never_runs(database: Database, launch: Launch) -> None:
    ran: list[str] = []
    job_id = add(database, "keep", {}, "one")
    idle = engine_on(database, {"keep": lambda job: None})
    idle.cancel(job_id)
    idle.close()
    engine = launch({"keep": lambda job: ran.append(job.job_id)})
    assert ended(engine, add(database, "keep", {}, "two")).state == "done"
    assert (engine.job(job_id).state, ran) == ("cancelled", ["keep:two"])
    engine.cancel("keep:two")
    assert engine.job("keep:two").state == "done"
    with pytest.raises(NotFound):
        engine.cancel("keep:three")


def test_a_running_job_hears_that_it_was_cancelled(database: Database, launch: Launch) -> None:
    begun, heard = threading.Event(), threading.Event()

    def long(job: JobContext) -> None:
        begun.set()
        try:
            while True:
                try:
                    job.heartbeat()
                except Exception:
                    raise AssertionError("swallowed by a broad except") from None
                time.sleep(0.01)
        except JobInterrupted:
            heard.set()
            raise

    engine = launch({"long": long})
    job_id = add(database, "long", {}, "one")
    assert begun.wait(10)
    assert engine.health()["running"] == 1
    engine.cancel(job_id)
    assert heard.wait(10)
    assert engine.job(job_id).state == "cancelled"
