"""Where the bytes lie: complete or not at all, once, for us alone."""

import fcntl
import io
import os
import resource
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from inventory.assets.file_store import FileStore
from inventory.errors import InvalidInput, StorageFull, TooLarge, Unavailable
from tests.conftest import Clock
from tests.inventory.assets.crafted import PDF, picture
from tests.inventory.assets.storing import files, store

__all__ = ["store"]


def test_bytes_lie_under_their_sum_for_the_owner_alone(store: FileStore, clock: Clock) -> None:
    raw = picture()
    staged = store.stage(io.BytesIO(raw), now=clock())
    assert staged.sha256 == sha256(raw).hexdigest()
    assert store.existing(staged.sha256).read_bytes() == raw
    assert store.path(staged.sha256) == (
        store.folder / staged.sha256[:2] / staged.sha256[2:4] / staged.sha256
    )
    assert files(store) == {staged.sha256 + end for end in ("", ".thumb.webp", ".view.webp")}
    for path in (store.folder, *store.folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_the_same_bytes_are_there_once(store: FileStore, clock: Clock) -> None:
    for _ in range(3):
        store.stage(io.BytesIO(PDF), now=clock())
    assert len(files(store)) == 1


@pytest.mark.parametrize(
    ("raw", "error"),
    [(b"", InvalidInput), (b"x" * 100_001, TooLarge), (picture()[:-40], InvalidInput)],
    ids=range(3),
)
def test_what_is_refused_leaves_nothing(
    store: FileStore, clock: Clock, raw: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.stage(io.BytesIO(raw), now=clock())
    assert files(store) == set()
    assert store.stage(io.BytesIO(b"x" * 100_000), now=clock()).size_bytes == 100_000


class Broken(io.RawIOBase):
    """A client that goes away in the midst of its file."""

    def read(self, size: int = -1) -> bytes:
        if not hasattr(self, "sent"):
            self.sent = True
            return b"x" * 500
        raise ConnectionResetError


def test_a_client_that_goes_away_leaves_nothing(store: FileStore, clock: Clock) -> None:
    with pytest.raises(Unavailable):
        store.stage(Broken(), now=clock())  # type: ignore[arg-type]
    assert files(store) == set()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The kernel refuses to let a file grow, as on a full disk (with EFBIG for ENOSPC)."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_keeps_nothing(store: FileStore, clock: Clock) -> None:
    with files_of_at_most(50_000), pytest.raises(StorageFull):
        store.stage(io.BytesIO(os.urandom(90_000)), now=clock())
    assert files(store) == set()
    # It is nearly full where the database could not grow any more.
    careful = FileStore(store.folder, max_bytes=10, keep_free=shutil.disk_usage("/").total)
    with pytest.raises(StorageFull, match="nearly full"):
        careful.stage(io.BytesIO(b"x"), now=clock())


def test_a_folder_that_cannot_be_used(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").write_text("in the way")
    store = FileStore(tmp_path / "file" / "attachments", max_bytes=10)
    with pytest.raises(Unavailable):
        store.stage(io.BytesIO(b"x"), now=clock())
    with pytest.raises(Unavailable, match="missing"):
        store.existing("0" * 64)


def test_clearing_waits_for_who_places(store: FileStore, clock: Clock) -> None:
    """A file that is old when clearing begins, and new when its turn comes, stays."""
    sum_ = store.stage(io.BytesIO(PDF), now=clock()).sha256
    new = clock.forward(days=100)
    with (store.folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        other = threading.Thread(
            target=store.discard, args=(sum_,), kwargs={"untouched_since": new}
        )
        other.start()
        other.join(0.3)
        waited = other.is_alive()
        os.utime(store.path(sum_), (new.timestamp(), new.timestamp()))
    other.join()
    assert waited
    assert store.existing(sum_).read_bytes() == PDF


def test_placing_waits_for_who_clears(store: FileStore, clock: Clock) -> None:
    sum_ = store.stage(io.BytesIO(PDF), now=clock()).sha256
    with (store.folder / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = threading.Thread(
            target=store.stage, args=(io.BytesIO(PDF),), kwargs={"now": clock()}
        )
        other.start()
        other.join(0.3)
        waited = other.is_alive()
        store.path(sum_).unlink()
    other.join()
    assert waited
    assert store.existing(sum_).read_bytes() == PDF
