"""Making and upgrading an installation's database."""

import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

import migrations
from inventory import engine as jobs
from inventory.audit import service as audit
from inventory.db import Database, throwaway_engine
from inventory.errors import Misconfigured


def alembic_config(url: str) -> Config:
    """Alembic configured for the migrations that ship with the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database at `url` to `revision`, from empty or from any earlier one.

    The newest revision brings the background engine's own tables too, so that a process that
    never works can enqueue.
    """
    config = alembic_config(url)
    engine = throwaway_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            config.attributes["connections"] = [connection]
            try:
                command.upgrade(config, revision)
            except CommandError as unknown:
                raise Misconfigured(f"the database cannot be upgraded: {unknown}") from unknown
            connection.commit()
    finally:
        engine.dispose()
    if revision == "head":
        jobs.install(url)


def prepare(database: Database) -> None:
    """Migrate to the newest revision and make what every installation has."""
    migrate(database.url)
    with database.unit() as db:
        audit.start_chain(db)


def require_current(database: Database) -> None:
    """Raises `Misconfigured` when the database is behind or ahead of this program."""
    present, newest = revisions(database)
    if present != newest:
        raise Misconfigured(
            f"the database is at revision {present or 'none'}, this program needs {newest}; "
            "run `homeroom migrate`"
        )


def revisions(database: Database) -> tuple[str | None, str | None]:
    """The revision that the database is at, and the newest that this program has."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present, _newest()


@functools.cache
def _newest() -> str | None:
    # It reads every migration's file, and they are those of this program.
    return ScriptDirectory.from_config(alembic_config("sqlite://")).get_current_head()
