"""Opening this installation from the command line, and as whom."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from inventory import installation
from inventory.access import Actor, Permission, system_actor
from inventory.db import Database, translate
from inventory.notices.writing import write
from inventory.settings import Settings, load
from inventory.vault import open_vault


@contextmanager
def opened(*, check: bool = True) -> Iterator[tuple[Settings, Database]]:
    """The settings and the database with its vault; `check` that the schema is current."""
    settings = load()
    database = Database(settings.database_url, vault=open_vault(settings), notify=write)
    try:
        if check:
            installation.require_current(database)
        yield settings, database
    except DBAPIError as refused:
        raise translate(refused) from refused
    finally:
        database.close()


def operator() -> Actor:
    """Who holds the machine holds the installation; the audit log says which login it was."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = "unknown"
    return system_actor(f"command line ({login})", Permission, origin="local")
