"""A worker's hold on its name; the kernel or PostgreSQL lets go of it when the process dies.

SQLite is one machine and one worker: a lock on a file beside the database. On PostgreSQL the
name itself is held by a session advisory lock, so that two live workers never share one: the
second would take the first one's running jobs for its own orphans.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import socket
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from inventory.db import Database, throwaway_engine, translate
from inventory.engine.contract import WorkerRunning

log = logging.getLogger(__name__)

_MOST_WORKERS_A_HOST = 64


class Claim(Protocol):
    """`executor_id` is held until `release`; `keep` looks after it now and then."""

    executor_id: str

    def keep(self) -> None: ...

    def release(self) -> None: ...


def claim(database: Database, executor_id: str, role: str) -> Claim:
    """Hold `executor_id`, or a name made of host and role. Raises `WorkerRunning`."""
    if database.is_sqlite:
        return FileClaim(database, executor_id or host_name(role))
    if executor_id:
        return SessionClaim(database.url, executor_id)
    for number in range(1, _MOST_WORKERS_A_HOST + 1):
        name = host_name(role) if number == 1 else f"{host_name(role)}-{number}"
        with contextlib.suppress(WorkerRunning):
            return SessionClaim(database.url, name)
    raise WorkerRunning(f"{_MOST_WORKERS_A_HOST} workers already run on this host")


def host_name(role: str) -> str:
    """The same for every start of this role on this host."""
    host = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower()).strip("-") or "host"
    return f"{host[:80]}-{role}"


class FileClaim:
    """An exclusive lock on `<database file>.worker`."""

    def __init__(self, database: Database, executor_id: str) -> None:
        self.executor_id = executor_id
        path = Path(f"{database.engine.url.database}.worker")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            holder = os.pread(self._file, 300, 0).decode("utf-8", "replace").strip()
            os.close(self._file)
            raise WorkerRunning(
                f"another worker ({holder or 'unknown'}) already runs on this SQLite database, "
                "which serves one worker: stop it, or start the server with worker=false, or "
                "use PostgreSQL"
            ) from held
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{executor_id}, process {os.getpid()}\n".encode(), 0)

    def keep(self) -> None:
        """The kernel keeps it."""

    def release(self) -> None:
        # The file stays: removing it would let two workers lock two files of one name.
        os.close(self._file)


class SessionClaim:
    """A PostgreSQL advisory lock on a connection of its own."""

    def __init__(self, url: str, executor_id: str) -> None:
        self.executor_id = executor_id
        self._engine = throwaway_engine(url)
        self._connection: sa.Connection | None = None
        digest = hashlib.sha256(f"homeroom worker {executor_id}".encode()).digest()
        self._key = int.from_bytes(digest[:8], "big", signed=True)
        try:
            won = self._take()
        except sa.exc.DBAPIError as refused:
            raise translate(refused) from refused
        if not won:
            raise WorkerRunning(
                f"another live worker is called {executor_id!r}; give each its own executor_id"
            )

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        query = sa.text("SELECT pg_try_advisory_lock(:key)")
        won = bool(connection.execute(query, {"key": self._key}).scalar())
        if won:
            self._connection = connection
        else:
            connection.close()
        return won

    def keep(self) -> None:
        """Take the lock again after the database was restarted or the connection was cut."""
        if self._connection is not None:
            try:
                self._connection.execute(sa.text("SELECT 1"))
                return
            except sa.exc.DBAPIError:
                self._connection.close()
                self._connection = None
        if not self._take():
            log.error("another worker took the name %s; jobs may run twice", self.executor_id)

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()
