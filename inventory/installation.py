"""Making and upgrading an installation's database."""

import functools
import re
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


def missing_guards(database: Database) -> list[str]:
    """Triggers that the migrations made and that the database lacks, or has switched off.

    They keep the audit log, commands, approvals and PINs as they were written; whoever owns the
    database can take them away, and a table that is made anew loses them.
    """
    known = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not database.is_sqlite:
        known = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    with database.engine.connect() as connection:
        present = set(connection.exec_driver_sql(known).scalars())
    return sorted(_guards(database.engine.dialect.name) - present)


@functools.cache
def _guards(dialect: str) -> frozenset[str]:
    names: set[str] = set()
    for script in sorted((Path(migrations.__file__).parent / "ddl").glob(f"*_{dialect}.sql")):
        found = re.findall(r"^(CREATE|DROP) TRIGGER (\w+)", script.read_text("utf-8"), re.MULTILINE)
        for verb, name in found:
            (names.add if verb == "CREATE" else names.discard)(name)
    return frozenset(names)
