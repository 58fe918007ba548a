"""A web process: database, vault, background engine and application, made when it starts.

The parent (`homeroom run`) only supervises and imports nothing of this, so that an installation at
rest is one process of ordinary size. The first web process also runs the background jobs; further
ones find the engine claimed.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize

import sqlalchemy as sa
from flask import Flask

from inventory import installation, jobs
from inventory.accounts import setup
from inventory.app import create_app
from inventory.db import Database, now
from inventory.engine import Engine, WorkerRunning
from inventory.notices.writing import write
from inventory.settings import Settings, base_url, load
from inventory.vault import open_vault
from inventory.worker import log_json_lines

log = logging.getLogger(__name__)


def application() -> Flask:
    """The application of one web process, from the settings in the environment."""
    settings = load()
    log_json_lines(settings)
    with one_at_a_time(settings):
        database = ready_database(settings)
        announce(settings, database)
    if settings.worker:
        start_engine(settings, database)
    return create_app(settings, database)


@contextmanager
def one_at_a_time(settings: Settings) -> Iterator[None]:
    """Of several web processes that start together, one makes the database."""
    settings.key_path.parent.mkdir(parents=True, exist_ok=True)
    with (settings.key_path.parent / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ready_database(settings: Settings) -> Database:
    """The database with its vault. Only an empty one is made: upgrades are asked for."""
    probe = Database(settings.database_url)
    empty = not sa.inspect(probe.engine).has_table("alembic_version")
    probe.close()
    vault = open_vault(settings, create=empty)
    database = Database(settings.database_url, vault=vault, notify=write)
    if empty:
        installation.prepare(database)
    installation.require_current(database)
    return database


def announce(settings: Settings, database: Database) -> None:
    """Where nobody can sign in yet, print the one-time set-up link."""
    with database.unit() as db:
        if not setup.is_empty(db):
            return
        secret = setup.new_setup_link(db, now=now())
    print(  # noqa: T201  # the one line that must reach a person, whatever the log does
        "This installation has no account yet. Within 24 hours, make the first one:\n"
        f"  homeroom setup {base_url(settings)}/setup#{secret}",
        flush=True,
    )


def make_engine(settings: Settings, database: Database) -> Engine:
    """The engine of a server process."""
    return Engine(
        settings, database, jobs.HANDLERS, jobs.SCHEDULES, policies=jobs.POLICIES, role="server"
    )


def start_engine(settings: Settings, database: Database) -> None:
    """Run background jobs in this process until it ends, unless another one does."""
    engine = make_engine(settings, database)
    try:
        engine.launch()
    except WorkerRunning as elsewhere:
        log.info("background jobs run elsewhere: %s", elsewhere)
        return
    Finalize(engine, engine.stop, exitpriority=100)
