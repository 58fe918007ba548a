"""The request's database and unit of work, opened by the guard and committed once."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from flask import current_app, g
from sqlmodel import Session

from inventory.access import Actor
from inventory.db import Database
from inventory.settings import Settings

EXTENSION = "homeroom"


class Runtime:
    """What the application was started with."""

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions[EXTENSION])


def current_db() -> Session:
    """The session of this request's unit of work."""
    return cast(Session, g.db)


def current_actor() -> Actor:
    return cast(Actor, g.actor)


def current_now() -> datetime:
    """One moment for the whole request."""
    if "now" not in g:
        g.now = runtime().clock()
    return cast(datetime, g.now)


def local_now() -> datetime:
    """The same moment in the district's zone: its date is today's there."""
    return current_now().astimezone(runtime().settings.zone)
