"""A new master key: every sealed column of every table is sealed anew, then the old key goes.

Safe to interrupt anywhere and to start again: the key file names both keys until no row needs the
old one, and a second run goes on with the key that the first one made. Rows are taken in batches,
each in a unit of work of its own, so that the server keeps working in between.

A server that ran meanwhile would hold the old key alone in memory: it could not open what was
sealed anew, and what it sealed itself in the very last moment would be lost. So a live worker is
refused; a server that runs no jobs cannot be seen from here, and must be stopped by the operator.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session, SQLModel, col, select

from inventory import tables
from inventory.access import Actor, system_actor
from inventory.audit import service as audit
from inventory.db import Database, now
from inventory.engine import Timing
from inventory.engine.models import WorkerHeartbeat
from inventory.errors import Conflict, Misconfigured
from inventory.settings import Settings
from inventory.vault import Vault, binding_of, new_key_id, read_keys, write_keys

BATCH = 200
ROUNDS = 5
"""Passes over all tables before giving up on somebody who keeps sealing with the old key."""

ACTOR = system_actor("key rotation", ())


def rotate(settings: Settings, database: Database, *, actor: Actor = ACTOR) -> int:
    """Rotate the master key; the number of secrets sealed anew in this run.

    `database` goes on with the new key. Raises `Misconfigured` where the key comes from the
    environment, `SealBroken` for a secret that does not open (then nothing was given up: both
    keys are still in the file), and `Conflict` while a worker is alive or when rows keep coming
    under the old key.
    """
    if settings.master_key:
        raise Misconfigured(
            "the master key comes from the environment (master_key); move it into a key file "
            "(master_key_file) to rotate it"
        )
    _require_nobody_at_work(database)
    path = settings.key_path
    vault = _with_new_key(read_keys(path))
    write_keys(path, replace(vault, active=_old(vault)))
    database.info["vault"] = vault
    count = 0
    for _ in range(ROUNDS):
        count += sum(_rewrap_table(database, table) for table in sealed_tables())
        if not left_behind(database, vault.active):
            break
    else:
        raise Conflict("somebody keeps sealing with the old key; stop the server and try again")
    with database.unit() as db:
        audit.record(
            db, actor, "keys.rotated", now=now(), subject_type="key", subject_id=vault.active,
            after={"secrets": count},
        )  # fmt: skip
    final = Vault(vault.active, {vault.active: vault.keys[vault.active]})
    write_keys(path, final)
    database.info["vault"] = final
    return count


def _require_nobody_at_work(database: Database) -> None:
    alive = (
        WorkerHeartbeat.beat_at > now() - timedelta(seconds=Timing().silent),
        col(WorkerHeartbeat.stopped_at).is_(None),
    )
    with database.unit(write=False) as db:
        worker = db.exec(select(WorkerHeartbeat.executor_id).where(*alive).limit(1)).first()
    if worker is not None:
        raise Conflict(f"worker {worker} is at work; stop the server and every worker first")


def sealed_tables() -> list[sa.Table]:
    """Every table that has a sealed column."""
    assert tables.MODULES
    return [table for table in SQLModel.metadata.sorted_tables if sealed_columns(table)]


def sealed_columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if column.info.get("sealed")]


def left_behind(database: Database, key_id: str) -> int:
    """How many sealed values are not under the key `key_id`."""
    count = 0
    with database.unit(write=False) as db:
        for table in sealed_tables():
            for column in sealed_columns(table):
                others = sa.and_(column.is_not(None), column.not_like(_under(key_id)))
                count += db.execute(sa.select(sa.func.count()).where(others)).scalar_one()
    return count


def _with_new_key(vault: Vault) -> Vault:
    """Both keys, the new one active. A second key in the file is one that an earlier run made."""
    pending = [key_id for key_id in vault.keys if key_id != vault.active]
    if len(pending) > 1:
        raise Misconfigured(
            "the key file holds more than two keys; keep the active one and one more"
        )
    key_id = pending[0] if pending else new_key_id()
    keys = dict(vault.keys)
    keys.setdefault(key_id, AESGCM.generate_key(256))
    return Vault(key_id, keys)


def _old(vault: Vault) -> str:
    return next(key_id for key_id in vault.keys if key_id != vault.active)


def _under(key_id: str) -> str:
    return f"v1.{key_id}.%"


def _rewrap_table(database: Database, table: sa.Table) -> int:
    count = 0
    key = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        with database.unit() as db:
            rows = _next_rows(db, table, key, last)
            count += sum(_rewrap_row(db, table, key, row) for row in rows)
        if len(rows) < BATCH:
            return count
        last = tuple(rows[-1]._mapping[column] for column in key)


def _next_rows(
    db: Session, table: sa.Table, key: list[sa.Column[Any]], last: tuple[Any, ...] | None
) -> list[sa.Row[Any]]:
    sealed = sealed_columns(table)
    vault: Vault = db.info["vault"]
    stale = [sa.and_(c.is_not(None), c.not_like(_under(vault.active))) for c in sealed]
    query = (
        sa.select(*key, table.c.uid, *sealed)
        .where(sa.or_(*stale))
        .order_by(*key)
        .limit(BATCH)
        .with_for_update()
    )
    if last is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, last)))
    return list(db.execute(query).all())


def _rewrap_row(db: Session, table: sa.Table, key: list[sa.Column[Any]], row: sa.Row[Any]) -> int:
    vault: Vault = db.info["vault"]
    fresh = dict(_rewrapped(vault, table, row))
    db.execute(
        sa.update(table).where(*(column == row._mapping[column] for column in key)).values(fresh)
    )
    return len(fresh)


def _rewrapped(vault: Vault, table: sa.Table, row: sa.Row[Any]) -> Iterator[tuple[str, str]]:
    for column in sealed_columns(table):
        seal: str | None = row._mapping[column]
        if seal is not None and not seal.startswith(_under(vault.active)[:-1]):
            binding = binding_of(table.name, row._mapping[table.c.uid], column.name)
            yield column.name, vault.rewrap(seal, binding=binding)
