"""The files of an upload: a zip, of which nothing is ever unpacked to the disk, or one CSV file.

What an archive claims of itself is not believed: bytes are counted as they are unpacked.
"""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from typing import IO, BinaryIO, cast

from inventory.errors import InvalidInput, TooLarge

MOST_ENTRIES = 100
MOST_BYTES = 400_000_000
"""Of one file, unpacked. The enrollments of 100,000 pupils have about 100 MB."""

MOST_RATIO = 200
"""Text of rosters shrinks to a twentieth; what shrinks further than this was made to."""

FREE_BYTES = 10_000_000
"""Below this size the ratio does not matter."""


class Package:
    """A zip archive with CSV files at its root, or in one folder."""

    def __init__(self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> list[str]:
        return sorted(self._members)

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """Raises `InvalidInput` for an entry that is missing or damaged, `TooLarge` for one that
        has no end."""
        info = self._members.get(name)
        if info is None:
            raise InvalidInput(f"the package has no {name}", {"file": [f"has no {name}"]})
        try:
            with self._archive.open(info) as raw:
                most = max(FREE_BYTES, info.compress_size * MOST_RATIO)
                capped = _Capped(raw, min(MOST_BYTES, most), name)
                yield cast(BinaryIO, BufferedReader(capped, 1 << 16))
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as broken:
            raise _wrong(f"{name} is damaged or encrypted") from broken
        except Exception as broken:
            # zlib.error and lzma.LZMAError have no common root.
            if type(broken).__module__ in {"zlib", "lzma", "_lzma", "_bz2"}:
                raise _wrong(f"{name} is damaged") from broken
            raise


def is_zip(stream: BinaryIO) -> bool:
    """By its first bytes; the stream is put back to its start."""
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    return start[:2] == b"PK"


@contextmanager
def package_of(stream: BinaryIO) -> Iterator[Package]:
    """Raises `InvalidInput` for what is no honest archive of a few files."""
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise _wrong("the file is no zip archive, or is damaged") from broken
    with archive:
        yield Package(archive, _members(archive.infolist()))


def _members(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    files = [e for e in entries if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
    if len(files) > MOST_ENTRIES:
        raise _wrong(f"the archive has more than {MOST_ENTRIES} files")
    for entry in files:
        if _escapes(entry.filename):
            raise _wrong("the archive has a file whose name leads out of it")
    folders = {entry.filename.rpartition("/")[0] for entry in files}
    if len(folders) > 1:
        # A package may bring other things in folders; its own files are then at the root.
        files = [entry for entry in files if "/" not in entry.filename]
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in files:
        name = entry.filename.rpartition("/")[2]
        if name in found:
            raise _wrong("the archive has two files of the same name")
        found[name] = entry
    return found


def _escapes(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return (
        ".." in parts or name.startswith(("/", "\\")) or ":" in name or "\x00" in name
        or "\\" in name
    )  # fmt: skip


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput(reason, {"file": [reason]})


class _Capped(RawIOBase):
    """A stream that is refused once more came out of it than ever should."""

    def __init__(self, raw: IO[bytes], most: int, name: str) -> None:
        self._raw, self._left, self._name = raw, most, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        chunk = self._raw.read(len(view))
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge(f"{self._name} unpacks to more than it can honestly hold")
        view[: len(chunk)] = chunk
        return len(chunk)
