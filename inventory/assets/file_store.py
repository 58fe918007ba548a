"""Where the bytes of uploaded files lie: `<data_dir>/attachments/aa/bb/<sha256>`, no web root.

Content addressed: the same bytes are there once. A file is complete and on the disk before any row
names it; what a crash leaves behind is in nobody's way and is cleared away (`file_retention`).
Machines that share a database share this folder too.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from inventory.assets.previews import SIZES, picture_of
from inventory.assets.sniffing import IMAGES, sniff
from inventory.assets.words import wrong
from inventory.db import new_uid
from inventory.errors import StorageFull, TooLarge, Unavailable
from inventory.settings import Settings

KEEP_FREE = 200_000_000
"""Bytes that uploads leave free on the disk: the database may live there too."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CHUNK = 1 << 20
_INCOMING, _OWNER, _LOCK = "incoming", "database", "lock"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file in the store that no row names yet; `width` and `height` of pictures alone."""

    sha256: str
    size_bytes: int
    media_type: str
    width: int | None = None
    height: int | None = None

    @property
    def has_preview(self) -> bool:
        return self.width is not None


class FileStore:
    """The folder and its rules. Folders are 0700, files 0600."""

    def __init__(self, folder: Path, *, max_bytes: int, keep_free: int = KEEP_FREE) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.keep_free = keep_free

    @classmethod
    def of(cls, settings: Settings) -> "FileStore":
        return cls(Path(settings.data_dir) / "attachments", max_bytes=settings.upload_max_bytes)

    def path(self, sha256: str, size: str = "") -> Path:
        """Of the original, or of the preview called `size` (a name of `previews.SIZES`)."""
        shard = self.folder / sha256[:2] / sha256[2:4]
        return shard / (f"{sha256}.{size}.webp" if size else sha256)

    def existing(self, sha256: str, size: str = "") -> Path:
        """Raises `Unavailable` where the file is not: a folder is not mounted or was cleared."""
        path = self.path(sha256, size)
        if not path.is_file():
            raise Unavailable("the file is missing from the store; tell the administrator")
        return path

    def stage(self, stream: BinaryIO, *, now: datetime) -> Staged:
        """Read the stream to its end and put it into the store, with previews if it is a picture.

        Raises `InvalidInput` for an empty file or a picture that is damaged or too large,
        `TooLarge` beyond `max_bytes`, `StorageFull` and `Unavailable`; nothing is kept then.
        """
        with _disk(), self._drafts() as draft:
            self._require_room()
            original = draft("")
            with original.open("r+b") as file:
                sha256, size = self._copy(stream, file)
                media_type = sniff(file)
                picture = picture_of(file, media_type) if media_type in IMAGES else None
                _settle(file, now)
            ready = [(original, self.path(sha256))]
            for name, content in (picture.previews if picture else {}).items():
                preview = draft(name)
                with preview.open("r+b") as file:
                    file.write(content)
                    _settle(file, now)
                ready.append((preview, self.path(sha256, name)))
            self._place(ready)
        if picture is None:
            return Staged(sha256, size, media_type)
        return Staged(sha256, size, media_type, picture.width, picture.height)

    def _copy(self, stream: BinaryIO, file: BinaryIO) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > self.max_bytes:
                raise TooLarge(f"a file has at most {self.max_bytes} bytes")
            digest.update(chunk)
            file.write(chunk)
        if not size:
            raise wrong("file", "is empty")
        file.flush()
        return digest.hexdigest(), size

    def _require_room(self) -> None:
        if shutil.disk_usage(self.folder).free < self.keep_free + self.max_bytes:
            raise StorageFull("the disk for files is nearly full; nothing was kept")

    @contextlib.contextmanager
    def _drafts(self) -> Iterator["_Drafts"]:
        incoming = self.folder / _INCOMING
        _make_folders(self.folder, incoming)
        drafts = _Drafts(incoming)
        try:
            yield drafts
        finally:
            for path in drafts.made:
                path.unlink(missing_ok=True)

    def _place(self, ready: list[tuple[Path, Path]]) -> None:
        shard = ready[0][1].parent
        _make_folders(shard.parent, shard)
        with self._turn(fcntl.LOCK_SH):
            for draft, path in ready:
                # Over an equal file if there is one: it is then as new as this upload.
                draft.replace(path)
        for folder in (shard, shard.parent, self.folder):
            _sync(folder)

    def mark(self, owner: str) -> None:
        """Write down whose files these are, unless it is known: the uid of a database."""
        with _disk(), contextlib.suppress(FileExistsError):
            mark = self.folder / _OWNER
            descriptor = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{owner}\n")

    def owner(self) -> str:
        """Empty where nothing was uploaded yet."""
        try:
            return (self.folder / _OWNER).read_text("utf-8").strip()
        except FileNotFoundError:
            return ""

    @contextlib.contextmanager
    def _turn(self, kind: int) -> Iterator[None]:
        """Placing (shared) and clearing away (exclusive) exclude each other, across processes."""
        lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, kind)
            yield
        finally:
            os.close(lock)

    def discard(self, sha256: str, *, untouched_since: datetime) -> int:
        """Delete a file and its previews unless it was uploaded again since; how many are gone."""
        gone = 0
        with _disk(), self._turn(fcntl.LOCK_EX):
            for path in (self.path(sha256), *(self.path(sha256, size) for size in SIZES)):
                if not path.exists():
                    continue
                if path.stat().st_mtime >= untouched_since.timestamp():
                    return gone
                path.unlink()
                gone += 1
        return gone

    def contents(self) -> Iterator[dict[str, float]]:
        """What is in the store: sums and when each was last uploaded (POSIX time), by shard."""
        for shard in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            found: dict[str, float] = {}
            for path in shard.glob("*/*"):
                sha256 = path.name.partition(".")[0]
                with contextlib.suppress(FileNotFoundError):
                    found[sha256] = max(path.stat().st_mtime, found.get(sha256, 0.0))
            yield found

    def clear_drafts(self, *, before: datetime) -> int:
        """Delete what interrupted uploads left; how many files."""
        gone = 0
        for path in (self.folder / _INCOMING).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    gone += 1
        return gone


class _Drafts:
    """Makes empty files that nobody else can read, and remembers them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: list[Path] = []

    def __call__(self, name: str) -> Path:
        path = self.folder / f"{new_uid()}.{name or 'original'}"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self.made.append(path)
        return path


def _settle(file: BinaryIO, now: datetime) -> None:
    """On the disk, and dated by the service's clock, which decides what is old."""
    file.flush()
    os.utime(file.fileno(), (now.timestamp(), now.timestamp()))
    os.fsync(file.fileno())


def _make_folders(*folders: Path) -> None:
    for folder in folders:
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as broken:
        if broken.errno in _FULL:
            raise StorageFull("the disk for files is full; nothing was kept") from broken
        raise Unavailable("the folder for files cannot be used just now") from broken
