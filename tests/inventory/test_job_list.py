"""The jobs that the application registers: known kinds, and the nightly one does its work."""

import threading
from datetime import timedelta

from sqlmodel import select

from inventory import jobs
from inventory.accounts.models import SetupLink
from inventory.accounts.setup import new_setup_link
from inventory.db import Database, now
from inventory.engine import Engine, JobContext
from inventory.settings import Settings


def test_the_engine_takes_the_list(database: Database) -> None:
    settings = Settings(database_url=database.url)
    engine = Engine(settings, database, jobs.HANDLERS, jobs.SCHEDULES, policies=jobs.POLICIES)
    assert set(engine.handlers) == set(jobs.HANDLERS)


def test_what_ended_long_ago_is_forgotten(database: Database) -> None:
    with database.unit() as db:
        new_setup_link(db, now=now() - timedelta(days=400))
    context = JobContext(
        database, Settings(database_url=database.url), {}, f"{jobs.FORGET}:1",
        lambda _job: False, threading.Event(), 1.0,
    )  # fmt: skip
    jobs.forget(context)
    with database.unit(write=False) as db:
        assert db.exec(select(SetupLink)).all() == []
