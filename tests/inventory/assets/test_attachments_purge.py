"""Forgetting files: removed ones after a month, what crashes left, and nothing else."""

import io
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import select

from inventory import jobs
from inventory.access import Actor
from inventory.assets import attachments, file_retention, holds
from inventory.assets.attachment_models import Attachment
from inventory.assets.attachments import REMOVED_DAYS
from inventory.assets.file_retention import MOST_STRAYS, purge
from inventory.assets.file_store import FileStore
from inventory.assets.hold_models import Hold, HoldKind
from inventory.db import Database, now as present
from inventory.engine import JobContext
from inventory.errors import Conflict, Duplicate, NotFound
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING
from tests.inventory.assets.crafted import PDF, picture
from tests.inventory.assets.storing import Put, files, put, store

__all__ = ["put", "store"]

KILLED = """
import io, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from inventory.assets.file_store import FileStore

class Deadly(io.BytesIO):
    def read(self, size=-1):
        part = super().read(1000)
        if not part:
            os.kill(os.getpid(), signal.SIGKILL)
        return part

store = FileStore(Path(sys.argv[1]), max_bytes=10**6)
store.stage(Deadly(b"x" * 5000), now=datetime.now(UTC))
"""


def test_an_upload_that_is_killed_is_cleared_away(
    database: Database, store: FileStore, put: Put, clock: Clock
) -> None:
    put(PDF)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(store.folder)], check=False)
    assert ended.returncode == -signal.SIGKILL
    left = set(store.folder.rglob("*.original"))
    assert len(left) == 1
    os.utime(*left, (clock().timestamp(),) * 2)
    assert purge(database, store, now=clock() + timedelta(hours=23)) == 0
    assert purge(database, store, now=clock() + timedelta(hours=25)) == 1
    assert files(store) == {sha256(PDF).hexdigest()}


def test_a_crash_between_file_and_row(
    database: Database, store: FileStore, put: Put, clock: Clock
) -> None:
    put(PDF)
    lost = store.stage(io.BytesIO(picture()), now=clock())
    assert len(files(store)) == 4
    clock.forward(days=REMOVED_DAYS - 1)
    assert purge(database, store, now=clock()) == 0
    clock.forward(days=2)
    assert purge(database, store, now=clock()) == 3
    assert files(store) == {sha256(PDF).hexdigest()}
    assert lost.sha256 not in files(store)


def remove(database: Database, file: Attachment, clock: Clock) -> None:
    with database.unit() as db:
        attachments.remove(db, EVERYTHING, file.asset_id, file.id, now=clock())


def rows(database: Database) -> int:
    with database.unit(write=False) as db:
        return len(db.exec(select(Attachment.id)).all())


def test_removed_files_are_forgotten_after_a_month(
    database: Database, store: FileStore, put: Put, clock: Clock
) -> None:
    one, other, stays = put(picture()), put(picture()), put(PDF)
    assert one.sha256 == other.sha256
    clock.forward(days=5)
    remove(database, one, clock)
    clock.forward(days=REMOVED_DAYS, hours=1)
    assert purge(database, store, now=clock()) == 0, "another asset has the same bytes"
    assert rows(database) == 2
    remove(database, other, clock)
    clock.forward(days=REMOVED_DAYS - 1)
    assert (purge(database, store, now=clock()), rows(database)) == (0, 2)
    clock.forward(days=2)
    assert (purge(database, store, now=clock()), rows(database)) == (3, 1)
    assert files(store) == {stays.sha256}
    assert purge(database, store, now=clock()) == 0


def test_a_file_that_comes_again_is_not_purged(
    database: Database, store: FileStore, put: Put, clock: Clock
) -> None:
    """The same bytes are staged for another asset whose row is not written yet."""
    file = put(PDF)
    remove(database, file, clock)
    clock.forward(days=REMOVED_DAYS + 1)
    store.stage(io.BytesIO(PDF), now=clock())
    assert purge(database, store, now=clock()) == 0
    assert rows(database) == 0
    assert files(store) == {file.sha256}


def test_another_databases_files_are_left_alone(
    database: Database, store: FileStore, put: Put, clock: Clock
) -> None:
    put(PDF)
    store.stage(io.BytesIO(b"a stray"), now=clock())
    (store.folder / "database").write_text("0" * 32)
    clock.forward(days=400)
    assert purge(database, store, now=clock()) == 0
    assert len(files(store)) == 2


