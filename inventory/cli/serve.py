"""`homeroom run` and `homeroom worker`: the processes of an installation."""

from contextlib import ExitStack

import click
import sqlalchemy as sa

from inventory import installation, jobs
from inventory.accounts import setup
from inventory.app import create_app, serve
from inventory.cli import output
from inventory.db import Database, now
from inventory.engine import Engine
from inventory.settings import Settings, load
from inventory.vault import open_vault
from inventory.worker import log_json_lines, run_worker


@click.command()
def run() -> None:
    """Serve this installation; an empty one is made, and prints a one-time set-up link."""
    settings = load()
    log_json_lines(settings)
    with ExitStack() as open_things:
        database = ready_database(settings)
        open_things.callback(database.close)
        announce(settings, database)
        if settings.worker:
            engine = make_engine(settings, database)
            engine.launch()
            open_things.callback(engine.stop)
        serve(create_app(settings, database), settings)


def ready_database(settings: Settings) -> Database:
    """The database with its vault. Only an empty one is made: upgrades are asked for."""
    probe = Database(settings.database_url)
    empty = not sa.inspect(probe.engine).has_table("alembic_version")
    probe.close()
    database = Database(settings.database_url, vault=open_vault(settings, create=empty))
    if empty:
        installation.prepare(database)
    installation.require_current(database)
    return database


def make_engine(settings: Settings, database: Database) -> Engine:
    """The engine of a server process."""
    return Engine(
        settings, database, jobs.HANDLERS, jobs.SCHEDULES, policies=jobs.POLICIES, role="server"
    )


def base_url(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"


def announce(settings: Settings, database: Database) -> None:
    """Say where the server is and, where nobody can sign in yet, the set-up link."""
    output.note(f"Homeroom serves {base_url(settings)}")
    with database.unit() as db:
        if not setup.is_empty(db):
            return
        secret = setup.new_setup_link(db, now=now())
    output.note(
        "This installation has no account yet. Within 24 hours, make the first one:\n"
        f"  homeroom setup {base_url(settings)}/setup#{secret}"
    )


@click.command()
def worker() -> None:
    """Run background jobs only; for more machines over one PostgreSQL."""
    run_worker(load(), jobs.HANDLERS, jobs.SCHEDULES, policies=jobs.POLICIES)
