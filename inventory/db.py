"""The database: one set of models on SQLite and PostgreSQL, and the unit of work.

Every models module imports this one first, so that the naming convention is in force before any
table is declared. No `from __future__ import annotations` in model files: SQLModel reads types.
"""

import copy
import enum
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool
from sqlmodel import Field, Session, SQLModel

from inventory.errors import Conflict, DatabaseBusy, Duplicate, StorageFull, Unavailable

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_SECONDS = 10
"""How long SQLite waits for another writer before `DatabaseBusy`."""


def now() -> datetime:
    """The present, in UTC. Services take the clock as an argument; edges call this."""
    return datetime.now(UTC)


def new_uid() -> str:
    """32 hex digits: a row's identity that is known before it is inserted."""
    return uuid.uuid4().hex


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC on both databases; naive values are refused, zones come back attached."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A column of `UtcDateTime`."""
    return Field(
        default=None if nullable else ...,
        sa_type=UtcDateTime,
        nullable=nullable,
        index=index,
    )


def choice(kind: type[enum.StrEnum], name: str, **options: Any) -> Any:
    """A text column holding an enum's *values*, with a CHECK constraint `name` for the wall."""
    column_type = sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
    return Field(sa_type=column_type, **options)


def sealed(*, nullable: bool = False, max_length: int = 4000) -> Any:
    """A column that holds a vault seal; `homeroom keys rotate` finds it by its mark.

    The table must have a `uid`; the binding is `binding_of(table, uid, column)`.
    """
    return Field(
        default=None if nullable else ...,
        max_length=max_length,
        nullable=nullable,
        repr=False,
        sa_column_kwargs={"info": {"sealed": True}},
    )


class Database:
    """An engine with its unit of work; made once by an edge (server, worker, CLI, test)."""

    def __init__(self, url: str, **info: object) -> None:
        """`info` is handed to every session, e.g. `vault=` (see `inventory.vault.vault_of`)."""
        self.url = url
        self.info = info
        self.engine = make_engine(url)
        self._writer = self.engine.execution_options(homeroom_write=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def unit(self, *, write: bool = True) -> Iterator[Session]:
        """One unit of work: commits at the end, rolls back on any error.

        A read unit still commits nothing by accident: it is rolled back. Raises `Duplicate`,
        `Conflict`, `DatabaseBusy` or `StorageFull` for what the database refuses.
        """
        session = Session(
            self._writer if write else self.engine, expire_on_commit=False, info=dict(self.info)
        )
        try:
            yield session
            if write:
                session.commit()
                for after in session.info.get("after_commit", []):
                    after()
        except DBAPIError as refused:
            session.rollback()
            raise translate(refused) from refused
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def knowing(self, **info: object) -> "Database":
        """The same database, connections included, whose sessions are handed more `info`."""
        other = copy.copy(self)
        other.info = {**self.info, **info}
        return other

    def close(self) -> None:
        self.engine.dispose()


def after_commit(db: Session, call: Callable[[], None]) -> None:
    """Run `call` once the caller's unit of work has been committed, and not otherwise."""
    db.info.setdefault("after_commit", []).append(call)


def insert_unless_there(db: Session, table: type[SQLModel], values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique value of it is taken; whether it was inserted.

    Two transactions that insert the same row take turns: the second waits for the first, and then
    finds its row there. Defaults of the model's fields are not applied.
    """
    db.flush()
    make = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    insert = make(table).values(**values).on_conflict_do_nothing()
    return db.connection().execute(insert.returning(sa.literal_column("1"))).first() is not None


def insert_many(db: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows at once. Defaults of the model's fields are not applied."""
    if rows:
        db.flush()
        db.connection().execute(sa.insert(sa.inspect(table).local_table), rows)


def make_engine(url: str) -> Engine:
    """An engine with our pragmas; creates the folder of a SQLite file."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    path = sa.engine.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # It will hold personal data; SQLite gives its -wal and -shm files the same mode.
        # Where it cannot be made, the first connection says so.
        if not Path(path).exists():
            with suppress(OSError):
                Path(path).touch(mode=0o600)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails at once with "locked" when another
    # wrote in between; taking the write lock first makes it wait for its turn instead.
    write = connection.get_execution_options().get("homeroom_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def translate(refused: DBAPIError) -> Exception:
    """The database's refusal as one of our errors; anything else is `Unavailable`."""
    text = str(refused.orig).lower()
    if isinstance(refused, IntegrityError):
        if "unique" in text or "duplicate key" in text:
            return Duplicate(f"that value is taken ({_constraint(text)})")
        return Conflict(f"the database refuses this change ({_constraint(text)})")
    if "locked" in text or "busy" in text or "deadlock" in text:
        return DatabaseBusy("another writer holds the database; try again")
    if "full" in text or "no space" in text or "disk i/o" in text:
        return StorageFull("the disk or the database is full; nothing was changed")
    if isinstance(refused, OperationalError):
        return Unavailable("the database does not answer; nothing was changed")
    return refused


def _constraint(text: str) -> str:
    """The constraint or columns that the message names, without the offending values."""
    for pattern in (r'constraint "([\w.]+)"', r"failed: ([\w., ]+)"):
        if found := re.search(pattern, text):
            return found.group(1)
    return "a constraint"


def shown_url(url: str) -> str:
    """The URL without its password, fit for a terminal or a log."""
    return sa.engine.make_url(url).render_as_string(hide_password=True)


def throwaway_engine(url: str) -> Engine:
    """An engine without a pool, for migrations and administration."""
    return sa.create_engine(url, poolclass=NullPool)