def test_too_many_strays_are_an_error_not_a_night_s_work(
    database: Database, store: FileStore, put: Put, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    put(PDF)
    for n in range(MOST_STRAYS + 1):
        store.stage(io.BytesIO(b"stray %d" % n), now=clock())
    clock.forward(days=400)
    assert purge(database, store, now=clock()) == 0
    assert "belong to no asset" in caplog.text
    store.discard(sha256(b"stray 0").hexdigest(), untouched_since=clock())
    assert purge(database, store, now=clock()) == MOST_STRAYS


def test_an_empty_store_is_purged_too(database: Database, store: FileStore, clock: Clock) -> None:
    assert purge(database, store, now=clock()) == 0


def test_the_nightly_job_forgets_files(
    database: Database, tmp_path: Path, put: Put, clock: Clock
) -> None:
    clock.time = present() - timedelta(days=REMOVED_DAYS + 1)
    remove(database, put(PDF), clock)
    settings = Settings(database_url=database.url, data_dir=str(tmp_path / "data"))
    context = JobContext(
        database, settings, {}, f"{jobs.FORGET}:1", lambda _job: False, threading.Event(), 1.0
    )
    jobs.forget(context)
    assert rows(database) == 0
    assert files(FileStore.of(settings)) == set()


def test_the_store_is_walked_in_batches(
    database: Database, store: FileStore, put: Put, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_retention, "BATCH", 2)
    kept = [put(b"file %d" % n) for n in range(7)]
    for file in kept[:5]:
        remove(database, file, clock)
    clock.forward(days=REMOVED_DAYS + 1)
    assert purge(database, store, now=clock()) == 5
    assert files(store) == {file.sha256 for file in kept[5:]}


PERSON = Actor("account", 8, "person", EVERYTHING.grants)


def take_back(database: Database, file: Attachment, clock: Clock, most: int = 9) -> Attachment:
    with database.unit() as db:
        given = (db, EVERYTHING, file.asset_id, file.id)
        return attachments.take_back(*given, most=most, now=clock())


def test_a_removed_file_can_be_taken_back(database: Database, put: Put, clock: Clock) -> None:
    file = put(PDF)
    with pytest.raises(NotFound):
        take_back(database, file, clock)
    remove(database, file, clock)
    with database.unit(write=False) as db:
        assert attachments.list_of(db, EVERYTHING, file.asset_id) == []
        listed = attachments.list_of(db, EVERYTHING, file.asset_id, removed=True)
        assert [(f.id, f.removed_at) for f in listed] == [(file.id, clock())]
    clock.forward(days=REMOVED_DAYS)
    assert take_back(database, file, clock).version == 3
    with database.unit(write=False) as db:
        assert [f.id for f in attachments.list_of(db, EVERYTHING, file.asset_id)] == [file.id]
    remove(database, file, clock)
    again = put(PDF, file.asset_id)
    with pytest.raises(Duplicate):
        take_back(database, file, clock)
    remove(database, again, clock)
    put(picture(), file.asset_id)
    with pytest.raises(Conflict, match="at most 1"):
        take_back(database, file, clock, most=1)
    clock.forward(days=REMOVED_DAYS, seconds=1)
    with pytest.raises(Conflict, match="30 days"):
        take_back(database, file, clock)


def test_a_hold_keeps_files(database: Database, store: FileStore, put: Put, clock: Clock) -> None:
    gone, free = put(PDF), put(picture())
    other = put(picture(), gone.asset_id)
    remove(database, gone, clock)
    with database.unit() as db:
        hold = holds.raise_hold(
            db, PERSON, gone.asset_id, kind=HoldKind.LEGAL, reason="a case", now=clock()
        )
    with pytest.raises(Conflict, match="hold"):
        remove(database, other, clock)
    remove(database, free, clock)
    clock.forward(days=REMOVED_DAYS + 1)
    assert purge(database, store, now=clock()) == 0
    assert rows(database) == 2
    with database.unit() as db:
        kept = db.get(Hold, hold.id)
        assert kept is not None
        kept.release_asked_by_id, kept.released_by_id, kept.released_at = 1, 2, clock()
        db.add(kept)
    assert purge(database, store, now=clock()) == 1
    assert rows(database) == 1
