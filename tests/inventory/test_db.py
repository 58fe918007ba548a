"""The unit of work on both databases: all or nothing, UTC, and refusals as our own errors."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from inventory import db as db_module
from inventory.access import system_actor
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.db import Database, after_commit, translate
from inventory.errors import DatabaseBusy, Duplicate, StorageFull, Unavailable
from tests.conftest import Clock

ACTOR = system_actor("test", [])


def test_a_read_unit_writes_nothing(database: Database, clock: Clock) -> None:
    with database.unit(write=False) as db:
        audit.record(db, ACTOR, "x.y", now=clock())
        if not database.is_sqlite:
            db.flush()
    with database.unit(write=False) as db:
        assert db.get(AuditEvent, 1) is None


def test_moments_come_back_in_utc(database: Database) -> None:
    local = datetime(2026, 3, 8, 1, 30, tzinfo=timezone(timedelta(hours=-5)))
    with database.unit() as db:
        audit.record(db, ACTOR, "x.y", now=local)
    with database.unit(write=False) as db:
        event = db.get(AuditEvent, 1)
        assert event is not None
        assert event.at == local
        assert event.at.tzinfo is UTC


def test_naive_moments_are_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), database.unit() as db:
        db.add(AuditEvent(id=1, at=datetime(2026, 1, 1), actor_kind="", actor_name="", action="",
                          digest=""))  # fmt: skip
        db.flush()


def test_after_commit_runs_only_after_a_commit(database: Database) -> None:
    ran: list[str] = []
    with database.unit() as db:
        after_commit(db, lambda: ran.append("first"))
        assert ran == []
    with pytest.raises(RuntimeError), database.unit() as db:
        after_commit(db, lambda: ran.append("second"))
        raise RuntimeError
    assert ran == ["first"]


def test_a_taken_key_is_a_duplicate(database: Database, clock: Clock) -> None:
    with database.unit() as db:
        audit.record(db, ACTOR, "x.y", now=clock())
    with pytest.raises(Duplicate), database.unit() as db:
        db.connection().exec_driver_sql("INSERT INTO audit_head VALUES (1, 'u', 0, 'd', 'k')")


def test_writers_take_turns(database: Database, clock: Clock) -> None:
    def write() -> None:
        for _ in range(10):
            with database.unit() as db:
                audit.record(db, ACTOR, "x.y", now=clock())

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.unit(write=False) as db:
        verdict = audit.verify(db)
    assert (verdict.events, verdict.broken_at) == (60, None)


def test_a_locked_database_is_said_plainly(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL locks rows, not the database")
    monkeypatch.setattr(db_module, "BUSY_SECONDS", 0)
    impatient = Database(database.url, **database.info)
    with database.unit() as db:
        db.connection().exec_driver_sql("SELECT 1")
        with pytest.raises(DatabaseBusy), impatient.unit() as other:
            other.connection()
    impatient.close()


def test_a_full_disk_is_said_plainly_and_nothing_is_lost(database: Database, clock: Clock) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite lets a test cap its file")
    with database.unit() as db:
        audit.record(db, ACTOR, "before.full", now=clock())
    with pytest.raises(StorageFull), database.unit() as db:
        pages = db.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        db.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for n in range(2000):
            audit.record(db, ACTOR, "x.y", now=clock(), reason=f"{n} " * 100)
    with database.unit(write=False) as db:
        assert audit.verify(db).events == 1


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("database is locked", DatabaseBusy),
        ("deadlock detected", DatabaseBusy),
        ("database or disk is full", StorageFull),
        ('could not extend file "base/1": No space left on device', StorageFull),
        ("connection refused", Unavailable),
    ],
)
def test_refusals_are_translated(said: str, error: type[Exception]) -> None:
    assert type(translate(OperationalError("SQL", {}, Exception(said)))) is error


def test_a_new_database_file_is_private(tmp_path: Path) -> None:
    fresh = Database(f"sqlite:///{tmp_path}/deep/new.db")
    with fresh.unit() as db:
        db.connection().exec_driver_sql("CREATE TABLE t (x)")
    assert (tmp_path / "deep" / "new.db").stat().st_mode & 0o777 == 0o600
    fresh.close()
