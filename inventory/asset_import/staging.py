"""Keeping a file's rows, so that its columns can be named and it can be planned again.

The file itself is not kept. Rows go into the database in small units of work, so that nobody else
waits; what a broken upload leaves behind goes with the next one of the night.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.asset_import import targets, values
from inventory.asset_import.models import (
    AssetImport,
    AssetImportMapping,
    AssetImportRow,
    ImportState,
    RowOutcome,
)
from inventory.asset_import.options import Options, options_of
from inventory.asset_import.reading import Line, Table, read_table
from inventory.assets.custom_fields import definitions
from inventory.audit import service as audit
from inventory.db import Database, insert_many

BATCH = 1_000
SAMPLES, SAMPLE_LENGTH = 3, 60
_CHUNK = 1 << 20

T = TypeVar("T")


@dataclass(slots=True)
class Profile:
    """What a column holds. `numbers`: cells that are numbers of a spreadsheet; `slashed`: dates
    whose order can be told from nothing but the rest, of which `mdy` and `dmy` fit each order."""

    name: str
    samples: list[str] = field(default_factory=list)
    numbers: int = 0
    slashed: int = 0
    mdy: int = 0
    dmy: int = 0

    def take(self, cell: str, numeric: bool) -> None:
        if not cell:
            return
        self.numbers += numeric
        if len(self.samples) < SAMPLES and (shown := cell[:SAMPLE_LENGTH]) not in self.samples:
            self.samples.append(shown)
        if len(cell) <= 20 and cell[0].isdigit() and (fits := values.orders(cell)) is not None:
            self.slashed, self.mdy, self.dmy = (
                self.slashed + 1, self.mdy + fits[0], self.dmy + fits[1]
            )  # fmt: skip

    def told(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Profile.__slots__}


def receive(
    database: Database, actor: Actor, stream: BinaryIO, *, name: str, most_rows: int,
    encoding: str = "", sheet: str = "", now: datetime,
) -> int:  # fmt: skip
    """Read an uploaded file and keep its rows; the import's id. Its columns are guessed, as they
    were understood the last time or by their names.

    Opens its own units of work. Raises `Forbidden`, and what `read_table` raises.
    """
    actor.require_anywhere(Permission.IMPORT_APPLY)
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    table = read_table(stream, most_rows=most_rows, encoding=encoding, sheet=sheet)
    with database.unit(write=False) as db:
        options = _remembered(db, table.header)
    return stage(
        database, actor, table, source="file", file_name=shown(name), sha256=digest.hexdigest(),
        options=options, now=now,
    )  # fmt: skip


def stage(
    database: Database, actor: Actor, table: Table, *, source: str, file_name: str, sha256: str,
    options: Options, now: datetime,
) -> int:  # fmt: skip
    """Keep the rows of a table; the import's id. What cannot be read to its end leaves nothing."""
    with database.unit() as db:
        kept = AssetImport(
            source=source[:80], file_name=file_name[:200], file_sha256=sha256, shape=table.shape,
            options=options.told(), remarks=[*table.remarks, *_seen_before(db, sha256)],
            created_at=now, created_by=actor.name[:200], by_id=actor.id,
        )  # fmt: skip
        db.add(kept)
        db.flush()
        import_id = kept.id
    profiles = [Profile(name) for name in table.header]
    rows = 0
    try:
        for batch in batches(table.lines, BATCH):
            for line in batch:
                for place, cell in enumerate(line.cells):
                    profiles[place].take(cell, place in line.numeric)
            with database.unit() as db:
                insert_many(db, AssetImportRow, [_row(import_id, line) for line in batch])
            rows += len(batch)
    except BaseException:
        forget(database, import_id)
        raise
    with database.unit() as db:
        kept = db.get_one(AssetImport, import_id)
        kept.columns, kept.rows = [profile.told() for profile in profiles], rows
        db.add(kept)
        audit.record(
            db, actor, "import.uploaded", now=now, subject_type="asset_import",
            subject_id=import_id,
            after={"source": kept.source, "file_sha256": sha256, "rows": rows},
        )  # fmt: skip
    return import_id


def forget(database: Database, import_id: int) -> None:
    """Delete an import that never became a plan, with its rows; in units of work of its own."""
    rows = sa.select(col(AssetImportRow.id)).where(col(AssetImportRow.import_id) == import_id)
    while True:
        with database.unit() as db:
            gone = sa.delete(AssetImportRow).where(col(AssetImportRow.id).in_(rows.limit(5_000)))
            if not db.connection().execute(gone).rowcount:
                db.execute(sa.delete(AssetImport).where(col(AssetImport.id) == import_id))
                return


def remember(db: Session, kept: AssetImport, *, now: datetime) -> None:
    """How this header was understood, for the next file that has it."""
    digest = _header_digest([column["name"] for column in kept.columns])
    row = db.get(AssetImportMapping, digest) or AssetImportMapping(
        header_sha256=digest, used_at=now
    )
    # What may be made is said for one file only.
    row.options, row.used_at = {**kept.options, "create": []}, now
    db.add(row)


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def shown(name: str) -> str:
    """The file's own name, without folders and without what cannot be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:200] or "file"


def _remembered(db: Session, header: Sequence[str]) -> Options:
    fields = definitions(db)
    last = db.get(AssetImportMapping, _header_digest(header))
    if last is not None:
        known = set(targets.known_fields(fields))
        options: Mapping[str, Any] = last.options
        mapping = [name if name in known else "" for name in options.get("mapping", ())]
        return options_of({**options, "mapping": mapping})
    mapping = targets.guessed(header, fields)
    match = next((name for name in ("id", "tag", "serial") if name in mapping), "tag")
    return Options(mapping=tuple(mapping), match=match)


def _seen_before(db: Session, sha256: str) -> list[str]:
    query = select(AssetImport.id).where(
        AssetImport.file_sha256 == sha256, AssetImport.state == ImportState.APPLIED
    )
    found = db.exec(query.order_by(col(AssetImport.id).desc()).limit(1)).first() if sha256 else None
    return [f"the same file was applied already, as import {found}"] if found is not None else []


def _header_digest(header: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()


def _row(import_id: int, line: Line) -> dict[str, Any]:
    return {
        "import_id": import_id, "number": line.number, "outcome": RowOutcome.WAITING, "tag": "",
        "asset_id": None, "asset_version": 0, "cells": list(line.cells), "before": None,
        "after": None, "notes": [],
    }  # fmt: skip
