"""Looking at jobs and workers, and forgetting old ones."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from inventory import installation
from inventory.db import Database
from inventory.engine import enqueue
from inventory.engine.models import WorkerHeartbeat
from inventory.engine.workers import clock
from inventory.errors import InvalidInput, NotFound
from inventory.worker import JsonLines
from tests.inventory.engine.conftest import (
    Launch,
    ended,
    engine_on,
    rows,
    table,
    until,
)


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
