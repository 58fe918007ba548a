"""What is installed here: program, database, key, room on the disk. No secret is among it."""

import platform
import shutil
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from inventory import __version__
from inventory.db import Database, shown_url
from inventory.errors import Misconfigured
from inventory.installation import revisions
from inventory.settings import Settings
from inventory.vault import vault_of


@dataclass(frozen=True, slots=True)
class Installed:
    """Sizes are bytes; None and "" where something cannot be told.

    database   kind and version, such as "SQLite 3.45.1"
    place      the database's address without its password
    revision   of the database's tables; `newest` is the one that the program has
    key        name of the master key that seals new secrets, never the key
    """

    version: str
    python: str
    database: str
    place: str
    size: int
    free: int | None
    revision: str
    newest: str
    key: str


def installed(db: Session, database: Database, settings: Settings) -> Installed:
    """Ask the database and the disk; two or three quick queries."""
    present, newest = revisions(database)
    kind, size = _sqlite(db) if database.is_sqlite else _postgresql(db)
    return Installed(
        version=__version__, python=platform.python_version(), database=kind,
        place=shown_url(settings.database_url), size=size, free=_free(settings),
        revision=present or "", newest=newest or "", key=_key(db),
    )  # fmt: skip


def _sqlite(db: Session) -> tuple[str, int]:
    version = db.execute(sa.text("SELECT sqlite_version()")).scalar_one()
    pages = db.execute(sa.text("PRAGMA page_count")).scalar_one()
    return f"SQLite {version}", int(pages) * int(
        db.execute(sa.text("PRAGMA page_size")).scalar_one()
    )


def _postgresql(db: Session) -> tuple[str, int]:
    version = db.execute(sa.text("SHOW server_version")).scalar_one()
    size = db.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
    return f"PostgreSQL {str(version).split()[0]}", int(size)


def _free(settings: Settings) -> int | None:
    """Bytes that are free where files are kept; the folder may not be there yet."""
    with suppress(OSError):
        return shutil.disk_usage(settings.data_dir).free
    return None


def _key(db: Session) -> str:
    with suppress(Misconfigured):
        return vault_of(db).active
    return ""
